import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ChartImagesError } from '../errors.ts';
import { BodyStream, bodyTooLargeError, discardBody, maximumErrorBytes } from './body.ts';
import { type Deadlines, maximumInterimAnswers } from './deadlines.ts';
import type { Dispatchers } from './dispatcher.ts';
import { classifyNetworkError } from './network-error.ts';
import { checkAddress, type LookUp, RefusedAddress, reachOf, refusedAddress } from './reach.ts';
import { redactUrl } from './redact.ts';
import { maximumRedirects, nextRequest } from './redirect.ts';
import {
  type BufferedResponse,
  type HttpRequest,
  type HttpResponse,
  isReplayable,
  type StreamingResponse,
} from './response.ts';
import type { SlowHosts } from './slow-hosts.ts';
import { createTimeLimit, type TimeLimit } from './time-limit.ts';
import { userAgent } from './user-agent.ts';

/** Milliseconds until the first line of an answer. */
const headersTimeout = 60_000;

/** Milliseconds between two pieces of a body. */
const bodyTimeout = 60_000;

/** What requests are made with. */
export interface Exchange {
  readonly dispatchers: Dispatchers;
  readonly lookUp: LookUp;
  readonly deadlines: Deadlines;
  readonly slowHosts: SlowHosts;
  readonly signal: AbortSignal;
}

/** One request and its answer, redirects followed. Throws what undici throws; errors of the body are ChartImagesAggregateError. */
export async function fetchStreaming(exchange: Exchange, request: HttpRequest): Promise<StreamingResponse> {
  return await followRedirects(exchange, request, (hop) => requestOnce(exchange, hop), discardBody);
}

/** The same with its body: whole, or only its beginning where the status is an error or a redirect. */
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

/** One request of those that redirects make of one, with the time that is left for all of them. */
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
  ask: (hop: Hop) => Promise<A>,
  giveUp: (answer: A) => void,
): Promise<A> {
  let request = first;
  slowHosts.check(first.url);
  const begun = performance.now();
  const onSlowBody = (): void => slowHosts.count(first.url, 'slow body', begun);
  const limit = createTimeLimit(deadlines, first);
  try {
    for (let hops = 0; hops <= maximumRedirects; hops += 1) {
      const reach = await reachOf(request, lookUp);
      checkAddress(request, reach);
      await request.admit?.(request.url);
      const response = await ask({ dispatcher: dispatchers.towards(reach), request, limit, deadlines, onSlowBody });
      const next = nextRequest(request, response);
      if (next === undefined) {
        slowHosts.count(first.url, 'in time', begun);
        return response;
      }
      giveUp(response);
      request = next;
    }
  } finally {
    if (limit.error() !== undefined) slowHosts.count(first.url, 'out of time', begun);
    limit.end();
  }
  throw new ChartImagesError(
    'registry-answer',
    `${redactUrl(first.url)} redirects more than ${maximumRedirects} times.`,
    { advice: 'Ask the operator of the server, or of the proxy in front of it.' },
  );
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
        resolve({ status, headers: joined(headers), url: request.url, body });
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

/** Without a stream in between: most answers are one piece of some hundred bytes, or none at all. */
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
        response = { status, headers: joined(headers), url: request.url };
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk);
        size += chunk.length;
        const isWhole = response !== undefined && isSuccess(response);
        if (size <= (isWhole ? maximumBytes : maximumErrorBytes)) return;
        if (isWhole) reject(bodyTooLargeError(request.url, maximumBytes));
        else finish();
        controller.abort(new Error('the body is longer than its bound'));
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
    headersTimeout: isReplayable(request) ? headersTimeout : deadlines.uploadAnswer,
    bodyTimeout,
    // Undici gives up the connection after HEAD, for servers that send a body to it; registries do not, and a new
    // connection for each question costs more than all else. Such a body would be a failure, which is tried again.
    ...(method === 'HEAD' ? { reset: false } : {}),
  };
  let controller: Dispatcher.DispatchController | undefined;
  let interim = 0;
  // Rejecting at once and by itself: a connection that is not there yet has nothing to abort.
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
        const late = limit.error();
        if (late) started.abort(late);
      },
      onResponseStart(started, status, headers, message) {
        // Interim answers come before the one that counts (RFC 9110, 15.2).
        if (status >= 200) handler.onResponseStart?.(started, status, headers, message);
        else if (++interim > maximumInterimAnswers) started.abort(tooManyInterim(url));
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

function tooSlow({ host }: URL, { progressTime, progressBytes }: Deadlines): ChartImagesError {
  return new ChartImagesError(
    'timeout',
    `${host} sent less than ${progressBytes} bytes of its answer within ${progressTime / 1000} s.`,
    { advice: 'Lower concurrency, or try again later.' },
  );
}

function tooManyInterim({ host }: URL): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `${host} sent more than ${maximumInterimAnswers} interim responses (status 1xx) to one request.`,
    { advice: 'Ask the operator of the server, or of the proxy in front of it.' },
  );
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
