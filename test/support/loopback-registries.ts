/** The product's own registry client, for registries on this machine that want no credential. */

import { createHttpClient } from '../../src/core/http/http.ts';
import { defaultRetryPolicy } from '../../src/core/http/retry-policy.ts';
import { silentLog } from '../../src/core/log.ts';
import type { Registries } from '../../src/registry/client/registry.ts';
import { createRegistries } from '../../src/registry/client/registry-pool.ts';
import { noCredential } from '../../src/registry/credentials/credential.ts';
import { traceOf } from './credential-trace.ts';

export interface LoopbackOptions {
  /** Requests in flight per registry; 4 by default. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds that a registry is tried for which cannot be reached. */
  readonly whenFailing?: number;
}

export async function loopbackRegistries(options: LoopbackOptions = {}): Promise<Registries> {
  const { concurrency = 4, signal = new AbortController().signal, whenFailing = 12_000 } = options;
  return createRegistries({
    http: await createHttpClient({
      log: silentLog,
      signal,
      proxyEnv: {},
      retryPolicy: { ...defaultRetryPolicy, whenFailing },
    }),
    credentials: { get: async () => noCredential },
    plainHttp: [],
    concurrency,
    trace: traceOf(),
    log: silentLog,
  });
}
