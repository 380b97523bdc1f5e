import type { ImageUse } from '../../discovery/image-use.ts';
import { KeyedQueue } from './multi-queue.ts';

export interface PairedUses {
  /** Pairs by position, with any image. */
  readonly pairs: ReadonlyMap<ImageUse, ImageUse>;
  /** Unpaired uses of the other rendering. */
  readonly further: readonly ImageUse[];
}

/**
 * Pairs uses of two renderings by position, preferably with the same name, because some charts generate names. Images
 * at one position, as in a ConfigMap, are paired in order.
 */
export function pairUses(uses: readonly ImageUse[], others: readonly ImageUse[]): PairedUses {
  const pairs = new Map<ImageUse, ImageUse>();
  const exact = new KeyedQueue(others, (use) => JSON.stringify([useKey(use), use.name]));
  const waiting: ImageUse[] = [];
  for (const use of uses) {
    const other = exact.take(JSON.stringify([useKey(use), use.name]));
    if (other === undefined) waiting.push(use);
    else pairs.set(use, other);
  }
  const nameless = new KeyedQueue(exact.remaining(), useKey);
  for (const use of waiting) {
    const other = nameless.take(useKey(use));
    if (other !== undefined) pairs.set(use, other);
  }
  return { pairs, further: nameless.remaining() };
}

function useKey({ template, kind, path, rule }: ImageUse): string {
  return JSON.stringify([template, kind, path, rule]);
}
