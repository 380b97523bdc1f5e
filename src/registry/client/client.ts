import { finished } from 'node:stream/promises';
import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import { decodeBody } from '../../core/http/content-encoding.ts';
import { redactUrl } from '../../core/http/redact.ts';
import {
  type BufferedResponse,
  type HttpRequest,
  type HttpResponse,
  isReplayable,
  type StreamingResponse,
} from '../../core/http/response.ts';
import type { Place } from './adaptive-limit.ts';
import { type Authorization, anonymous } from './authorization.ts';
import { createAvailability } from './availability.ts';
import { challengesIn } from './challenge.ts';
import { buffered, type Exchange, kindOf, type RegistryRequest, sendGuarded, streamed } from './guarded-exchange.ts';
import { createEndpoint, type PingOptions, type RegistryEndpoint } from './ping.ts';
import { withOperation } from './registry-error.ts';
import { createRequestLimits } from './request-limits.ts';

export interface ClientOptions extends PingOptions {
  /** Parallel requests, separately for reads and writes. */
  readonly concurrency: number;
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
  /** Waits for a place among the reads (`request-limits.ts`). */
  reserveRead(): Promise<Place>;
  /** Pings the registry before the first request. If it fails, that request tries again. */
  warmUp(): void;
  read(request: RegistryRequest, maximumBytes: number): Promise<RegistryResponse<BufferedResponse>>;
  /**
   * The request counts as active until its body has been read or destroyed, unless the caller holds a place for it.
   * Errors of the body are ChartImagesError.
   */
  open(request: RegistryRequest, place?: Place): Promise<RegistryResponse<StreamingResponse>>;
}

export function createClient(options: ClientOptions): RegistryClient {
  const { host, http, concurrency } = options;
  const { reads, writes } = createRequestLimits(concurrency);
  const availability = createAvailability();
  const endpoint = createEndpoint(options, availability);

  const send = async <A extends HttpResponse>(
    request: RegistryRequest,
    exchange: Exchange<A>,
  ): Promise<RegistryResponse<A>> => {
    const { address, authorization, apiVersion } = await endpoint();
    const url = new URL(request.target, address);
    if (url.protocol !== address.protocol && url.protocol !== 'https:') throw insecureRedirectError(host, url);
    const scope = request.scope ?? `repository:${request.repository}:${request.access}`;
    const mountScope = request.mountFrom === undefined ? undefined : `repository:${request.mountFrom}:pull`;
    const access = { repository: request.repository || undefined, scope, mountScope };
    // A URL of a response may be on another server, which must not get the credential.
    const granted = url.origin === address.origin ? await authorization.authorize(access) : anonymous;
    const ask = (as: Authorization) =>
      sendGuarded(availability, request, requestWith(request, url, address, as), as.identity, exchange);
    const response = await ask(granted);
    const isRejected = response.status === 401 && response.url.origin === address.origin && isReplayable(request);
    const renewed = isRejected ? await authorization.reauthorize(access, granted, challengesIn(response)) : undefined;
    if (renewed !== undefined) exchange.discard(response);
    const last = renewed === undefined ? response : await ask(renewed);
    const used = renewed ?? granted;
    if (isRefusal(last) && used.as !== 'authenticated' && last.url.origin === address.origin) {
      const missing = await authorization.missingCredential(access.repository);
      if (missing !== undefined) {
        exchange.discard(last);
        throw missing;
      }
    }
    return { response: last, as: used.as, apiVersion };
  };

  return {
    host,
    // The next request gets the error.
    warmUp: () => void endpoint().catch(() => {}),
    async read(request, maximumBytes) {
      const limit = request.access === 'pull' ? reads : writes;
      return await attributeErrors(request, async () => {
        availability.check(kindOf(request));
        // Before acquiring the limit: all requests to an unreachable registry wait for one ping.
        await endpoint();
        return await limit.run(() =>
          send(
            request,
            buffered(async (authorized) => {
              const response = await http.fetch({ ...authorized, onThrottled: limit.onThrottled }, maximumBytes);
              return await decodeBody(response, maximumBytes);
            }),
          ),
        );
      });
    },
    reserveRead: reads.reserve,
    async open(request, place) {
      const start = () =>
        send(
          request,
          streamed((authorized) => http.stream({ ...authorized, onThrottled: reads.onThrottled })),
        );
      return await attributeErrors(request, async () => {
        availability.check(kindOf(request));
        await endpoint();
        return place === undefined ? await holdWhileStreaming(reads.run, start) : await start();
      });
    },
  };
}

function isRefusal({ status }: HttpResponse): boolean {
  return status === 401 || status === 403;
}

/** `address` is that of the registry. The URL may be on another host, which the registry named. */
function requestWith(request: RegistryRequest, url: URL, address: URL, granted: Authorization): HttpRequest {
  const { method, headers, body, delay, responseTime } = request;
  const authorization = granted.header === undefined ? {} : { authorization: granted.header };
  const all = { ...headers, ...authorization };
  return {
    method,
    url,
    namedBy: address,
    headers: all,
    ...(body === undefined ? {} : { body }),
    ...(delay === undefined ? {} : { delay }),
    ...(responseTime === undefined ? {} : { responseTime }),
  };
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
