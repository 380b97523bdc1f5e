import type { ScalarValue } from '../tree/scalar-value.ts';
import type { MarkerCandidate } from './marker-candidates.ts';

/** A part of a text that a value set. */
export interface TracedSpan {
  readonly start: number;
  readonly end: number;
  readonly leaf: ScalarValue;
  /** Offset in the text of the value. */
  readonly from: number;
}

/** A text of the marked rendering without markers, and the values it contains. */
export interface TracedText {
  readonly plain: string;
  /** Offsets in `plain`, ordered, without overlap. */
  readonly spans: readonly TracedSpan[];
}

/** Digits, so that markers fit in versions. Uses the first pair that does not occur in the rendering. */
const delimiters = [
  ['97', '79'],
  ['83', '38'],
  ['64', '46'],
  ['52', '25'],
] as const;
/** Three digits between the delimiters. No known chart has this many image values. */
const maximumMarkers = 1000;

/** Splits candidates into groups that one marker set can mark. */
export function batches(candidates: readonly MarkerCandidate[]): readonly (readonly MarkerCandidate[])[] {
  const batches: MarkerCandidate[][] = [];
  let free = 0;
  for (const candidate of candidates) {
    const needed = candidate.points.length;
    if (needed > maximumMarkers) continue;
    if (needed > free) {
      batches.push([]);
      free = maximumMarkers;
    }
    batches.at(-1)?.push(candidate);
    free -= needed;
  }
  return batches;
}

interface MarkedLeaf {
  readonly leaf: ScalarValue;
  /** Without markers. */
  readonly whole: string;
  readonly text: string;
  /** Offset in the original text for each character, or -1 for a marker. */
  readonly offsets: Int32Array;
}

/** Marked texts, and the reverse mapping. Each position has its own marker. */
export class MarkerSet {
  readonly #byMark = new Map<string, { readonly marked: MarkedLeaf; readonly at: number }>();
  readonly #marked: MarkedLeaf[] = [];
  readonly #pattern: RegExp;

  /** `candidates`: one batch. `taken`: texts without markers that will be read. */
  constructor(candidates: readonly MarkerCandidate[], reserved: readonly string[]) {
    const patterns = delimiters.map(([open, close]) => ({
      open,
      close,
      pattern: new RegExp(`${open}\\d{3}${close}`, 'g'),
    }));
    const frame = patterns.find(({ pattern }) => reserved.every((text) => text.search(pattern) < 0)) ?? patterns[0];
    this.#pattern = frame?.pattern ?? /(?!)/g;
    let next = 0;
    for (const candidate of candidates) {
      this.#mark(candidate, () => `${frame?.open}${String(next++).padStart(3, '0')}${frame?.close}`);
    }
  }

  get texts(): readonly { readonly leaf: ScalarValue; readonly text: string }[] {
    return this.#marked;
  }

  /** Values whose markers a text contains, for example a helm error. */
  leavesIn(text: string): ReadonlySet<ScalarValue> {
    const hits = [...text.matchAll(this.#pattern)].map(([marker]) => this.#byMark.get(marker)?.marked.leaf);
    return new Set(hits.filter((leaf) => leaf !== undefined));
  }

  read(text: string): TracedText {
    const spans: TracedSpan[] = [];
    let plain = '';
    let done = 0;
    for (const match of text.matchAll(this.#pattern)) {
      const known = this.#byMark.get(match[0]);
      if (known === undefined || match.index < done) continue;
      const { marked, at } = known;
      const before = matchingLength(text, match.index - 1, marked.text, at - 1, { step: -1, most: match.index - done });
      const after = matchingLength(text, match.index, marked.text, at, { step: 1, most: text.length - match.index });
      plain += text.slice(done, match.index - before);
      const start = plain.length;
      let from = -1;
      for (let index = -before; index < after; index += 1) {
        const offset = marked.offsets[at + index] ?? -1;
        if (offset < 0) continue;
        if (from < 0) from = offset;
        // Only digits of a digest differ. Other characters are reported as rendered, for example after `lower`.
        const own = marked.whole[offset];
        plain += marked.text[at + index] === own ? text[match.index + index] : own;
      }
      done = match.index + after;
      if (plain.length > start) spans.push({ start, end: plain.length, leaf: marked.leaf, from });
    }
    return { plain: plain + text.slice(done), spans };
  }

  #mark({ leaf, text: whole, points }: MarkerCandidate, nextMark: () => string): void {
    const offsets: number[] = [];
    const markers: { marker: string; at: number }[] = [];
    let text = '';
    const add = (part: string, from: number): void => {
      for (let index = 0; index < part.length; index += 1) offsets.push(from < 0 ? -1 : from + index);
      text += part;
    };
    let done = 0;
    for (const point of [...points].sort((a, b) => a.at - b.at)) {
      add(whole.slice(done, point.at), done);
      const marker = nextMark();
      markers.push({ marker, at: text.length + point.join.length });
      // Replaces digits of a digest one by one, because its length is fixed.
      if (point.length > 0)
        add(marker.repeat(Math.ceil(point.length / marker.length)).slice(0, point.length), point.at);
      else add(`${point.join}${marker}`, -1);
      done = point.at + point.length;
    }
    add(whole.slice(done), done);
    const marked: MarkedLeaf = { leaf, whole, text, offsets: Int32Array.from(offsets) };
    this.#marked.push(marked);
    for (const { marker: mark, at } of markers) this.#byMark.set(mark, { marked, at });
  }
}

/** Length of the common text from two offsets in one direction, ignoring case. */
function matchingLength(
  text: string,
  at: number,
  other: string,
  otherAt: number,
  way: { readonly step: 1 | -1; readonly most: number },
): number {
  let count = 0;
  while (count < way.most) {
    const own = text[at + way.step * count];
    const counterpart = other[otherAt + way.step * count];
    if (own === undefined || counterpart === undefined || !isLike(own, counterpart)) break;
    count += 1;
  }
  return count;
}

/** Charts replace plus, because tags cannot contain it. */
function isLike(printed: string, written: string): boolean {
  return printed.toLowerCase() === written.toLowerCase() || (written === '+' && /[-_.]/.test(printed));
}
