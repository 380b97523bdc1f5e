import { type ImageUse, withoutReleaseName } from '../../discovery/image-use.ts';
import type { Report } from './report.ts';
import type { Usage } from './row.ts';

export type { Usage } from './row.ts';

/** Display path of a chart → the names of its value sets. */
export type ValueSetsByChart = ReadonlyMap<string, ReadonlySet<string>>;

export function setsOfCharts(charts: Report['charts']): ValueSetsByChart {
  const sets = new Map<string, Set<string>>();
  for (const { chart } of charts) {
    const known = sets.get(chart.displayPath) ?? new Set();
    for (const { name } of chart.valueSets) known.add(name);
    sets.set(chart.displayPath, known);
  }
  return sets;
}

/** The uses by object, in the order of the uses. */
export function usagesOf(uses: readonly ImageUse[], charts: ValueSetsByChart): readonly Usage[] {
  const byObject = new Map<string, { readonly use: ImageUse; readonly sets: Set<string> }>();
  for (const use of uses) {
    const { chartPath, template, kind, name } = use;
    const key = JSON.stringify([chartPath, template, kind, name]);
    const known = byObject.get(key) ?? { use, sets: new Set() };
    for (const set of use.valueSets) known.sets.add(set);
    byObject.set(key, known);
  }
  return [...byObject.values()].map(({ use, sets }) => {
    const { chart, chartPath, template, shownTemplate, kind, name } = use;
    return {
      chart,
      chartPath,
      template,
      ...(shownTemplate !== undefined && { shownTemplate }),
      kind,
      name: withoutReleaseName(name),
      sets: among(sets, charts.get(chartPath)?.size ?? 1),
    };
  });
}

function among(sets: ReadonlySet<string>, count: number): Usage['sets'] {
  if (count <= 1) return 'only';
  return sets.size >= count ? 'all' : [...sets];
}
