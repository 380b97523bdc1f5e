import { displayPathIn } from '../../core/files/display-path.ts';
import type { Chart } from './chart.ts';

/** The display path of a file by its path from the root of the chart. */
export function fileOfChart(chart: Pick<Chart, 'displayPath'>, path: string): string {
  return displayPathIn(chart.displayPath, path);
}

/** The file that stands for a whole chart in annotations: its Chart.yaml, or its archive. */
export function chartYamlOf(chart: Pick<Chart, 'displayPath' | 'kind'>): string {
  return chart.kind === 'folder' ? fileOfChart(chart, 'Chart.yaml') : chart.displayPath;
}
