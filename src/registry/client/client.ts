import { finished } from 'node:stream/promises';
import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import { discardBody } from '../../core/http/body.ts';
import { redactUrl } from '../../core/http/redact.ts';
import {
  type BufferedResponse,
  type HttpRequest,
  type HttpResponse,
  isReplayable,
  type StreamingResponse,
} from '../../core/http/response.ts';
import type { Log } from '../../core/log.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import type { CredentialTrace } from '../credentials/credential-trace.ts';
import { createAdaptiveLimit } from './adaptive-limit.ts';
import { type Authorization, type Authorizer, anonymous, createAuthorizer } from './authorization.ts';
import { challengesIn } from './challenge.ts';
import { type PingOptions, pingRegistry, type RegistryEndpoint } from './ping.ts';
import { withIdentity, withOperation } from './registry-error.ts';

export interface ClientOptions extends PingOptions {
  readonly credentials: CredentialChain;
  readonly trace: CredentialTrace;
  readonly log: Log;
  /** Parallel requests, separately for reads and writes. */
  readonly concurrency: number;
}

export interface RegistryRequest {
  readonly method: HttpRequest['method'];
  /** A path of the API, or a URL of a response. */
  readonly target: string | URL;
  readonly repository: string;
  readonly access: 'pull' | 'pull,push';
  /** Scope of the token. Default: the access to the repository. */
  readonly scope?: string;
  readonly headers?: HttpRequest['headers'];
  readonly body?: Exclude<HttpRequest['body'], undefined>;
  /** Completes "Cannot …": `look up host/a:1`. */
  readonly operation: string;
}

/** A response of any status, with the authorization of its request. */
export interface RegistryResponse<A extends HttpResponse> {
  readonly response: A;
  readonly as: Authorization['as'];
  /** `none`: the host does not support the API, so its 404 doesn't mean absence. */
  readonly apiVersion: RegistryEndpoint['apiVersion'];
}

/** Sends authorized requests to one registry. Throws only if there is no response. */
export interface RegistryClient {
  readonly host: string;
  /** Pings the registry before the first request. If it fails, that request tries again. */
  warmUp(): void;
  read(request: RegistryRequest, maximumBytes: number): Promise<RegistryResponse<BufferedResponse>>;
  /**
   * The request counts as active until its body has been read or destroyed. Errors of the body are ChartImagesError.
   */
  open(request: RegistryRequest): Promise<RegistryResponse<StreamingResponse>>;
}

export function createClient(options: ClientOptions): RegistryClient {
  const { host, http, concurrency } = options;
  // Separate limits avoid a deadlock: a copy within one registry keeps a read open while it waits for its writes.
  const reads = createAdaptiveLimit(concurrency);
  const writes = createAdaptiveLimit(concurrency);
  const connection = createConnection(options);

  const send = async <A extends HttpResponse>(
    request: RegistryRequest,
    exchange: (request: HttpRequest) => Promise<A>,
    discard: (response: A) => void,
  ): Promise<RegistryResponse<A>> => {
    const { address, authorizer, apiVersion } = await connection();
    const url = new URL(request.target, address);
    if (url.protocol !== address.protocol && url.protocol !== 'https:') throw insecureRedirectError(host, url);
    const scope = request.scope ?? `repository:${request.repository}:${request.access}`;
    const access = { repository: request.repository || undefined, scope };
    // A URL of a response may be on another server, which must not get the credential.
    const granted = url.origin === address.origin ? await authorizer.authorize(access) : anonymous;
    const response = await exchange(requestWith(request, url, address, granted));
    const isRejected = response.status === 401 && response.url.origin === address.origin && isReplayable(request);
    const renewed = isRejected ? await authorizer.reauthorize(access, granted, challengesIn(response)) : undefined;
    if (renewed === undefined)
      return { response: withIdentity(response, granted.identity), as: granted.as, apiVersion };
    discard(response);
    const second = await exchange(requestWith(request, url, address, renewed));
    return { response: withIdentity(second, renewed.identity), as: renewed.as, apiVersion };
  };

  return {
    host,
    // The next request gets the error.
    warmUp: () => void connection().catch(() => {}),
    async read(request, maximumBytes) {
      const limit = request.access === 'pull' ? reads : writes;
      return await attributeErrors(request, async () => {
        // Before acquiring the limit: all requests to an unreachable registry wait for one ping.
        await connection();
        return await limit.run(() =>
          send(
            request,
            (authorized) => http.fetch({ ...authorized, onThrottled: limit.onThrottled }, maximumBytes),
            () => {},
          ),
        );
      });
    },
    async open(request) {
      return await attributeErrors(request, async () => {
        await connection();
        return await holdWhileStreaming(reads.run, () =>
          send(request, (authorized) => http.stream({ ...authorized, onThrottled: reads.onThrottled }), discardBody),
        );
      });
    },
  };
}

interface Connection extends Pick<RegistryEndpoint, 'address' | 'apiVersion'> {
  readonly authorizer: Authorizer;
}

/** All requests share one ping. After a failed ping, the next request pings again. */
function createConnection(options: ClientOptions): () => Promise<Connection> {
  let found: Promise<Connection> | undefined;
  const connect = async (): Promise<Connection> => {
    const { address, scheme, apiVersion } = await pingRegistry(options);
    if (scheme.kind === 'open')
      options.trace.explain(`Credentials for ${options.host}: not searched, because it requires none.`);
    return { address, apiVersion, authorizer: createAuthorizer({ ...options, address, scheme }) };
  };
  return () => {
    found ??= connect().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** `address` is that of the registry. The URL may be on another host, which the registry named. */
function requestWith(request: RegistryRequest, url: URL, address: URL, granted: Authorization): HttpRequest {
  const { method, headers, body } = request;
  const authorization = granted.header === undefined ? {} : { authorization: granted.header };
  const all = { ...headers, ...authorization };
  return { method, url, namedBy: address, headers: all, ...(body === undefined ? {} : { body }) };
}

async function attributeErrors<T>(request: RegistryRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ChartImagesError ? withOperation(request.operation, error) : error;
  }
}

/** Returns the response immediately, and releases the limit when its body has ended. */
async function holdWhileStreaming<R extends RegistryResponse<StreamingResponse>>(
  limit: ConcurrencyLimit,
  work: () => Promise<R>,
): Promise<R> {
  return await new Promise((resolve, reject) => {
    void limit(async () => {
      const result = await work();
      resolve(result);
      // The reader of the body gets its error.
      await finished(result.response.body).catch(() => {});
    }).catch(reject);
  });
}

function insecureRedirectError(host: string, url: URL): ChartImagesError {
  return new ChartImagesError('registry-answer', `${host} returned a link that is not encrypted: ${redactUrl(url)}.`, {
    advice: 'Configure the registry, or the proxy in front of it, to return https URLs (X-Forwarded-Proto).',
  });
}
