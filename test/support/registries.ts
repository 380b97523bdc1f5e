/** The product's own registries over real HTTP, with short patience and what they logged and masked. */
import type { Credential } from '../../src/credentials/credential.ts';
import type { Credentials } from '../../src/credentials/credentials.ts';
import type { Deadlines } from '../../src/http/deadlines.ts';
import { createHttp, type Http } from '../../src/http/http.ts';
import type { LookUp } from '../../src/http/reach.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import type { Registries } from '../../src/registry/registry.ts';

export interface OpenOptions {
  /** For every host; none where it is not given. */
  readonly credential?: Credential;
  /** In place of that one. */
  readonly credentials?: Credentials;
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
  readonly network?: (http: Http) => Http;
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
  const real = await createHttp({
    log,
    signal: options.signal ?? new AbortController().signal,
    proxyEnv: {},
    caFile: options.caFile,
    deadlines: options.deadlines,
    lookUp: options.lookUp,
    patience: {
      firstDelay: 5,
      longestDelay: 20,
      whenThrottled: options.patience ?? 300,
      whenFailing: options.patience ?? 150,
    },
  });
  const http = options.network?.(real) ?? real;
  const credential = options.credential ?? { kind: 'none' };
  const registries = createRegistries({
    http,
    credentials: options.credentials ?? { for: async () => credential },
    plainHttp: options.plainHttp ?? [],
    concurrency: options.concurrency ?? 16,
    later: options.later,
    mask: (secret) => masked.push(secret),
    log,
  });
  return { registries, masked, warnings };
}
