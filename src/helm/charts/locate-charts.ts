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
import { chartYamlOf } from './chart-file.ts';
import { type ChartLocation, parseChartLocation, type RemoteChart, redactLocation } from './chart-location.ts';
import { loadArchive, loadFolder } from './load-chart.ts';
import { matchChartPaths } from './match-chart-paths.ts';

/** Charts that are loaded or pulled at the same time: hides a registry's latency, and stays below its rate limits. */
const concurrency = 4;

export interface LocateDeps {
  /** Absolute; display paths are relative to it. */
  readonly workFolder: string;
  /** Charts must stay inside it. Default: the boundary of the working folder. */
  readonly boundary?: Boundary;
  /** Absolute; kept until the end of the run. */
  readonly temporary: string;
  /** Downloads a remote chart, and returns the absolute path of its `.tgz`. */
  readonly pull: (remote: RemoteChart) => Promise<string>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Finds and checks every requested chart, in the order of the requests; matches of a pattern are sorted. Throws all
 * errors together: `chart-not-found`, `chart-invalid`, `archive-unsafe`, `archive-too-large`, `path-outside`,
 * `file-not-found` (values files), `invalid-input` (an unknown form of remote location), and the errors of `pull`.
 */
export async function locateCharts(requests: readonly ChartRequest[], deps: LocateDeps): Promise<readonly Chart[]> {
  const boundary = deps.boundary ?? (await findBoundary(deps.workFolder));
  const charts = await mapConcurrent(requests, concurrency, async (request) => {
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
    return [requireRenderable(await loadArchive(found, undefined, deps.temporary))];
  }
  const { within } = request;
  const resolvePath = (path: string) =>
    within === undefined ? resolveTypedPath(path, boundary) : resolveReferencedPath(path, within);
  const { by, paths, skipped } = await matchChartPaths(request, resolvePath);
  for (const path of skipped) {
    deps.log.debug(`Skipped ${displayPath(path, deps.workFolder)}: it matches ${request.location} but is not a chart.`);
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
  return by === 'name' ? charts.map(requireRenderable) : withoutLibraries(charts, request, deps.log);
}

/** A pattern can match library charts, which are skipped. Throws `chart-not-found` if no chart is left. */
function withoutLibraries(charts: readonly Chart[], request: ChartRequest, log: Log): readonly Chart[] {
  const rest = charts.filter(({ metadata }) => metadata.type !== 'library');
  for (const { metadata, displayPath } of charts) {
    if (metadata.type !== 'library') continue;
    log.info(`Skipped ${displayPath}, which matches ${request.location}: a library chart renders nothing.`);
  }
  if (rest.length > 0) return rest;
  throw new ChartImagesError('chart-not-found', `Cannot render ${request.location}: it matches only library charts.`, {
    advice: 'Specify the charts that use them.',
    location: request.declaredAt,
  });
}

/** Throws `chart-invalid`. */
function requireRenderable(chart: Chart): Chart {
  if (chart.metadata.type !== 'library') return chart;
  const { metadata } = chart;
  throw new ChartImagesError('chart-invalid', `Cannot render ${metadata.name}: it is a library chart.`, {
    advice: 'Specify the charts that use it.',
    location: { file: chartYamlOf(chart) },
  });
}

function locationOf(request: ChartRequest): ChartLocation {
  const parsed = parseChartLocation(request.location);
  if (parsed.ok) return parsed.value;
  throw new ChartImagesError('invalid-input', `Cannot fetch a chart: ${parsed.reason}.`, {
    advice: 'Specify oci://host/path:version or https://repository/path#name@version.',
    location: request.declaredAt,
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
      `Cannot read the values file ${file} of ${redactLocation(request.location)}: it does not exist or is not a file.`,
      {
        advice: 'Check the spelling and the base folder of relative paths.',
        location: request.declaredAt,
      },
    );
  }
}
