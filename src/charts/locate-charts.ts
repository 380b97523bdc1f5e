import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChartImagesError, cancelled } from '../errors.ts';
import { type Boundary, boundaryOf, findBoundary, holdNamed, holdTyped } from '../files/boundary.ts';
import { displayPath, isBelow } from '../files/display-path.ts';
import type { Log } from '../log.ts';
import { concurrently } from '../process/concurrently.ts';
import type { Chart, ChartRequest } from './chart.ts';
import { type ChartLocation, parseChartLocation, type RemoteChart, shownLocation } from './chart-location.ts';
import { findCharts } from './find-charts.ts';
import { openArchive, openFolder } from './open-chart.ts';

/** Charts that are opened or pulled at the same time: enough to hide a registry's delay, few enough for its limits. */
const atOnce = 4;

export interface LocateDeps {
  /** Absolute; display paths are relative to it. */
  readonly workFolder: string;
  /** What charts must not lead out of; without it that of the folder of the run. */
  readonly boundary?: Boundary;
  /** Absolute folder for what lives as long as the run. */
  readonly temporary: string;
  /** Fetches a remote chart; gives the absolute path of its `.tgz`. */
  readonly pull: (remote: RemoteChart) => Promise<string>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Finds and checks every chart that was asked for, in the order of the requests; a pattern gives its matches sorted.
 * All faults are told together (ChartImagesErrors). Errors: `chart-not-found`, `chart-invalid`, `archive-unsafe`,
 * `archive-too-large`, `path-outside`, `file-not-found` (value files), `invalid-input` (a remote location of no known form), and those
 * of `pull`.
 */
export async function locateCharts(requests: readonly ChartRequest[], deps: LocateDeps): Promise<readonly Chart[]> {
  const boundary = deps.boundary ?? (await findBoundary(deps.workFolder));
  const charts = await concurrently(requests, atOnce, async (request) => {
    if (deps.signal.aborted) throw cancelled();
    await checkValueFiles(request);
    return await locate(request, boundary, deps);
  });
  return charts.flat();
}

async function locate(request: ChartRequest, boundary: Boundary, deps: LocateDeps): Promise<readonly Chart[]> {
  const location = locationOf(request);
  if (location.kind !== 'local') {
    const path = await deps.pull(location);
    const found = { path, displayPath: location.text, valueSets: request.valueSets };
    return [renderable(await openArchive(found, undefined, deps.temporary))];
  }
  const { within } = request;
  const hold = (path: string) => (within === undefined ? holdTyped(path, boundary) : holdNamed(path, within));
  const { by, paths, passedOver } = await findCharts(request, hold);
  for (const path of passedOver) {
    deps.log.debug(`${displayPath(path, deps.workFolder)} matches ${request.location} and is not a chart.`);
  }
  const charts: Chart[] = [];
  for (const { path, real } of paths) {
    const isFolder = (await stat(real)).isDirectory();
    const found = { path: real, displayPath: displayPath(path, deps.workFolder), valueSets: request.valueSets };
    const home = {
      path: isBelow(real, boundary.realTop) ? path : real,
      boundary: await boundaryOf(isFolder ? real : dirname(real), boundary),
    };
    charts.push(isFolder ? await openFolder(found, home, deps) : await openArchive(found, home, deps.temporary));
  }
  return by === 'name' ? charts.map(renderable) : withoutLibraries(charts, request, deps.log);
}

/** A pattern matches what lies there; what it can not have meant is passed over. Errors: `chart-not-found` when nothing is left. */
function withoutLibraries(charts: readonly Chart[], request: ChartRequest, log: Log): readonly Chart[] {
  const rest = charts.filter(({ metadata }) => metadata.type !== 'library');
  for (const { metadata, displayPath } of charts) {
    if (metadata.type !== 'library') continue;
    log.info(`${displayPath} matches ${request.location} and is passed over: a library chart renders nothing itself.`);
  }
  if (rest.length > 0) return rest;
  throw new ChartImagesError('chart-not-found', `${request.location} matches only library charts.`, {
    advice: 'Name the charts that use them.',
    place: request.place,
  });
}

/** Errors: `chart-invalid`. */
function renderable(chart: Chart): Chart {
  if (chart.metadata.type !== 'library') return chart;
  const { metadata, displayPath, form } = chart;
  throw new ChartImagesError('chart-invalid', `${metadata.name} is a library chart, which renders nothing itself.`, {
    advice: 'Name the charts that use it.',
    place: { file: form === 'folder' ? `${displayPath}/Chart.yaml` : displayPath },
  });
}

function locationOf(request: ChartRequest): ChartLocation {
  const parsed = parseChartLocation(request.location);
  if (parsed.ok) return parsed.value;
  throw new ChartImagesError('invalid-input', `A chart can not be fetched: ${parsed.reason}.`, {
    advice: 'Write oci://host/path:version or https://repository/path#name@version.',
    place: request.place,
  });
}

async function checkValueFiles(request: ChartRequest): Promise<void> {
  for (const file of new Set(request.valueSets.flatMap((set) => set.valueFiles))) {
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) continue;
    throw new ChartImagesError(
      'file-not-found',
      `The values file ${file} of ${shownLocation(request.location)} does not exist or is not a file.`,
      {
        advice: 'Check the spelling and the folder that relative paths start in.',
        place: request.place,
      },
    );
  }
}
