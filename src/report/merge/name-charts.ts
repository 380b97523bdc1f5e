import type { NamedReport } from './read-reports.ts';
import type { ReadReport } from './report-schema.ts';

type Use = ReadReport['images'][number]['uses'][number];

/**
 * Adds the path of the chart to uses in charts whose name a chart of another report has. Without it, the uses of two
 * charts from one template are alike, and one of them is lost.
 */
export function nameCharts(reports: readonly NamedReport[]): readonly NamedReport[] {
  const paths = new Map<string, Set<string>>();
  for (const { name, path } of reports.flatMap(({ report }) => report.charts)) {
    paths.set(name, (paths.get(name) ?? new Set()).add(path));
  }
  const isNamesake = (chart: string): boolean => (paths.get(chart)?.size ?? 0) > 1;
  return reports.map(({ name, report }) => ({ name, report: withChartPaths(report, isNamesake) }));
}

function withChartPaths(report: ReadReport, isNamesake: (chart: string) => boolean): ReadReport {
  const paths = new Map(report.charts.map(({ name, path }) => [name, path]));
  const named = <T extends { readonly uses: Use[] }>(image: T): T => ({
    ...image,
    uses: image.uses.map((use) => {
      const chartPath = use.chartPath ?? (isNamesake(use.chart) ? paths.get(use.chart) : undefined);
      return chartPath === undefined ? use : { ...use, chartPath };
    }),
  });
  return {
    ...report,
    images: report.images.map(named),
    ...(report.ignored === undefined
      ? {}
      : { ignored: report.ignored.map((one) => ({ ...one, images: one.images.map(named) })) }),
  };
}
