import type { HttpResponse } from '../../core/http/response.ts';

/** What a registry that counts manifest reads as pulls still allows. */
export interface PullBudget {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds. */
  readonly window: number;
}

/**
 * The budget in the headers that Docker Hub adds to responses for manifests, also to HEAD, which does not count
 * (`ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 61;w=21600`). Undefined for users without a limit.
 */
export function pullBudgetIn({ headers }: Pick<HttpResponse, 'headers'>): PullBudget | undefined {
  const [limit, remaining] = [quantity(headers['ratelimit-limit']), quantity(headers['ratelimit-remaining'])];
  if (limit === undefined || remaining === undefined) return undefined;
  return { limit: limit.count, remaining: remaining.count, window: limit.window };
}

function quantity(header: string | undefined): { readonly count: number; readonly window: number } | undefined {
  const [, count, window] = /^(\d{1,9});w=(\d{1,9})$/.exec(header?.trim() ?? '') ?? [];
  return count === undefined ? undefined : { count: Number(count), window: Number(window) };
}

/** `6 hours`. */
export function formatWindow({ window }: Pick<PullBudget, 'window'>): string {
  return `${(window / 3600).toFixed(1).replace(/\.0$/, '')} hours`;
}
