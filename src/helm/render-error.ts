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
  const withValues = valueSet === 'default' ? '' : ` with the values "${valueSet}"`;
  return new ChartImagesError('chart-render', `${chart.displayPath} does not render${withValues}: ${reason}`, {
    advice,
    place: await firstPlace(places, failed),
  });
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
