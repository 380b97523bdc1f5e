import type { Chart, ChartMetadata } from './chart.ts';

type NamedChart = Pick<Chart, 'isNamesake' | 'displayPath'> & { readonly metadata: Pick<ChartMetadata, 'name'> };

/** Marks the charts whose name another chart has too. A chart that several requests name has one path. */
export function markNamesakes(charts: readonly Chart[]): readonly Chart[] {
  const paths = new Map<string, Set<string>>();
  for (const { metadata, displayPath } of charts) {
    paths.set(metadata.name, (paths.get(metadata.name) ?? new Set()).add(displayPath));
  }
  return charts.map((chart) =>
    (paths.get(chart.metadata.name)?.size ?? 0) > 1 ? { ...chart, isNamesake: true } : chart,
  );
}

/** The name of a chart, or its path if another chart has the name. */
export function shownChart({ isNamesake, metadata, displayPath }: NamedChart): string {
  return isNamesake === true ? displayPath : metadata.name;
}

/** `services/a/templates/b.yaml` for `contoso/templates/b.yaml` if two charts are named contoso. */
export function shownTemplate({ isNamesake, metadata, displayPath }: NamedChart, template: string): string {
  const start = `${metadata.name}/`;
  return isNamesake === true && template.startsWith(start)
    ? `${displayPath}/${template.slice(start.length)}`
    : template;
}
