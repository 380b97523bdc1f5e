import { stat } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { ChartImagesError, throwAll } from '../../core/errors.ts';
import { type Boundary, boundaryOf } from '../../core/files/boundary.ts';
import { displayPath, isInside } from '../../core/files/display-path.ts';
import { pathOnDisk } from '../../core/files/path-below.ts';
import { refuseUtf16 } from '../../core/files/read-file.ts';
import type { Log } from '../../core/log.ts';
import { settleConcurrent } from '../../core/process/map-concurrent.ts';
import type { Chart, ChartRequest } from './chart.ts';
import { chartYamlOf } from './chart-file.ts';
import { isArchiveName, type RemoteChart, redactLocation } from './chart-location.ts';
import type { ChosenChart, MatchedRequest } from './choose-charts.ts';
import { loadArchive, loadFolder } from './load-chart.ts';

export interface LoadDeps {
  /** Absolute; display paths are relative to it. */
  readonly workFolder: string;
  /** Absolute; kept until the end of the run. */
  readonly temporary: string;
  /** Downloads a remote chart, and returns the absolute path of its `.tgz`. */
  readonly pull: (remote: RemoteChart) => Promise<string>;
  readonly log: Log;
}

/** What was found, and why the rest was not. */
export interface LocatedCharts {
  /** In the order of the requests; matches of a pattern are sorted. */
  readonly charts: readonly Chart[];
  readonly errors: readonly ChartImagesError[];
  /** Display paths of charts that could not be loaded. Undefined if it is not known which charts are missing. */
  readonly missing: readonly string[] | undefined;
}

/** Throws the errors of `pull`, and those of the chart and its values files. */
export async function loadRemote(
  { request, remote }: { readonly request: ChartRequest; readonly remote: RemoteChart },
  deps: LoadDeps,
): Promise<Chart> {
  await checkValueFiles(request);
  const path = await deps.pull(remote);
  const found = { path, displayPath: remote.text, valueSets: request.valueSets };
  return requireRenderable(await loadArchive(found, undefined, deps.temporary));
}

/** Loads the matches of a request that were chosen. Errors of single charts are in the result. */
export async function loadChosen(
  { request, matches }: MatchedRequest,
  chosen: readonly ChosenChart[],
  boundary: Boundary,
  deps: LoadDeps,
): Promise<LocatedCharts> {
  for (const path of matches.skipped) {
    deps.log.debug(`Skipped ${displayPath(path, deps.workFolder)}: it matches ${request.location} but is not a chart.`);
  }
  const loading = await settleConcurrent(chosen, 1, async (each) => {
    const chart = await loadOne(each, boundary, deps);
    // A pattern may match library charts.
    return matches.by === 'name' ? requireRenderable(chart) : chart;
  });
  const missing = loading.failed.map(({ found }) => displayPath(found.path, deps.workFolder));
  const { errors } = loading;
  // An entry of chart-images.yaml sets the values of a match.
  const valuesIn = request.valuesIn ?? (matches.by === 'pattern' ? 'configuration' : 'input');
  const results = loading.results.map((chart): Chart => ({ ...chart, valuesIn }));
  if (matches.by === 'name') return { charts: results, errors, missing };
  const charts = results.filter(({ metadata }) => metadata.type !== 'library');
  for (const { metadata, displayPath: shown } of results) {
    if (metadata.type !== 'library') continue;
    deps.log.info(`Skipped ${shown}, which matches ${request.location}: a library chart renders nothing.`);
  }
  const isEmpty = charts.length === 0 && chosen.length > 0 && errors.length === 0;
  return { charts, errors: isEmpty ? [onlyLibraries(request)] : errors, missing };
}

async function loadOne({ request, found: { path: typed, real } }: ChosenChart, boundary: Boundary, deps: LoadDeps) {
  await checkValueFiles(request);
  const path = await pathOnDisk(typed, deps.workFolder);
  const isFolder = (await stat(real)).isDirectory();
  const found = { path: real, displayPath: displayPath(path, deps.workFolder), valueSets: request.valueSets };
  const home = {
    path: isInside(real, boundary.realTop) ? path : real,
    boundary: await boundaryOf(isFolder ? real : dirname(real), boundary),
  };
  if (!isFolder && !isArchiveName(real)) throw notAFolder(found.displayPath, request);
  return await (isFolder ? loadFolder(found, home, deps) : loadArchive(found, home, deps.temporary));
}

/** For the Chart.yaml, a values file, or a template of a chart. */
function notAFolder(shown: string, { declaredAt }: ChartRequest): ChartImagesError {
  const folder = posix.dirname(shown);
  return new ChartImagesError('chart-invalid', `Cannot use ${shown} as a chart: it is a file.`, {
    // With a full stop behind it, "." would be the folder above.
    advice: folder === '.' ? 'Name its folder, which is ".".' : `Name its folder: ${folder}.`,
    location: declaredAt,
  });
}

function onlyLibraries(request: ChartRequest): ChartImagesError {
  return new ChartImagesError('chart-not-found', `Cannot render ${request.location}: it matches only library charts.`, {
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

async function checkValueFiles(request: ChartRequest): Promise<void> {
  throwAll(request.errors ?? []);
  for (const file of new Set(request.valueSets.flatMap((set) => set.valueFiles))) {
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) {
      // Helm's own message is about control characters.
      await refuseUtf16(file, `The values file ${file}`, request.declaredAt);
      continue;
    }
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
