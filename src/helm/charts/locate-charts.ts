import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChartImagesError, cancelledError } from '../../core/errors.ts';
import {
  type Boundary,
  boundaryOf,
  findBoundary,
  resolveReferencedPath,
  resolveTypedPath,
} from '../../core/files/boundary.ts';
import { displayPath, isInside } from '../../core/files/display-path.ts';
import type { Log } from '../../core/log.ts';
import { mapConcurrent } from '../../core/process/map-concurrent.ts';
import type { Chart, ChartRequest } from './chart.ts';
import { type ChartLocation, parseChartLocation, type RemoteChart, redactLocation } from './chart-location.ts';
import { loadArchive, loadFolder } from './load-chart.ts';
import { matchChartPaths } from './match-chart-paths.ts';

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
 * All errors are reported together (ChartImagesAggregateError). Errors: `chart-not-found`, `chart-invalid`, `archive-unsafe`,
 * `archive-too-large`, `path-outside`, `file-not-found` (value files), `invalid-input` (a remote location of no known form), and those
 * of `pull`.
 */
export async function locateCharts(requests: readonly ChartRequest[], deps: LocateDeps): Promise<readonly Chart[]> {
  const boundary = deps.boundary ?? (await findBoundary(deps.workFolder));
  const charts = await mapConcurrent(requests, atOnce, async (request) => {
    if (deps.signal.aborted) throw cancelledError();
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
    return [renderable(await loadArchive(found, undefined, deps.temporary))];
  }
  const { within } = request;
  const hold = (path: string) =>
    within === undefined ? resolveTypedPath(path, boundary) : resolveReferencedPath(path, within);
  const { by, paths, passedOver } = await matchChartPaths(request, hold);
  for (const path of passedOver) {
    deps.log.debug(`${displayPath(path, deps.workFolder)} matches ${request.location} and is not a chart.`);
  }
  const charts: Chart[] = [];
  for (const { path, real } of paths) {
    const isFolder = (await stat(real)).isDirectory();
    const found = { path: real, displayPath: displayPath(path, deps.workFolder), valueSets: request.valueSets };
    const home = {
      path: isInside(real, boundary.realTop) ? path : real,
      boundary: await boundaryOf(isFolder ? real : dirname(real), boundary),
    };
    charts.push(isFolder ? await loadFolder(found, home, deps) : await loadArchive(found, home, deps.temporary));
  }
  return by === 'name' ? charts.map(renderable) : withoutLibraries(charts, request, deps.log);
}

/** A pattern matches what lies there; what it cannot have meant is passed over. Errors: `chart-not-found` when nothing is left. */
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
  const { metadata, displayPath, kind: form } = chart;
  throw new ChartImagesError('chart-invalid', `${metadata.name} is a library chart, which renders nothing itself.`, {
    advice: 'Name the charts that use it.',
    place: { file: form === 'folder' ? `${displayPath}/Chart.yaml` : displayPath },
  });
}

function locationOf(request: ChartRequest): ChartLocation {
  const parsed = parseChartLocation(request.location);
  if (parsed.ok) return parsed.value;
  throw new ChartImagesError('invalid-input', `A chart cannot be fetched: ${parsed.reason}.`, {
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
      `The values file ${file} of ${redactLocation(request.location)} does not exist or is not a file.`,
      {
        advice: 'Check the spelling and the folder that relative paths start in.',
        place: request.place,
      },
    );
  }
}
