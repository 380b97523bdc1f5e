import { createHttp, type Http, type HttpOptions } from '../../src/http/http.ts';
import { silentLog } from '../../src/log.ts';
import type { StandIn } from './stand-in.ts';

/** The product's HTTP client, whose way to every host leads to the stand-in. */
export async function clientOf(azure: StandIn, options: Partial<HttpOptions> = {}): Promise<Http> {
  return await createHttp({
    log: silentLog,
    signal: new AbortController().signal,
    caFile: azure.caFile,
    proxyEnv: { HTTPS_PROXY: azure.proxy },
    ...options,
  });
}
