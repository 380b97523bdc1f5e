/** The product's own registry client, for registries on this machine that want no credential. */
import { noCredential } from '../../src/credentials/credential.ts';
import { createHttp } from '../../src/http/http.ts';
import { defaultPatience } from '../../src/http/patience.ts';
import { silentLog } from '../../src/log.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import type { Registries } from '../../src/registry/registry.ts';

export interface LoopbackOptions {
  /** Requests in flight per registry; 4 by default. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds that a registry is tried for which can not be reached. */
  readonly whenFailing?: number;
}

export async function loopbackRegistries(options: LoopbackOptions = {}): Promise<Registries> {
  const { concurrency = 4, signal = new AbortController().signal, whenFailing = 12_000 } = options;
  return createRegistries({
    http: await createHttp({ log: silentLog, signal, proxyEnv: {}, patience: { ...defaultPatience, whenFailing } }),
    credentials: { for: async () => noCredential },
    plainHttp: [],
    concurrency,
    mask: () => {},
    log: silentLog,
  });
}
