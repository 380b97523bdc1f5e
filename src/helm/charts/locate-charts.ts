import { stat } from 'node:fs/promises';
import { dirname, posix, resolve } from 'node:path';
import { ChartImagesError, cancelledError, throwAll, toErrors } from '../../core/errors.ts';
import {
  type Boundary,
  boundaryOf,
  findBoundary,
  type ResolvePath,
  resolveReferencedPath,
  resolveTypedPath,
} from '../../core/files/boundary.ts';
import { displayPath, isInside } from '../../core/files/display-path.ts';
import type { Log } from '../../core/log.ts';
import { mapConcurrent, settleConcurrent } from '../../core/process/map-concurrent.ts';
import type { Chart, ChartRequest } from './chart.ts';
import { chartYamlOf } from './chart-file.ts';
import {
  type ChartLocation,
  isArchiveName,
  parseChartLocation,
  type RemoteChart,
  redactLocation,
} from './chart-location.ts';
import {
  type ChosenChart,
  chooseCharts,
  logUnusedExclusions,
  type MatchedExclusion,
  type MatchedRequest,
} from './choose-charts.ts';
import { excludedPaths, isExclusion } from './exclude-charts.ts';
import { loadArchive, loadFolder } from './load-chart.ts';
import { type ChartMatches, matchChartPaths } from './match-chart-paths.ts';
import { markNamesakes } from './namesakes.ts';

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

/** What was found, and why the rest was not. */
export interface LocatedCharts {
  /** In the order of the requests; matches of a pattern are sorted. */
  readonly charts: readonly Chart[];
  readonly errors: readonly ChartImagesError[];
  /** Display paths of charts that could not be loaded. Undefined if it is not known which charts are missing. */
  readonly missing: readonly string[] | undefined;
}

/**
 * Finds and checks every requested chart. A chart that is named takes the place of a match of a pattern, and exclusions
 * remove matches. Errors: `chart-not-found`, `chart-invalid`, `archive-unsafe`, `archive-too-large`, `path-outside`,
 * `file-not-found` (values files), `invalid-input` (an unknown form of remote location), and the errors of `pull`.
 * Throws only `cancelled`.
 */
export async function locateEach(requests: readonly ChartRequest[], deps: LocateDeps): Promise<LocatedCharts> {
  const boundary = deps.boundary ?? (await findBoundary(deps.workFolder));
  const holdOf =
    ({ within }: ChartRequest) =>
    (path: string) =>
      within === undefined ? resolveTypedPath(path, boundary) : resolveReferencedPath(path, within);
  const matches = await mapConcurrent(requests, concurrency, async (request): Promise<Match> => {
    if (deps.signal.aborted) throw cancelledError();
    try {
      return await match(request, holdOf(request));
    } catch (thrown) {
      return { request, errors: ownErrors(thrown) };
    }
  });
  const matched = matches.filter((each) => 'matches' in each);
  const exclusions = matches.filter((each) => 'paths' in each);
  logUnusedExclusions(exclusions, matched, deps.log);
  const parts = await mapConcurrent(matches, concurrency, async (each): Promise<LocatedCharts> => {
    if (deps.signal.aborted) throw cancelledError();
    if ('paths' in each) return nothing;
    const missing = lostChart(each.request, deps);
    if ('errors' in each) return { ...nothing, errors: each.errors, missing };
    try {
      if ('remote' in each) return { ...nothing, charts: [await loadRemote(each, deps)] };
      return await loadChosen(each, chooseCharts(each, matched, exclusions), boundary, deps);
    } catch (thrown) {
      return { ...nothing, errors: ownErrors(thrown), missing };
    }
  });
  const missing = parts.map((part) => part.missing);
  return {
    charts: markNamesakes(parts.flatMap(({ charts }) => charts)),
    // Requests that share a download share its error.
    errors: [...new Set(parts.flatMap(({ errors }) => errors))],
    missing: missing.includes(undefined) ? undefined : missing.flatMap((each) => each ?? []),
  };
}

const nothing: LocatedCharts = { charts: [], errors: [], missing: [] };

/** Throws `cancelled` again. */
function ownErrors(thrown: unknown): readonly ChartImagesError[] {
  const errors = toErrors(thrown);
  if (errors.some(({ code }) => code === 'cancelled')) throw thrown;
  return errors;
}

/** As `locateEach`, but throws all errors together. */
export async function locateCharts(requests: readonly ChartRequest[], deps: LocateDeps): Promise<readonly Chart[]> {
  const { charts, errors } = await locateEach(requests, deps);
  throwAll(errors);
  return charts;
}

type Match =
  | MatchedRequest
  | MatchedExclusion
  | { readonly request: ChartRequest; readonly remote: RemoteChart }
  | { readonly request: ChartRequest; readonly errors: readonly ChartImagesError[] };

async function match(request: ChartRequest, resolvePath: ResolvePath): Promise<Match> {
  if (isExclusion(request)) return { request, paths: await excludedPaths(request, resolvePath) };
  const location = locationOf(request);
  if (request.role === 'override') return await matchOverride(request, resolvePath);
  return location.kind === 'local'
    ? { request, matches: await matchChartPaths(request, resolvePath) }
    : { request, remote: location };
}

const noMatch: ChartMatches = { by: 'name', paths: [], skipped: [] };

/** A chart that no pattern can match is not needed, so it may be missing. */
async function matchOverride(request: ChartRequest, resolvePath: ResolvePath): Promise<MatchedRequest> {
  const matches = await matchChartPaths(request, resolvePath).catch((thrown: unknown) => {
    if (thrown instanceof ChartImagesError) return noMatch;
    throw thrown;
  });
  return { request, matches: matches.by === 'name' ? matches : noMatch };
}

/** Undefined for a pattern, which can match any number of charts. */
function lostChart(request: ChartRequest, { workFolder }: LocateDeps): readonly string[] | undefined {
  const { location, baseFolders } = request;
  if (isExclusion(request) || /[*?[\]{}]/.test(location)) return undefined;
  const parsed = parseChartLocation(location);
  if (!parsed.ok) return undefined;
  if (parsed.value.kind !== 'local') return [parsed.value.text];
  return [displayPath(resolve(baseFolders[0] ?? workFolder, location), workFolder)];
}

async function loadRemote(
  { request, remote }: { readonly request: ChartRequest; readonly remote: RemoteChart },
  deps: LocateDeps,
): Promise<Chart> {
  await checkValueFiles(request);
  const path = await deps.pull(remote);
  const found = { path, displayPath: remote.text, valueSets: request.valueSets };
  return requireRenderable(await loadArchive(found, undefined, deps.temporary));
}

async function loadChosen(
  { request, matches }: MatchedRequest,
  chosen: readonly ChosenChart[],
  boundary: Boundary,
  deps: LocateDeps,
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

async function loadOne({ request, found: { path, real } }: ChosenChart, boundary: Boundary, deps: LocateDeps) {
  await checkValueFiles(request);
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
  return new ChartImagesError('chart-invalid', `Cannot use ${shown} as a chart: it is a file.`, {
    advice: `Name its folder: ${posix.dirname(shown)}.`,
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

function locationOf(request: ChartRequest): ChartLocation {
  const parsed = parseChartLocation(request.location);
  if (parsed.ok) return parsed.value;
  throw new ChartImagesError('invalid-input', `Cannot fetch a chart: ${parsed.reason}.`, {
    advice: 'Specify oci://host/path:version, oci://host/path@sha256:digest, or https://repository/path#name@version.',
    location: request.declaredAt,
  });
}

async function checkValueFiles(request: ChartRequest): Promise<void> {
  throwAll(request.errors ?? []);
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
