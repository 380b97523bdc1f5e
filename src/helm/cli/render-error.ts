import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';
import { displayPath } from '../../core/files/display-path.ts';
import type { Chart } from '../charts/chart.ts';
import { type HelmErrorLocation, parseHelmError } from './parse-helm-error.ts';

export interface FailedRender {
  readonly chart: Chart;
  /** Name of the value set. */
  readonly valueSet: string;
  /** Helm's own words. */
  readonly reason: string;
  /** Absolute; the user's files are named from there. */
  readonly workFolder: string;
}

/** Helm's complaint as an error at the user's own file, where there is one. */
export async function renderError(failed: FailedRender): Promise<ChartImagesError> {
  const { chart, valueSet, reason } = failed;
  const { places, advice } = parseHelmError(reason);
  return new ChartImagesError('chart-render', `${doesNotRender(chart, valueSet)}: ${reason}`, {
    advice,
    place: await firstLocation(places, failed),
  });
}

/** A helm that had to be stopped, or never ran, says nothing of the chart that it was busy with. */
export function renderStoppedError(thrown: unknown, chart: Chart, valueSet: string): unknown {
  if (!(thrown instanceof ChartImagesError) || thrown.code === 'cancelled') return thrown;
  const { code, message } = thrown;
  const advice = code === 'process-memory' ? growthAdvice : thrown.advice;
  const place = { file: chart.displayPath };
  return new ChartImagesError(code, `${doesNotRender(chart, valueSet)}: ${message}`, { advice, place, cause: thrown });
}

const growthAdvice =
  'Look for a template that builds a long text or list in a loop, or a value that sets how often it repeats, and bound it.';

function doesNotRender(chart: Chart, valueSet: string): string {
  return `${chart.displayPath} does not render${valueSet === 'default' ? '' : ` with the values "${valueSet}"`}`;
}

async function firstLocation(places: readonly HelmErrorLocation[], failed: FailedRender): Promise<SourceLocation> {
  for (const issue of places) {
    const place = await userLocation(issue, failed);
    if (place !== undefined) return place;
  }
  return { file: failed.chart.displayPath };
}

/** Undefined for what lies in an archive: no line can be opened there. */
async function userLocation(issue: HelmErrorLocation, failed: FailedRender): Promise<SourceLocation | undefined> {
  switch (issue.in) {
    case 'template':
      return await pathInChart(failed.chart, withoutChartName(issue.template), issue);
    case 'values-file':
      return locationAt(displayPath(issue.path, failed.workFolder), issue);
    case 'chart-values':
      return await pathInChart(failed.chart, 'values.yaml', issue);
  }
}

async function pathInChart(chart: Chart, path: string, at: LineMap): Promise<SourceLocation | undefined> {
  if (chart.kind !== 'folder' || (await chart.readFile(path)) === undefined) return undefined;
  return locationAt(`${chart.displayPath}/${path}`, at);
}

interface LineMap {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

function locationAt(file: string, at: LineMap): SourceLocation {
  return {
    file,
    ...(at.line !== undefined && { line: at.line }),
    ...(at.column !== undefined && { column: at.column }),
  };
}

/** Helm's names begin with the chart's name, whatever its folder is called. */
function withoutChartName(template: string): string {
  return template.slice(template.indexOf('/') + 1);
}
