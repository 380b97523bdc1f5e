import { describe, expect, it } from 'vitest';
import type { ImageUse } from '../../../src/discovery/image-use.ts';
import { type MarkerCandidate, selectCandidates } from '../../../src/values/provenance/marker-candidates.ts';
import { MarkerSet } from '../../../src/values/provenance/markers.ts';
import { type MarkedRender, traceReferences } from '../../../src/values/provenance/trace-search.ts';
import type { ScalarValue } from '../../../src/values/tree/scalar-value.ts';

/**
 * A chart as the search knows it: a use `x/<name>:1` for each leaf, which its image shows unless a mark breaks
 * something.
 */
function chartOf(names: readonly string[], breaking: Readonly<Record<string, 'render' | 'use'>>) {
  const leaves = names.map((name): ScalarValue => {
    return {
      keys: ['image', name],
      text: `x/${name}`,
      scalar: 'string',
      style: 'inline',
      source: { kind: 'set' },
      offset: 0,
    };
  });
  const uses = names.map((name): ImageUse => {
    const where = { chart: 'c', chartPath: 'c', template: 'c/templates/a.yaml', kind: 'Pod', name, path: 'spec' };
    return { image: `x/${name}:1`, ...where, valueSets: ['default'], line: 1, rule: 'pod-spec', confidence: 'certain' };
  });
  const rounds: (readonly string[])[] = [];
  const render = async (marked: readonly MarkerCandidate[]): Promise<MarkedRender> => {
    const now = marked.map(({ leaf }) => String(leaf.keys[1]));
    rounds.push(now);
    if (now.some((name) => breaking[name] === 'render')) return { ok: false, blamed: new Set() };
    const markers = new MarkerSet(marked, []);
    const lost = uses.filter(({ name }) => now.includes(name) && breaking[name] === 'use');
    const kept = uses.filter((use) => !lost.includes(use));
    const spans = new Map(
      kept.map((use) => {
        const text = markers.texts.find(({ leaf }) => leaf.keys[1] === use.name)?.text;
        return [use, text === undefined ? [] : markers.read(`${text}:1`).spans];
      }),
    );
    return { ok: true, uses: { spans, lost } };
  };
  const candidates = selectCandidates(
    leaves,
    uses.map(({ image }) => image),
  );
  return { search: () => traceReferences(uses, candidates, render), uses, rounds };
}

const eight = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg', 'hh'];

describe('the search for origins', () => {
  it('takes one rendering where nothing breaks', async () => {
    const { search, rounds, uses } = chartOf(eight, {});
    const { spans, reasons } = await search();
    expect(rounds).toEqual([eight]);
    expect(uses.every((use) => spans.get(use)?.length === 1)).toBe(true);
    expect(reasons.size).toBe(0);
  });

  it('traces with four more renderings a chart that one value breaks, and has reasons for the rest', async () => {
    const { search, rounds, uses } = chartOf(eight, { bb: 'render' });
    const { spans, reasons } = await search();
    expect(rounds).toHaveLength(5);
    expect(uses.filter((use) => spans.get(use)?.length === 1).map(({ name }) => name)).toEqual(eight.slice(2));
    expect([...reasons].map(([use]) => use.name)).toEqual(['aa', 'bb']);
  });

  it('retries only the uses that a marker removed', async () => {
    const { search, rounds, uses } = chartOf(eight, { bb: 'use' });
    const { spans, reasons } = await search();
    expect(rounds).toEqual([eight, ['bb']]);
    expect(uses.filter((use) => spans.get(use)?.length !== 1).map(({ name }) => name)).toEqual(['bb']);
    expect([...reasons.values()]).toEqual([
      'image.bb cannot be traced: when it is changed, the chart has other images',
    ]);
  });

  it('never takes more than five, however much breaks', async () => {
    const { search, rounds } = chartOf(eight, Object.fromEntries(eight.map((name) => [name, 'render'])));
    const { reasons } = await search();
    expect(rounds).toHaveLength(5);
    expect(reasons.size).toBe(8);
  });

  it('renders nothing if no value can be part of an image', async () => {
    const { search, rounds } = chartOf([], {});
    await search();
    expect(rounds).toEqual([]);
  });
});
