import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { version } from '../version.ts';
import { BodyStream, bodyTooLargeError, discardBody, maximumErrorBytes } from './body.ts';
import { type Deadlines, maximumInterimResponses } from './deadlines.ts';
import type { Dispatchers } from './dispatcher.ts';
import { classifyNetworkError } from './network-error.ts';
import { checkAddress, type LookUp, RefusedAddress, reachOf, refusedAddress } from './reach.ts';
import { maximumRedirects, nextRequest } from './redirect.ts';
import { tooManyInterim, tooManyRedirects, tooSlow } from './refused-responses.ts';
import {
  type BufferedResponse,
  type HttpRequest,
  type HttpResponse,
  isReplayable,
  type StreamingResponse,
} from './response.ts';
import type { SlowHosts } from './slow-hosts.ts';
import { createTimeLimit, type TimeLimit } from './time-limit.ts';

/** Identifies this client to operators of registries. */
const userAgent = `chart-images/${version}`;

/** Milliseconds until the status line of a response. */
const headersTimeout = 60_000;

/** Milliseconds between two chunks of a body. */
const bodyTimeout = 60_000;

/** The shared state of all requests. */
export interface Exchange {
  readonly dispatchers: Dispatchers;
  readonly lookUp: LookUp;
  readonly deadlines: Deadlines;
  readonly slowHosts: SlowHosts;
  readonly signal: AbortSignal;
}

/** Sends a request and follows redirects. Throws the errors of undici. Errors of the body are ChartImagesError. */
export async function fetchStreaming(exchange: Exchange, request: HttpRequest): Promise<StreamingResponse> {
  return await followRedirects(exchange, request, (hop) => requestOnce(exchange, hop), discardBody);
}

/** As `fetchStreaming`, with the body: complete, or only its beginning if the status is an error or a redirect. */
export async function fetchBuffered(
  exchange: Exchange,
  request: HttpRequest,
  maximumBytes: number,
): Promise<BufferedResponse> {
  return await followRedirects(
    exchange,
    request,
    (hop) => requestOnceBuffered(hop, maximumBytes),
    () => {},
  );
}

/** One request of a redirect chain, with the remaining time of the chain. */
interface Hop {
  readonly dispatcher: Dispatcher;
  readonly request: HttpRequest;
  readonly limit: TimeLimit;
  readonly deadlines: Deadlines;
  readonly onSlowBody: () => void;
}

async function followRedirects<A extends HttpResponse>(
  { dispatchers, deadlines, lookUp, slowHosts }: Exchange,
  first: HttpRequest,
  send: (hop: Hop) => Promise<A>,
  discard: (response: A) => void,
): Promise<A> {
  let request = first;
  slowHosts.check(first.url);
  const startedAt = performance.now();
  const onSlowBody = (): void => slowHosts.count(first.url, 'slow body', startedAt);
  const limit = createTimeLimit(deadlines, first);
  try {
    for (let hops = 0; hops <= maximumRedirects; hops += 1) {
      const reach = await reachOf(request, lookUp);
      checkAddress(request, reach);
      await request.checkUrl?.(request.url);
      const response = await send({
        dispatcher: dispatchers.forRequest(request.url, reach),
        request,
        limit,
        deadlines,
        onSlowBody,
      });
      const next = nextRequest(request, response);
      if (next === undefined) {
        slowHosts.count(first.url, 'in time', startedAt);
        const isDropped = hasCredential(first) && !hasCredential(request);
        return isDropped ? { ...response, credential: 'dropped' } : response;
      }
      discard(response);
      request = next;
    }
  } finally {
    if (limit.error() !== undefined) slowHosts.count(first.url, 'out of time', startedAt);
    limit.end();
  }
  throw tooManyRedirects(first.url);
}

function hasCredential({ headers }: HttpRequest): boolean {
  return headers?.['authorization'] !== undefined;
}

