import type { HttpResponse } from './response.ts';

/**
 * How long a request is retried. Milliseconds. Only pauses count, because one slow failure must not use up all tries.
 */
export interface RetryPolicy {
  readonly firstDelay: number;
  readonly maximumDelay: number;
  /** Total of all pauses if the server throttles (429, or any response with Retry-After). */
  readonly whenThrottled: number;
  /** Total of all pauses if the server fails or is unreachable. */
  readonly whenFailing: number;
}

/**
 * Throttling ends within a minute or two (Azure and Docker Hub count per minute). An unreachable host is reported
 * early, so that a wrong host name or port doesn't cost minutes.
 */
export const defaultRetryPolicy: RetryPolicy = {
  firstDelay: 500,
  maximumDelay: 30_000,
  whenThrottled: 150_000,
  whenFailing: 12_000,
};

/** Temporary errors: time-outs, throttling, and errors of the server or its proxy (499 of nginx, 522 of Cloudflare). */
const statusesToRetry = new Set([408, 429, 499, 500, 502, 503, 504, 522]);

export function isWorthRetrying(status: number): boolean {
  return statusesToRetry.has(status);
}

export interface RetryContext {
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** All attempts and pauses since the start of the first attempt. */
  readonly elapsed: number;
  /** All pauses. */
  readonly paused: number;
  /** Of the response. */
  readonly retryAfter: number | undefined;
  readonly pressure: 'throttled' | 'failing';
  /** 0 to 1. */
  readonly random: number;
}

/** Tries of a request whose attempts take long, such as a connection that stalls for a minute. */
const triesOfSlowFailure = 3;

/** Milliseconds until the next attempt. Undefined if the patience of the policy is used up. */
export function nextDelay(context: RetryContext, policy: RetryPolicy): number | undefined {
  const exponential = Math.min(policy.firstDelay * 2 ** (context.attempt - 1), policy.maximumDelay);
  // Half of the delay is jitter, so that parallel requests that failed together are not retried together.
  const jitter = 0.5 + context.random / 2;
  const requested = context.retryAfter ?? exponential * jitter;
  // A Retry-After of `0`, or with a date in the past, would retry without any pause.
  const delay = Math.max(requested, policy.firstDelay * jitter);
  const total = context.pressure === 'throttled' ? policy.whenThrottled : policy.whenFailing;
  if (context.paused + delay > total) return undefined;
  return context.attempt >= triesOfSlowFailure && context.elapsed > policy.whenThrottled ? undefined : delay;
}

/**
 * Retry-After (RFC 9110, 10.2.3) in milliseconds. A date is compared with the server's `Date` header, or else with
 * `now`.
 */
export function retryAfter(response: Pick<HttpResponse, 'headers'>, now: number): number | undefined {
  const text = response.headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  const serverNow = Date.parse(response.headers['date'] ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(serverNow) ? now : serverNow));
}
