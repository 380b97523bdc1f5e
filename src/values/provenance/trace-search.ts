import type { ImageUse } from '../../discovery/image-use.ts';
import { formatValuePath, type ScalarValue } from '../tree/scalar-value.ts';
import { type MarkerCandidate, selectCandidates } from './marker-candidates.ts';
import { batches, type TracedSpan } from './markers.ts';
import type { MatchedUses } from './match-uses.ts';
import { mergeSpans, untracedText } from './spans.ts';

/** Result of a rendering with markers. */
export type MarkedRender =
  | { readonly ok: true; readonly uses: MatchedUses }
  /** `blamed`: values that the helm error names. */
  | { readonly ok: false; readonly blamed: ReadonlySet<ScalarValue> };

export interface TraceResult {
  readonly spans: ReadonlyMap<ImageUse, readonly TracedSpan[]>;
  /** Reasons for untraced parts by use. */
  readonly reasons: ReadonlyMap<ImageUse, string>;
  /** Whether a rendering showed which part of the use the value sets, if any. */
  readonly isFollowed: (use: ImageUse, leaf: ScalarValue) => boolean;
}

/**
 * Renderings after the first: enough to find one failing value among eight. A rendering takes as long as the search
 * for images in a chart.
 */
const furtherRenderings = 4;

/**
 * Traces values by rendering with markers: first all likely candidates at once. If the chart fails or its images
 * change, blamed values are removed, and the others are tried in smaller groups. Possible candidates only for untraced
 * parts.
 */
export async function traceReferences(
  uses: readonly ImageUse[],
  candidates: readonly MarkerCandidate[],
  render: (marked: readonly MarkerCandidate[]) => Promise<MarkedRender>,
): Promise<TraceResult> {
  const search = new TraceSearch(uses, render);
  await search.follow(candidates.filter(({ rank }) => rank === 'likely'));
  const gaps = uses.flatMap((use) => untracedText(use.image, search.coversOf(use)));
  const bare = candidates.filter(({ rank }) => rank === 'possible').map(({ leaf }) => leaf);
  await search.follow(selectCandidates(bare, gaps));
  return search.close(candidates);
}

class TraceSearch {
  readonly #uses: readonly ImageUse[];
  readonly #render: (marked: readonly MarkerCandidate[]) => Promise<MarkedRender>;
  readonly #spans = new Map<ImageUse, readonly TracedSpan[]>();
  /** Values whose markers did not change the use. */
  readonly #followed = new Map<ImageUse, Set<ScalarValue>>();
  readonly #failures = new Map<ScalarValue, string>();
  #renderings = 0;

  constructor(uses: readonly ImageUse[], render: (marked: readonly MarkerCandidate[]) => Promise<MarkedRender>) {
    this.#uses = uses;
    this.#render = render;
  }

  coversOf(use: ImageUse): readonly TracedSpan[] {
    return this.#spans.get(use) ?? [];
  }

  async follow(candidates: readonly MarkerCandidate[]): Promise<void> {
    const groups = [...batches(candidates)];
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      if (group.length === 0 || this.#renderings > furtherRenderings) continue;
      this.#renderings += 1;
      const outcome = await this.#render(group);
      groups.push(...(outcome.ok ? this.#learn(group, outcome.uses) : this.#avoid(group, outcome)));
    }
  }

  close(candidates: readonly MarkerCandidate[]): TraceResult {
    const reasons = new Map<ImageUse, string>();
    for (const use of this.#uses) {
      if (untracedText(use.image, this.coversOf(use)).length === 0) continue;
      const reason = this.#reasonFor(use, candidates);
      if (reason !== undefined) reasons.set(use, reason);
    }
    const isFollowed = (use: ImageUse, leaf: ScalarValue): boolean => this.#followed.get(use)?.has(leaf) ?? false;
    return { spans: this.#spans, reasons, isFollowed };
  }

  #learn(group: readonly MarkerCandidate[], { spans, lost }: MatchedUses): readonly (readonly MarkerCandidate[])[] {
    for (const [use, found] of spans) {
      this.#spans.set(use, mergeSpans(this.coversOf(use), found));
      const followed = this.#followed.get(use) ?? new Set();
      for (const { leaf } of group) followed.add(leaf);
      this.#followed.set(use, followed);
    }
    if (lost.length === 0) return [];
    const relevant = relevantTo(lost, group);
    for (const { leaf } of relevant) this.#failures.set(leaf, 'when it is changed, the chart has other images');
    return relevant.length < group.length ? [relevant] : halvesOf(group);
  }

  #avoid(
    group: readonly MarkerCandidate[],
    outcome: Extract<MarkedRender, { ok: false }>,
  ): readonly (readonly MarkerCandidate[])[] {
    for (const { leaf } of group) this.#failures.set(leaf, 'when it is changed, the chart does not render');
    const innocent = group.filter(({ leaf }) => !outcome.blamed.has(leaf));
    return innocent.length < group.length ? [innocent] : halvesOf(group);
  }

  #reasonFor(use: ImageUse, candidates: readonly MarkerCandidate[]): string | undefined {
    const followed = this.#followed.get(use);
    const unfollowed = relevantTo([use], candidates).find(({ leaf, rank }) => {
      return rank === 'likely' && !followed?.has(leaf) && this.#failures.has(leaf);
    });
    if (unfollowed === undefined) return undefined;
    return `${formatValuePath(unfollowed.leaf.keys)} cannot be traced: ${this.#failures.get(unfollowed.leaf)}`;
  }
}

function relevantTo(uses: readonly ImageUse[], candidates: readonly MarkerCandidate[]): readonly MarkerCandidate[] {
  const leaves = new Set(
    selectCandidates(
      candidates.map(({ leaf }) => leaf),
      uses.map(({ image }) => image),
    ).map(({ leaf }) => leaf),
  );
  return candidates.filter(({ leaf }) => leaves.has(leaf));
}

/** A single failing value is skipped. */
function halvesOf(group: readonly MarkerCandidate[]): readonly (readonly MarkerCandidate[])[] {
  const middle = Math.ceil(group.length / 2);
  return group.length < 2 ? [] : [group.slice(0, middle), group.slice(middle)];
}
