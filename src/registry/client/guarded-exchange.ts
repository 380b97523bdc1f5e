import { Readable } from 'node:stream';
import { ChartImagesError } from '../../core/errors.ts';
import { discardBody, readErrorText } from '../../core/http/body.ts';
import {
  type BufferedResponse,
  type HttpRequest,
  type HttpResponse,
  isReplayable,
  type StreamingResponse,
} from '../../core/http/response.ts';
import { isWorthRetrying } from '../../core/http/retry-policy.ts';
import type { Availability } from './availability.ts';
import type { Access } from './registry.ts';
import { responseError, withIdentity } from './registry-error.ts';

export interface RegistryRequest {
  readonly method: HttpRequest['method'];
  /** A path of the API, or a URL of a response. */
  readonly target: string | URL;
  readonly repository: string;
  readonly access: Access;
  /** A repository to mount a blob from, which the token must allow to read. */
  readonly mountFrom?: string | undefined;
  /** Scope of the token. Default: the access to the repository. */
  readonly scope?: string;
  readonly headers?: HttpRequest['headers'];
  readonly body?: Exclude<HttpRequest['body'], undefined>;
  readonly delay?: HttpRequest['delay'];
  readonly responseTime?: HttpRequest['responseTime'];
  /** Completes "Cannot …": `look up host/a:1`. */
  readonly operation: string;
}

/** Sends requests whose responses are buffered or streamed. */
export interface Exchange<A extends HttpResponse> {
  send(request: HttpRequest): Promise<A>;
  discard(response: A): void;
  /** Reads the body of an error. The response can still be used. */
  readError(response: A): Promise<A & BufferedResponse>;
}

export function buffered(send: Exchange<BufferedResponse>['send']): Exchange<BufferedResponse> {
  return { send, discard: () => {}, readError: async (response) => response };
}

export function streamed(send: Exchange<StreamingResponse>['send']): Exchange<StreamingResponse> {
  return {
    send,
    discard: discardBody,
    async readError(response) {
      const bytes = await readErrorText(response);
      return { ...response, body: Readable.from([bytes]), bytes };
    },
  };
}

/** `GET manifests`: requests that a registry may limit separately. */
export function kindOf({ method, target }: Pick<RegistryRequest, 'method' | 'target'>): string {
  const path = typeof target === 'string' ? target : target.pathname;
  // The last name, which may only be followed by one: `tags` can be a repository or a tag, too.
  const [, resource = 'other'] = /\/(manifests|uploads|blobs|referrers|tags)\/[^/]*$/.exec(path) ?? [];
  return `${method} ${resource}`;
}

/**
 * Sends a request with its retries. Throws at once while the registry is not available, also between two attempts.
 * Responses that make it unavailable are thrown, all others are returned.
 */
export async function sendGuarded<A extends HttpResponse>(
  availability: Availability,
  request: RegistryRequest,
  authorized: HttpRequest,
  identity: string | undefined,
  exchange: Exchange<A>,
): Promise<A> {
  const kind = kindOf(request);
  const attempt = availability.begin(kind, request.operation);
  const registry = (authorized.namedBy ?? authorized.url).host;
  let reached = authorized.url.host;
  const checkUrl = async (url: URL): Promise<void> => {
    // Only the first request of an attempt, not those that follow redirects.
    if (url.href === authorized.url.href) availability.admit(kind);
    reached = url.host;
  };
  const failed = (error: ChartImagesError): ChartImagesError | undefined =>
    // The error of a streamed upload may be that of its source.
    isReplayable(authorized)
      ? attempt.failed(error, reached === registry ? 'this server' : 'another server')
      : undefined;
  try {
    const response = withIdentity(await exchange.send({ ...authorized, checkUrl }), identity);
    if (!isWorthRetrying(response.status)) {
      attempt.succeeded();
      return response;
    }
    const failure = await exchange.readError(response);
    const blocking = failed(responseError(failure));
    if (blocking !== undefined) throw blocking;
    return failure;
  } catch (error) {
    if (!(error instanceof ChartImagesError)) throw error;
    throw failed(error) ?? error;
  }
}