function requestOnce({ signal }: Exchange, hop: Hop): Promise<StreamingResponse> {
  const { request, deadlines } = hop;
  return new Promise((resolve, reject) => {
    let body: BodyStream | undefined;
    dispatch(hop, reject, {
      onResponseStart(controller, status, headers) {
        body = new BodyStream(controller, deadlines, () => {
          hop.onSlowBody();
          return tooSlow(request.url, deadlines);
        });
        resolve({ status, headers: joinHeaders(headers), url: request.url, body });
      },
      onResponseData: (_, chunk) => body?.receive(chunk),
      onResponseEnd: () => body?.finish(),
      onResponseError(_, error) {
        if (body) body.destroy(classifyNetworkError(error, request.url, signal).error);
        else reject(error);
      },
    });
  });
}

/** Without a stream, which would be slower: most responses are one chunk of some hundred bytes, or empty. */
function requestOnceBuffered(hop: Hop, maximumBytes: number): Promise<BufferedResponse> {
  const { request } = hop;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let response: HttpResponse | undefined;
    const finish = (): void => {
      if (response === undefined) return;
      const [first] = chunks;
      const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      resolve({ ...response, bytes: isSuccess(response) ? bytes : bytes.subarray(0, maximumErrorBytes) });
    };
    dispatch(hop, reject, {
      onResponseStart(_, status, headers) {
        response = { status, headers: joinHeaders(headers), url: request.url };
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk);
        size += chunk.length;
        const isWhole = response !== undefined && isSuccess(response);
        if (size <= (isWhole ? maximumBytes : maximumErrorBytes)) return;
        if (isWhole) reject(bodyTooLargeError(request.url, maximumBytes));
        else finish();
        controller.abort(new Error('the body exceeds its limit'));
      },
      onResponseEnd: finish,
      onResponseError: (_, error) => reject(error),
    });
  });
}

function isSuccess({ status }: HttpResponse): boolean {
  return status < 300;
}

function dispatch(hop: Hop, fail: (error: unknown) => void, handler: Dispatcher.DispatchHandler): void {
  const { dispatcher, request, limit, deadlines } = hop;
  const { method, url, body = null } = request;
  const options: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { 'user-agent': userAgent, ...request.headers },
    body: body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body,
    headersTimeout: isUpload(request) ? deadlines.uploadResponse : headersTimeout,
    bodyTimeout,
    // Undici closes the connection after HEAD, because some servers send a body. Registries don't, and a new connection
    // for each lookup is the largest cost. Such a body would be a network error, which is retried.
    ...(method === 'HEAD' ? { reset: false } : {}),
  };
  let controller: Dispatcher.DispatchController | undefined;
  let interim = 0;
  // Rejects immediately: while the connection is being established, there is nothing to abort.
  const reject = (error: unknown): void =>
    fail(error instanceof RefusedAddress ? refusedAddress(request, error) : error);
  const stop = limit.onEnd((error) => {
    reject(error);
    controller?.abort(error);
  });
  if (body instanceof Readable) limit.follow(body);
  try {
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        const timeout = limit.error();
        if (timeout) started.abort(timeout);
      },
      onResponseStart(started, status, headers, message) {
        // Interim responses precede the final one (RFC 9110, 15.2).
        if (status >= 200) handler.onResponseStart?.(started, status, headers, message);
        else if (++interim > maximumInterimResponses) started.abort(tooManyInterim(url));
      },
      onResponseData: (started, chunk) => handler.onResponseData?.(started, chunk),
      onResponseEnd(started, trailers) {
        stop();
        handler.onResponseEnd?.(started, trailers);
      },
      onResponseError(started, error) {
        stop();
        handler.onResponseError?.(started, error instanceof RefusedAddress ? refusedAddress(request, error) : error);
      },
    });
  } catch (error) {
    stop();
    reject(error);
  }
}

function isUpload(request: HttpRequest): boolean {
  return request.responseTime === 'upload' || !isReplayable(request);
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
