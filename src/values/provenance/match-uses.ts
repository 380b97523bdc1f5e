import type { ImageUse } from '../../discovery/image-use.ts';
import type { MarkerSet, TracedSpan } from './markers.ts';
import { KeyedQueue } from './multi-queue.ts';

/** Uses of a rendering matched with those of the marked rendering. */
export interface MatchedUses {
  /** Traced spans by use. */
  readonly spans: ReadonlyMap<ImageUse, readonly TracedSpan[]>;
  /**
   * Uses that the marked rendering does not have, or has with another image, because a marker changed a toggle or a
   * format.
   */
  readonly lost: readonly ImageUse[];
}

interface ReadUse {
  readonly use: ImageUse;
  /** Without markers. */
  readonly image: string;
  readonly spans: readonly TracedSpan[];
}

/** Matches uses by position and unmarked image. Names may differ, because some charts generate them. */
export function matchUses(plain: readonly ImageUse[], marked: readonly ImageUse[], markers: MarkerSet): MatchedUses {
  const read = marked.map((use): ReadUse => {
    const { plain: image, spans } = markers.read(use.image);
    return { use, image, spans };
  });
  const unmarked = (text: string): string => markers.read(text).plain;
  const exact = new KeyedQueue(read, ({ use, image }) => exactUseKey(use, image, unmarked));
  const spans = new Map<ImageUse, readonly TracedSpan[]>();
  const waiting: ImageUse[] = [];
  for (const use of plain) {
    const found = exact.take(exactUseKey(use, use.image, asItIs));
    if (found === undefined) waiting.push(use);
    else spans.set(use, found.spans);
  }
  const loose = new KeyedQueue(exact.remaining(), ({ use, image }) => useKeyWithoutName(use, image, unmarked));
  const lost: ImageUse[] = [];
  for (const use of waiting) {
    const found = loose.take(useKeyWithoutName(use, use.image, asItIs));
    if (found === undefined) lost.push(use);
    else spans.set(use, found.spans);
  }
  return { spans, lost };
}

type Read = (text: string) => string;
const asItIs: Read = (text) => text;

function exactUseKey(use: ImageUse, image: string, read: Read): string {
  return JSON.stringify([use.template, use.kind, read(use.name), read(use.path), use.rule, image]);
}

function useKeyWithoutName(use: ImageUse, image: string, read: Read): string {
  return JSON.stringify([use.template, use.kind, read(use.path), image]);
}
