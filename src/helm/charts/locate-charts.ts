import { resolve } from 'node:path';
import { ChartImagesError, cancelledError, throwAll, toErrors } from '../../core/errors.ts';
import {
  type Boundary,
  findBoundary,
  type ResolvePath,
  resolveReferencedPath,
  resolveTypedPath,
} from '../../core/files/boundary.ts';
import { displayPath } from '../../core/files/display-path.ts';
import { mapConcurrent } from '../../core/process/map-concurrent.ts';
import type { Chart, ChartRequest } from './chart.ts';
import { type ChartLocation, parseChartLocation, type RemoteChart } from './chart-location.ts';
import { chooseCharts, logUnusedExclusions, type MatchedExclusion, type MatchedRequest } from './choose-charts.ts';
import { excludedPaths, isExclusion } from './exclude-charts.ts';
import { type LoadDeps, type LocatedCharts, loadChosen, loadRemote } from './load-requested.ts';
import { type ChartMatches, matchChartPaths } from './match-chart-paths.ts';
import { markNamesakes } from './namesakes.ts';

/** Charts that are loaded or pulled at the same time: hides a registry's latency, and stays below its rate limits. */
const concurrency = 4;

export interface LocateDeps extends LoadDeps {
  /** Charts must stay inside it. Default: the boundary of the working folder. */
  readonly boundary?: Boundary;
  readonly signal: AbortSignal;
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

function locationOf(request: ChartRequest): ChartLocation {
  const parsed = parseChartLocation(request.location);
  if (parsed.ok) return parsed.value;
  throw new ChartImagesError('invalid-input', `Cannot fetch a chart: ${parsed.reason}.`, {
    advice: 'Specify oci://host/path:version, oci://host/path@sha256:digest, or https://repository/path#name@version.',
    location: request.declaredAt,
  });
}
