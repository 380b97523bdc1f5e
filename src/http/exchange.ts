import type { Dispatcher } from 'undici';
import { ChartImagesError } from '../errors.ts';
import { type Answer, type HttpRequest, isReplayable, type OpenAnswer, type WholeAnswer } from './answer.ts';
import { BodyStream, discard, maximumErrorBytes, tooLong } from './body.ts';
import { failureOf } from './failure.ts';
import { redactUrl } from './redact.ts';
import { maximumRedirects, redirected } from './redirect.ts';
import { userAgent } from './user-agent.ts';

/** Milliseconds until the first line of an answer. */
const headersTimeout = 60_000;

/** A registry hashes and moves a whole layer before it answers the request that closes an upload. */
const uploadAnswerTimeout = 600_000;

/** Milliseconds between two pieces of a body. */
const bodyTimeout = 60_000;

/** One request and its answer, redirects followed. Throws what undici throws; errors of the body are ChartImagesErrors. */
export async function open(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<OpenAnswer> {
  return await follow(request, (hop) => openHop(dispatcher, hop, signal), discard);
}

/** The same with its body: whole, or only its beginning where the status is an error or a redirect. */
export async function readWhole(
  dispatcher: Dispatcher,
  request: HttpRequest,
  maximumBytes: number,
): Promise<WholeAnswer> {
  return await follow(
    request,
    (hop) => wholeHop(dispatcher, hop, maximumBytes),
    () => {},
  );
}

async function follow<A extends Answer>(
  first: HttpRequest,
  ask: (request: HttpRequest) => Promise<A>,
  giveUp: (answer: A) => void,
): Promise<A> {
  let request = first;
  for (let hops = 0; hops <= maximumRedirects; hops += 1) {
    await request.admit?.(request.url);
    const answer = await ask(request);
    const next = redirected(request, answer);
    if (next === undefined) return answer;
    giveUp(answer);
    request = next;
  }
  throw new ChartImagesError(
    'registry-answer',
    `${redactUrl(first.url)} redirects more than ${maximumRedirects} times.`,
    { advice: 'Ask the operator of the server, or of the proxy in front of it.' },
  );
}

function openHop(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<OpenAnswer> {
  return new Promise((resolve, reject) => {
    let body: BodyStream | undefined;
    dispatch(dispatcher, request, reject, {
      onResponseStart(controller, status, headers) {
        body = new BodyStream(controller);
        resolve({ status, headers: joined(headers), url: request.url, body });
      },
      onResponseData: (_, piece) => body?.receive(piece),
      onResponseEnd: () => body?.finish(),
      onResponseError(_, error) {
        if (body) body.destroy(failureOf(error, request.url, signal).error);
        else reject(error);
      },
    });
  });
}

/** Without a stream in between: most answers are one piece of some hundred bytes, or none at all. */
function wholeHop(dispatcher: Dispatcher, request: HttpRequest, maximumBytes: number): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    let answer: Answer | undefined;
    const finish = (): void => {
      if (answer === undefined) return;
      const [first] = pieces;
      const bytes = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
      resolve({ ...answer, bytes: isSuccess(answer) ? bytes : bytes.subarray(0, maximumErrorBytes) });
    };
    dispatch(dispatcher, request, reject, {
      onResponseStart(_, status, headers) {
        answer = { status, headers: joined(headers), url: request.url };
      },
      onResponseData(controller, piece) {
        pieces.push(piece);
        size += piece.length;
        const isWhole = answer !== undefined && isSuccess(answer);
        if (size <= (isWhole ? maximumBytes : maximumErrorBytes)) return;
        if (isWhole) reject(tooLong(request.url, maximumBytes));
        else finish();
        controller.abort(new Error('the body is longer than its bound'));
      },
      onResponseEnd: finish,
      onResponseError: (_, error) => reject(error),
    });
  });
}

function isSuccess({ status }: Answer): boolean {
  return status < 300;
}

function dispatch(
  dispatcher: Dispatcher,
  request: HttpRequest,
  reject: (error: unknown) => void,
  handler: Dispatcher.DispatchHandler,
): void {
  const { method, url, body = null } = request;
  const options: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { 'user-agent': userAgent, ...request.headers },
    body: body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body,
    headersTimeout: isReplayable(request) ? headersTimeout : uploadAnswerTimeout,
    bodyTimeout,
    // Undici gives up the connection after HEAD, for servers that send a body to it; registries do not, and a new
    // connection for each question costs more than all else. Such a body would be a failure, which is tried again.
    ...(method === 'HEAD' ? { reset: false } : {}),
  };
  try {
    dispatcher.dispatch(options, {
      // Its being there is how undici knows this form of handlers.
      onRequestStart: () => {},
      ...handler,
      onResponseStart(controller, status, headers, message) {
        // Interim answers come before the one that counts (RFC 9110, 15.2).
        if (status >= 200) handler.onResponseStart?.(controller, status, headers, message);
      },
    });
  } catch (error) {
    reject(error);
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
