import type { ImageUse } from '../../discovery/image-use.ts';
import type { MarkerSet, TracedSpan } from './markers.ts';
import { KeyedQueue } from './multi-queue.ts';

/** The uses of a rendering beside those of the same chart with marked values. */
export interface MatchedUses {
  /** What the marks tell of a use. */
  readonly spans: ReadonlyMap<ImageUse, readonly TracedSpan[]>;
  /** Uses that the marked rendering lacks, or has with another image: a mark turned a switch or broke a form. */
  readonly lost: readonly ImageUse[];
}

interface ReadUse {
  readonly use: ImageUse;
  /** Without marks. */
  readonly image: string;
  readonly spans: readonly TracedSpan[];
}

/**
 * A use is the same when its place is and its image without marks; a name may differ, because some charts make one up
 * for each rendering.
 */
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
