import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';
import { displayPath } from '../../core/files/display-path.ts';
import type { Chart } from '../charts/chart.ts';
import { chartYamlOf, fileOfChart } from '../charts/chart-file.ts';
import { type HelmErrorLocation, parseHelmError } from './parse-helm-error.ts';
import { valuesAdvice } from './values-advice.ts';

export interface FailedRender {
  readonly chart: Chart;
  /** Name of the value set. */
  readonly valueSet: string;
  /** The message of Helm. */
  readonly reason: string;
  /** Absolute; paths in errors are relative to it. */
  readonly workFolder: string;
}

/** An error at the position in the user's file, if Helm reports one. */
export async function renderError(failed: FailedRender): Promise<ChartImagesError> {
  const { chart, valueSet, reason } = failed;
  const { locations, advice } = parseHelmError(reason);
  const values = await valuesAdvice(chart, valueSet, reason);
  return new ChartImagesError('chart-render', `${cannotRender(chart, valueSet)}: ${reason}`, {
    advice: (await usesLookup(locations, failed))
      ? lookupAdvice
      : values === undefined
        ? advice
        : `${advice} ${values}`,
    location: await firstLocation(locations, failed),
  });
}

const lookupAdvice =
  'Rendering has no cluster, so lookup finds nothing. Make the template work without its result, or set the values that it requires.';

/** What a template takes from an empty result is nil, and the error does not say where it is from. */
async function usesLookup(locations: readonly HelmErrorLocation[], { chart }: FailedRender): Promise<boolean> {
  for (const issue of locations) {
    if (issue.in !== 'template') continue;
    const text = await chart.readFile(withoutChartName(issue.template));
    if (text !== undefined && /\blookup\s+["`$(.]/.test(text)) return true;
  }
  return false;
}

/** Adds the chart to the error of a helm that was stopped or did not start. */
export function renderStoppedError(thrown: unknown, chart: Chart, valueSet: string): unknown {
  if (!(thrown instanceof ChartImagesError) || thrown.code === 'cancelled') return thrown;
  const { code, message } = thrown;
  const advice = code === 'process-memory' ? memoryAdvice : thrown.advice;
  const location = { file: chartYamlOf(chart) };
  return new ChartImagesError(code, `${cannotRender(chart, valueSet)}: ${message}`, {
    advice,
    location,
    cause: thrown,
  });
}

const memoryAdvice =
  'Find the template that builds a long text or list in a loop, or the value that controls the loop, and limit it.';

function cannotRender(chart: Chart, valueSet: string): string {
  return `Cannot render ${chart.displayPath}${valueSet === 'default' ? '' : ` with the values "${valueSet}"`}`;
}

async function firstLocation(locations: readonly HelmErrorLocation[], failed: FailedRender): Promise<SourceLocation> {
  for (const issue of locations) {
    const location = await userLocation(issue, failed);
    if (location !== undefined) return location;
  }
  return { file: chartYamlOf(failed.chart) };
}

/** Undefined for a file in an archive, in which an error cannot point to a line. */
async function userLocation(issue: HelmErrorLocation, failed: FailedRender): Promise<SourceLocation | undefined> {
  switch (issue.in) {
    case 'template':
      return await pathInChart(failed.chart, withoutChartName(issue.template), issue);
    case 'chart-yaml': {
      const lines = (await failed.chart.readFile('Chart.yaml'))?.split('\n') ?? [];
      const index = lines.findIndex((line) => line.startsWith(`${issue.key}:`));
      return await pathInChart(failed.chart, 'Chart.yaml', index < 0 ? {} : { line: index + 1 });
    }
    case 'values-file':
      return locationAt(displayPath(issue.path, failed.workFolder), issue);
    case 'chart-values':
      return await pathInChart(failed.chart, 'values.yaml', issue);
  }
}

async function pathInChart(chart: Chart, path: string, at: LinePosition): Promise<SourceLocation | undefined> {
  if (chart.kind !== 'folder' || (await chart.readFile(path)) === undefined) return undefined;
  return locationAt(fileOfChart(chart, path), at);
}

interface LinePosition {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

function locationAt(file: string, at: LinePosition): SourceLocation {
  return {
    file,
    ...(at.line !== undefined && { line: at.line }),
    ...(at.column !== undefined && { column: at.column }),
  };
}

/** Template names of Helm start with the name of the chart, not of its folder. */
function withoutChartName(template: string): string {
  return template.slice(template.indexOf('/') + 1);
}
