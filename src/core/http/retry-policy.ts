import type { HttpResponse } from './response.ts';

/** How long a run waits for a server that is busy or away. Milliseconds. */
export interface RetryPolicy {
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** All tries and pauses together while the server asks to slow down (429, or any answer with Retry-After). */
  readonly whenThrottled: number;
  /** The same while it fails or cannot be reached. */
  readonly whenFailing: number;
}

/**
 * Registries that throttle recover within a minute or two (Azure and Docker Hub count per minute); one that is down is
 * reported soon, so that a wrong host name or port does not cost minutes.
 */
export const defaultRetryPolicy: RetryPolicy = {
  firstDelay: 500,
  longestDelay: 30_000,
  whenThrottled: 150_000,
  whenFailing: 12_000,
};

/** Statuses that say "not now": timeouts, throttling, and faults of the server or of a proxy in front of it (499 is nginx's, 522 Cloudflare's). */
const statusesToRetry = new Set([408, 429, 499, 500, 502, 503, 504, 522]);

export function isWorthRetrying(status: number): boolean {
  return statusesToRetry.has(status);
}

export interface RetryContext {
  /** 1 for the first try. */
  readonly attempt: number;
  /** Since the first try began. */
  readonly elapsed: number;
  /** What the server asked for. */
  readonly retryAfter: number | undefined;
  readonly pressure: 'throttled' | 'failing';
  /** 0 to 1. */
  readonly random: number;
}

/** Milliseconds until the next try, or undefined when patience has ended. */
export function nextDelay(question: RetryContext, retryPolicy: RetryPolicy): number | undefined {
  const exponential = Math.min(retryPolicy.firstDelay * 2 ** (question.attempt - 1), retryPolicy.longestDelay);
  // Half of it is random, so that parallel requests which failed together do not come back together.
  const chance = 0.5 + question.random / 2;
  const wanted = question.retryAfter ?? exponential * chance;
  // "In no time" (`0`, a date that is over) would ask as fast as the line allows, for as long as patience lasts.
  const delay = Math.max(wanted, retryPolicy.firstDelay * chance);
  const total = question.pressure === 'throttled' ? retryPolicy.whenThrottled : retryPolicy.whenFailing;
  return question.elapsed + delay > total ? undefined : delay;
}

/** Reads Retry-After, seconds or a date (RFC 9110, 10.2.3), as milliseconds from `now`, or from what the server takes for now. */
export function retryAfter(response: Pick<HttpResponse, 'headers'>, now: number): number | undefined {
  const text = response.headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  const serverNow = Date.parse(response.headers['date'] ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(serverNow) ? now : serverNow));
}
