import { createHttpClient, type HttpClient, type HttpOptions } from '../../src/core/http/http.ts';
import { silentLog } from '../../src/core/log.ts';
import type { StandIn } from './fake-server.ts';

/** The product's HTTP client, whose way to every host leads to the stand-in. */
export async function clientOf(azure: StandIn, options: Partial<HttpOptions> = {}): Promise<HttpClient> {
  return await createHttpClient({
    log: silentLog,
    signal: new AbortController().signal,
    caFile: azure.caFile,
    proxyEnv: { HTTPS_PROXY: azure.proxy },
    ...options,
  });
}
