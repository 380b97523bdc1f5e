import type { ImageUse } from '../../discovery/image-use.ts';
import { KeyedQueue } from './multi-queue.ts';

export interface PairedUses {
  /** For each use the one at the same place, whatever its image. */
  readonly pairs: ReadonlyMap<ImageUse, ImageUse>;
  /** Uses of the other rendering that no use was paired with. */
  readonly further: readonly ImageUse[];
}

/**
 * Pairs the uses of two renderings of one chart by their places. Names count where they can: some charts make one up for
 * each rendering. Several images at one place, as in the text of a ConfigMap, are paired in their order.
 */
export function pairUses(uses: readonly ImageUse[], others: readonly ImageUse[]): PairedUses {
  const pairs = new Map<ImageUse, ImageUse>();
  const exact = new KeyedQueue(others, (use) => JSON.stringify([placeOf(use), use.name]));
  const waiting: ImageUse[] = [];
  for (const use of uses) {
    const other = exact.take(JSON.stringify([placeOf(use), use.name]));
    if (other === undefined) waiting.push(use);
    else pairs.set(use, other);
  }
  const nameless = new KeyedQueue(exact.remaining(), placeOf);
  for (const use of waiting) {
    const other = nameless.take(placeOf(use));
    if (other !== undefined) pairs.set(use, other);
  }
  return { pairs, further: nameless.remaining() };
}

function placeOf({ template, kind, path, rule }: ImageUse): string {
  return JSON.stringify([template, kind, path, rule]);
}
