import { type AdaptiveLimit, createAdaptiveLimit } from './adaptive-limit.ts';

/**
 * The limits of one registry. All limits of a run are taken in this order, and a limit is never taken while a later one
 * is held. Otherwise two copies would wait for each other as soon as throttling leaves fewer places than copies.
 *
 * 1. images, then blobs (`mirror/copy/`)
 * 2. `reads` of the source: held for a whole blob, including the requests that resume it
 * 3. chunked uploads to the target (`uploads.ts`)
 * 4. `writes` of the target: held for one request
 *
 * A manifest, a list, or a token takes one place and holds no other.
 */
export interface RequestLimits {
  readonly reads: AdaptiveLimit;
  readonly writes: AdaptiveLimit;
}

/** Separate, because a copy within one registry holds a read while it waits for its writes. */
export function createRequestLimits(concurrency: number): RequestLimits {
  return { reads: createAdaptiveLimit(concurrency), writes: createAdaptiveLimit(concurrency) };
}
