/** The product's own registries over real HTTP, with short patience and what they logged and masked. */

import type { Deadlines } from '../../src/core/http/deadlines.ts';
import { createHttpClient, type HttpClient } from '../../src/core/http/http.ts';
import type { LookUp } from '../../src/core/http/reach.ts';
import type { Registries } from '../../src/registry/client/registry.ts';
import { createRegistries } from '../../src/registry/client/registry-pool.ts';
import type { Credential } from '../../src/registry/credentials/credential.ts';
import type { CredentialChain } from '../../src/registry/credentials/credential-chain.ts';
import { traceOf } from './credential-trace.ts';

export interface OpenOptions {
  /** For every host; none where it is not given. */
  readonly credential?: Credential;
  /** In place of that one. */
  readonly credentials?: CredentialChain;
  readonly caFile?: string;
  readonly plainHttp?: readonly string[];
  readonly concurrency?: number;
  readonly later?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds that a request is tried for; short by default, so that tests of what never succeeds end soon. */
  readonly patience?: number;
  /** How long answers may take, where a test does not wait for minutes. */
  readonly deadlines?: Deadlines;
  /** Where names are looked up. */
  readonly lookUp?: LookUp;
  /** The network in between, if it is not as it is. */
  readonly network?: (http: HttpClient) => HttpClient;
}

export interface OpenedRegistries {
  readonly registries: Registries;
  readonly masked: readonly string[];
  readonly warnings: readonly string[];
}

export async function openRegistries(options: OpenOptions = {}): Promise<OpenedRegistries> {
  const masked: string[] = [];
  const warnings: string[] = [];
  const log = { debug: () => {}, info: () => {}, warning: (line: string) => warnings.push(line) };
  const real = await createHttpClient({
    log,
    signal: options.signal ?? new AbortController().signal,
    proxyEnv: {},
    caFile: options.caFile,
    deadlines: options.deadlines,
    lookUp: options.lookUp,
    retryPolicy: {
      firstDelay: 5,
      maximumDelay: 20,
      whenThrottled: options.patience ?? 300,
      whenFailing: options.patience ?? 150,
    },
  });
  const http = options.network?.(real) ?? real;
  const credential = options.credential ?? { kind: 'none' };
  const registries = createRegistries({
    http,
    credentials: options.credentials ?? { get: async () => credential },
    plainHttp: options.plainHttp ?? [],
    concurrency: options.concurrency ?? 16,
    warmUpHost: options.later,
    trace: traceOf({ mask: (secret) => masked.push(secret) }),
    log,
  });
  return { registries, masked, warnings };
}
