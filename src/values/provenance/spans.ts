import type { TracedSpan } from './markers.ts';

export interface Gap {
  readonly text: string;
  readonly start: number;
}

/** Untraced parts of a text, in order. */
export function findGaps(text: string, spans: readonly TracedSpan[]): readonly Gap[] {
  const gaps: Gap[] = [];
  let done = 0;
  for (const { start, end } of [...spans, { start: text.length, end: text.length }]) {
    if (start > done) gaps.push({ text: text.slice(done, start), start: done });
    done = end;
  }
  return gaps;
}

/** Splits gaps at offsets. */
export function splitGaps(gaps: readonly Gap[], offsets: readonly number[]): readonly Gap[] {
  return gaps.flatMap(({ text, start }) => {
    const inside = offsets.filter((offset) => offset > start && offset < start + text.length);
    const edges = [start, ...inside, start + text.length];
    return edges
      .slice(0, -1)
      .map((from, index) => ({ start: from, text: text.slice(from - start, (edges[index + 1] ?? 0) - start) }));
  });
}

/** Gaps with text other than the separators `/` and `:`. */
export function untracedText(text: string, spans: readonly TracedSpan[]): readonly string[] {
  return findGaps(text, spans).flatMap((gap) => (/[A-Za-z0-9]/.test(gap.text) ? [gap.text] : []));
}

/** Merges spans in order. Where they overlap, `known` wins. */
export function mergeSpans(known: readonly TracedSpan[], further: readonly TracedSpan[]): readonly TracedSpan[] {
  const free = further.filter(({ start, end }) => known.every((other) => end <= other.start || start >= other.end));
  return [...known, ...free].sort((a, b) => a.start - b.start);
}
