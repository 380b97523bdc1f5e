import { setTimeout as sleep } from 'node:timers/promises';
import { cancelledError } from '../errors.ts';
import type { Log } from '../log.ts';
import { classifyNetworkError } from './network-error.ts';
import { type HttpRequest, type HttpResponse, isReplayable } from './response.ts';
import { isWorthRetrying, nextDelay, type RetryPolicy, retryAfter } from './retry-policy.ts';

export interface RetryOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly retryPolicy: RetryPolicy;
}

/** What one try came to, and whether another may come to more. */
interface Outcome<A> {
  readonly end: { readonly kind: 'answer'; readonly response: A } | { readonly kind: 'error'; readonly error: Error };
  readonly again: 'worthwhile' | 'useless';
  /** For the log: "host <reason>". */
  readonly reason: string;
  readonly retryAfter: number | undefined;
  readonly pressure: 'throttled' | 'failing';
}

/**
 * Tries until an answer is worth telling or patience ends; the last answer or error is the result. `release` gives up
 * an answer that will be asked for again.
 */
export async function retry<A extends HttpResponse>(
  request: HttpRequest,
  options: RetryOptions,
  attempt: () => Promise<A>,
  release: (answer: A) => void,
): Promise<A> {
  // By a clock that nobody sets: one that is put back would make patience last for as long as it was wrong.
  const started = performance.now();
  for (let count = 1; ; count += 1) {
    const outcome = await tryOnce(request, options.signal, attempt);
    const { retryAfter, pressure, reason } = outcome;
    if (outcome.again === 'worthwhile' && pressure === 'throttled') request.onThrottled?.();
    const question = {
      attempt: count,
      elapsed: performance.now() - started,
      retryAfter,
      pressure,
      random: Math.random(),
    };
    const delay = nextDelay(question, options.retryPolicy);
    if (outcome.again === 'useless' || !isReplayable(request) || delay === undefined) return conclude(outcome);
    if (outcome.end.kind === 'answer') release(outcome.end.response);
    tell(options.log, request.url, reason, delay);
    await pause(delay, options.signal);
  }
}

async function tryOnce<A extends HttpResponse>(
  request: HttpRequest,
  signal: AbortSignal,
  attempt: () => Promise<A>,
): Promise<Outcome<A>> {
  try {
    if (signal.aborted) throw cancelledError();
    const response = await attempt();
    const { status } = response;
    const after = retryAfter(response, Date.now());
    return {
      end: { kind: 'answer', response: response },
      again: isWorthRetrying(status) ? 'worthwhile' : 'useless',
      reason: status === 429 ? 'asks to slow down' : `answers ${status}`,
      retryAfter: after,
      pressure: status === 429 || after !== undefined ? 'throttled' : 'failing',
    };
  } catch (thrown) {
    const { error, remedy } = classifyNetworkError(thrown, request.url, signal);
    return {
      end: { kind: 'error', error },
      again: remedy === 'retry' ? 'worthwhile' : 'useless',
      reason: 'cannot be reached',
      retryAfter: undefined,
      pressure: 'failing',
    };
  }
}

function conclude<A>({ end }: Outcome<A>): A {
  if (end.kind === 'error') throw end.error;
  return end.response;
}

/** Milliseconds; a longer pause is one that a person wonders about. */
const noticeable = 5_000;

function tell(log: Log, url: URL, reason: string, delay: number): void {
  const line = `${url.host} ${reason}; trying again in ${(delay / 1000).toFixed(1)} s`;
  if (delay >= noticeable) log.info(line);
  else log.debug(line);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((cause: unknown) => {
    throw cancelledError(cause);
  });
}
