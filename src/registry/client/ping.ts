import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { isPlainHttpResponse } from '../../core/http/network-error.ts';
import type { Log } from '../../core/log.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import type { CredentialTrace } from '../credentials/credential-trace.ts';
import { chooseScheme } from './auth-scheme.ts';
import { type Authorizer, createAuthorizer } from './authorization.ts';
import type { Availability } from './availability.ts';
import { challengesIn } from './challenge.ts';
import { endpointUrls } from './endpoint-urls.ts';

/** Limit for the response to `/v2/`, which is `{}` in practice. */
const maximumPingBytes = 64 * 1024;

export interface PingOptions {
  readonly host: string;
  readonly http: HttpClient;
  readonly credentials: CredentialChain;
  /** Hosts to access over HTTP. */
  readonly plainHttp: readonly string[];
  readonly trace: CredentialTrace;
  readonly log: Log;
}

/** The address and the authorization of a registry. */
export interface RegistryEndpoint {
  readonly address: URL;
  readonly authorization: Authorizer;
  /** `none`: a 404 for `/v2/` means that the API is not supported (OCI distribution-spec, "Determining Support"). */
  readonly apiVersion: 'v2' | 'none';
}

/** All requests share one ping. After a failed ping, the next request pings again. */
export function createEndpoint(options: PingOptions, availability: Availability): () => Promise<RegistryEndpoint> {
  let found: Promise<RegistryEndpoint> | undefined;
  return () => {
    found ??= ping(options, availability).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

async function ping(options: PingOptions, availability: Availability): Promise<RegistryEndpoint> {
  const attempt = availability.begin('ping', `ping ${options.host}`);
  try {
    availability.admit('ping');
    const endpoint = await pingRegistry(options, availability);
    attempt.succeeded();
    return endpoint;
  } catch (error) {
    if (!(error instanceof ChartImagesError)) throw error;
    throw attempt.failed(error, 'this server') ?? error;
  }
}

/** Finds the API and the authentication that it requires (OCI distribution-spec, "Determining Support"). */
async function pingRegistry(options: PingOptions, availability: Availability): Promise<RegistryEndpoint> {
  const { address, response } = await tryAddresses(options);
  const scheme = response.status === 401 ? chooseScheme(challengesIn(response), address) : ({ kind: 'open' } as const);
  if (scheme.kind === 'open')
    options.trace.explain(`Credentials for ${options.host}: not searched, because it requires none.`);
  const authorization = createAuthorizer({ ...options, address, scheme, availability });
  return { address, authorization, apiVersion: response.status === 404 ? 'none' : 'v2' };
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
