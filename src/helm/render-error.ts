import type { Chart } from '../charts/chart.ts';
import { ChartImagesError, type Place } from '../errors.ts';
import { displayPath } from '../files/display-path.ts';
import { type FaultPlace, readHelmFault } from './helm-fault.ts';

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
  const { places, advice } = readHelmFault(reason);
  return new ChartImagesError('chart-render', `${doesNotRender(chart, valueSet)}: ${reason}`, {
    advice,
    place: await firstPlace(places, failed),
  });
}

/** A helm that had to be stopped, or never ran, says nothing of the chart that it was busy with. */
export function stoppedError(thrown: unknown, chart: Chart, valueSet: string): unknown {
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

async function firstPlace(places: readonly FaultPlace[], failed: FailedRender): Promise<Place> {
  for (const fault of places) {
    const place = await userPlace(fault, failed);
    if (place !== undefined) return place;
  }
  return { file: failed.chart.displayPath };
}

/** Undefined for what lies in an archive: nobody can open a line there. */
async function userPlace(fault: FaultPlace, failed: FailedRender): Promise<Place | undefined> {
  switch (fault.in) {
    case 'template':
      return await inChart(failed.chart, withoutChartName(fault.template), fault);
    case 'values-file':
      return placeAt(displayPath(fault.path, failed.workFolder), fault);
    case 'chart-values':
      return await inChart(failed.chart, 'values.yaml', fault);
  }
}

async function inChart(chart: Chart, path: string, at: Lines): Promise<Place | undefined> {
  if (chart.form !== 'folder' || (await chart.readFile(path)) === undefined) return undefined;
  return placeAt(`${chart.displayPath}/${path}`, at);
}

interface Lines {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

function placeAt(file: string, at: Lines): Place {
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
