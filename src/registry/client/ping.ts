import type { HttpClient } from '../../core/http/http.ts';
import { isPlainHttpResponse } from '../../core/http/network-error.ts';
import { type AuthScheme, chooseScheme } from './auth-scheme.ts';
import { challengesIn } from './challenge.ts';
import { endpointUrls } from './endpoint-urls.ts';

/** Limit for the response to `/v2/`, which is `{}` in practice. */
const maximumPingBytes = 64 * 1024;

export interface PingOptions {
  readonly host: string;
  readonly http: HttpClient;
  /** Hosts to access over HTTP. */
  readonly plainHttp: readonly string[];
}

export interface RegistryEndpoint {
  readonly address: URL;
  /** The authentication that it requires. */
  readonly scheme: AuthScheme;
  /** `none`: a 404 for `/v2/` means that the API is not supported (OCI distribution-spec, "Determining Support"). */
  readonly apiVersion: 'v2' | 'none';
}

/** Finds the API and the authentication that it requires (OCI distribution-spec, "Determining Support"). */
export async function pingRegistry(options: PingOptions): Promise<RegistryEndpoint> {
  const { address, response } = await tryAddresses(options);
  const scheme = response.status === 401 ? chooseScheme(challengesIn(response), address) : ({ kind: 'open' } as const);
  return { address, scheme, apiVersion: response.status === 404 ? 'none' : 'v2' };
}

async function tryAddresses({ host, http, plainHttp }: PingOptions) {
  const [first, second] = endpointUrls(host, plainHttp);
  const ping = async (address: URL) => {
    const request = { method: 'GET', url: new URL('/v2/', address) } as const;
    return { address, response: await http.fetch(request, maximumPingBytes) };
  };
  try {
    return await ping(first);
  } catch (error) {
    if (second === undefined || !isPlainHttpResponse(error)) throw error;
    return await ping(second);
  }
}
