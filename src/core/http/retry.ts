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
 * Retries until the result is final or the time of the policy is used up. Returns or throws the last result. `discard`
 * is called for every response before another attempt.
 */
export async function retry<A extends HttpResponse>(
  request: HttpRequest,
  options: RetryOptions,
  attempt: () => Promise<A>,
  discard: (response: A) => void,
): Promise<A> {
  // A monotonic clock: setting the system clock back would extend the retries.
  const started = performance.now();
  for (let count = 1; ; count += 1) {
    const outcome = await tryOnce(request, options.signal, attempt);
    const { retryAfter, pressure, reason, isRetryable, result } = outcome;
    if (isRetryable && pressure === 'throttled') request.onThrottled?.();
    const context = {
      attempt: count,
      elapsed: performance.now() - started,
      retryAfter,
      pressure,
      random: Math.random(),
    };
    const delay = nextDelay(context, options.retryPolicy);
    if (!isRetryable || !isReplayable(request) || delay === undefined) return unwrap(outcome);
    if (result.kind === 'response') discard(result.response);
    logRetry(options.log, request.url, reason, delay);
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
