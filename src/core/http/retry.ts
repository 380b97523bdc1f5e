import { setTimeout as sleep } from 'node:timers/promises';
import { ChartImagesError, cancelledError } from '../errors.ts';
import type { Log } from '../log.ts';
import { classifyNetworkError } from './network-error.ts';
import { type HttpRequest, type HttpResponse, isReplayable } from './response.ts';
import { isWorthRetrying, nextDelay, type RetryPolicy, retryAfter } from './retry-policy.ts';

export interface RetryOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly retryPolicy: RetryPolicy;
}

/** The result of one attempt. */
interface Outcome<A> {
  readonly result:
    | { readonly kind: 'response'; readonly response: A }
    | { readonly kind: 'error'; readonly error: Error };
  readonly isRetryable: boolean;
  /** For the log: "host <reason>". */
  readonly reason: string;
  readonly retryAfter: number | undefined;
  readonly pressure: 'throttled' | 'failing';
}

/**
 * Retries until the result is final or the patience of the policy is used up. Returns or throws the last result.
 * `discard` is called for every response before another attempt.
 */
export async function retry<A extends HttpResponse>(
  request: HttpRequest,
  options: RetryOptions,
  attempt: () => Promise<A>,
  discard: (response: A) => void,
): Promise<A> {
  // A monotonic clock: setting the system clock back would extend the retries.
  const started = performance.now();
  let paused = 0;
  if (request.delay !== undefined && request.delay > 0) {
    if (request.delay > options.retryPolicy.whenThrottled) throw tooLongError(request.url, request.delay);
    logRetry(options.log, request.url, 'limits the request rate', request.delay);
    await pause(request.delay, options.signal);
    paused = request.delay;
  }
  for (let count = 1; ; count += 1) {
    const outcome = await tryOnce(request, options.signal, attempt);
    const { retryAfter, pressure, reason, isRetryable, result } = outcome;
    if (isRetryable && pressure === 'throttled') request.onThrottled?.();
    const context = {
      attempt: count,
      elapsed: performance.now() - started,
      paused,
      retryAfter,
      pressure,
      random: Math.random(),
    };
    const delay = nextDelay(context, options.retryPolicy);
    if (!isRetryable || !isReplayable(request) || delay === undefined) return unwrap(outcome);
    if (result.kind === 'response') discard(result.response);
    logRetry(options.log, request.url, reason, delay);
    await pause(delay, options.signal);
    paused += delay;
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
      result: { kind: 'response', response },
      isRetryable: isWorthRetrying(status),
      reason: status === 429 ? 'limits the request rate' : `returned ${status}`,
      retryAfter: after,
      pressure: status === 429 || after !== undefined ? 'throttled' : 'failing',
    };
  } catch (thrown) {
    const { error, remedy } = classifyNetworkError(thrown, request.url, signal);
    return {
      result: { kind: 'error', error },
      isRetryable: remedy === 'retry',
      reason: 'is unreachable',
      retryAfter: undefined,
      pressure: 'failing',
    };
  }
}

function unwrap<A>({ result }: Outcome<A>): A {
  if (result.kind === 'error') throw result.error;
  return result.response;
}

function tooLongError({ host }: URL, delay: number): ChartImagesError {
  const seconds = Math.ceil(delay / 1000);
  return new ChartImagesError('throttled', `${host} limits the request rate for ${seconds} seconds.`, {
    advice: `Run again in ${seconds} seconds, or lower concurrency.`,
  });
}

/** Milliseconds. A longer pause needs an explanation in the log. */
const noticeable = 5_000;

function logRetry(log: Log, url: URL, reason: string, delay: number): void {
  const line = `${url.host} ${reason}; retrying in ${(delay / 1000).toFixed(1)} s`;
  if (delay >= noticeable) log.info(line);
  else log.debug(line);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((cause: unknown) => {
    throw cancelledError(cause);
  });
}
