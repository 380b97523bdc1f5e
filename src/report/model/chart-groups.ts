import type { Report } from './report.ts';
import type { Row } from './rows.ts';

/** A chart with the images that stand with it on a page. */
export interface ChartGroup {
  /** Display path of the chart. */
  readonly path: string;
  /** Undefined where the run knows images of a chart that it does not know. */
  readonly chart: Report['charts'][number] | undefined;
  /** An image that several charts use is only with the first of them. */
  readonly rows: readonly Row[];
}

/** Every chart in the order of the report, also those without a row, and every row in exactly one group. */
export function groupByChart(report: Pick<Report, 'charts'>, rows: readonly Row[]): readonly ChartGroup[] {
  const charts = new Map(report.charts.map((rendered) => [rendered.chart.displayPath, rendered]));
  const groups = new Map<string, Row[]>([...charts.keys()].map((path) => [path, []]));
  for (const row of rows) {
    const path = row.usedBy[0]?.chartPath ?? '';
    const group = groups.get(path);
    if (group) group.push(row);
    else groups.set(path, [row]);
  }
  return [...groups].map(([path, group]) => ({ path, chart: charts.get(path), rows: group }));
}
