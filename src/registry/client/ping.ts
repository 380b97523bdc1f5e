import type { HttpClient } from '../../core/http/http.ts';
import { isPlainHttpResponse } from '../../core/http/network-error.ts';
import type { Log } from '../../core/log.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import { chooseScheme } from './auth-scheme.ts';
import { type Authorizer, createAuthorizer } from './authorization.ts';
import { challengesIn } from './challenge.ts';
import { endpointUrls } from './endpoint-urls.ts';

/** What is read of the answer to `/v2/`, which is `{}` in practice. */
const maximumGreetingBytes = 64 * 1024;

export interface PingOptions {
  readonly host: string;
  readonly http: HttpClient;
  readonly credentials: CredentialChain;
  /** Hosts to speak HTTP to. */
  readonly plainHttp: readonly string[];
  /** Makes the host of the run hide a token that the registry issued. */
  readonly mask: (secret: string) => void;
  readonly log: Log;
  /** Takes a line of how credentials were found. */
  readonly explain?: (line: string) => void;
}

/** Where a registry's API is, and what it wants. */
export interface RegistryEndpoint {
  readonly address: URL;
  readonly authorization: Authorizer;
  /** 404 for `/v2/` means that the API is not there (OCI distribution-spec, "Determining Support"). */
  readonly speaks: 'registry' | 'stranger';
}

/** The endpoint of a registry, found by one attempt that all requests share; a failed one is not kept: the next request tries again. */
export function createEndpoint(options: PingOptions): () => Promise<RegistryEndpoint> {
  let found: Promise<RegistryEndpoint> | undefined;
  return () => {
    found ??= pingRegistry(options).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** Finds the API and the authentication that it requires (OCI distribution-spec, "Determining Support"). */
async function pingRegistry(options: PingOptions): Promise<RegistryEndpoint> {
  const { address, answer: response } = await tryAddresses(options);
  const scheme = response.status === 401 ? chooseScheme(challengesIn(response), address) : ({ kind: 'open' } as const);
  if (scheme.kind === 'open')
    options.explain?.(`Credentials for ${options.host}: not looked for, it lets everyone in.`);
  const authorization = createAuthorizer({ ...options, address, scheme });
  return { address, authorization, speaks: response.status === 404 ? 'stranger' : 'registry' };
}

async function tryAddresses({ host, http, plainHttp }: PingOptions) {
  const [first, second] = endpointUrls(host, plainHttp);
  const at = async (address: URL) => {
    const request = { method: 'GET', url: new URL('/v2/', address) } as const;
    return { address, answer: await http.fetch(request, maximumGreetingBytes) };
  };
  try {
    return await at(first);
  } catch (error) {
    if (second === undefined || !isPlainHttpResponse(error)) throw error;
    return await at(second);
  }
}
