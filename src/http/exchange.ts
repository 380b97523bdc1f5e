import type { Readable } from 'node:stream';
import { request as ask, type Dispatcher } from 'undici';
import { ChartImagesError } from '../errors.ts';
import { type HttpRequest, isReplayable, type OpenAnswer } from './answer.ts';
import { discard } from './body.ts';
import { redactUrl } from './redact.ts';
import { maximumRedirects, redirected } from './redirect.ts';
import { userAgent } from './user-agent.ts';

/** Milliseconds until the first line of an answer. */
const headersTimeout = 60_000;

/** A registry hashes and moves a whole layer before it answers the request that closes an upload. */
const uploadAnswerTimeout = 600_000;

/** Milliseconds between two pieces of a body. */
const bodyTimeout = 60_000;

/** One request and its answer, redirects followed. Throws what undici throws. */
export async function exchange(dispatcher: Dispatcher, first: HttpRequest, signal: AbortSignal): Promise<OpenAnswer> {
  let request = first;
  for (let hops = 0; hops <= maximumRedirects; hops += 1) {
    const answer = await hop(dispatcher, request, signal);
    const next = redirected(request, answer);
    if (next === undefined) return answer;
    discard(answer);
    request = next;
  }
  throw new ChartImagesError(
    'registry-answer',
    `${redactUrl(first.url)} redirects more than ${maximumRedirects} times.`,
    {
      advice: 'Ask the operator of the server, or of the proxy in front of it.',
    },
  );
}

async function hop(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<OpenAnswer> {
  const answer = await ask(request.url, {
    dispatcher,
    method: request.method,
    headers: { 'user-agent': userAgent, ...request.headers },
    body: bodyOf(request),
    signal,
    headersTimeout: isReplayable(request) ? headersTimeout : uploadAnswerTimeout,
    bodyTimeout,
  });
  return { status: answer.statusCode, headers: joined(answer.headers), url: request.url, body: answer.body };
}

function bodyOf(request: HttpRequest): string | Uint8Array | Readable | null {
  return request.body ?? null;
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
