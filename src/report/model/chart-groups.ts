import type { ReportView } from './report-view.ts';
import type { Row } from './row.ts';

/** A chart with the images listed under it. */
export interface ChartGroup {
  /** Display path of the chart. */
  readonly path: string;
  /** Undefined if the report has images of a chart, but not the chart. */
  readonly chart: ReportView['charts'][number] | undefined;
  /** An image of several charts is only in the first one. */
  readonly rows: readonly Row[];
}

/** Every chart in report order, including charts without rows, and every row in exactly one group. */
export function groupByChart(report: Pick<ReportView, 'charts' | 'rows'>): readonly ChartGroup[] {
  const charts = new Map(report.charts.map((rendered) => [rendered.chart.displayPath, rendered]));
  const groups = new Map<string, Row[]>([...charts.keys()].map((path) => [path, []]));
  for (const row of report.rows) {
    const path = row.usedBy[0]?.chartPath ?? '';
    const group = groups.get(path);
    if (group) group.push(row);
    else groups.set(path, [row]);
  }
  return [...groups].map(([path, group]) => ({ path, chart: charts.get(path), rows: group }));
}
