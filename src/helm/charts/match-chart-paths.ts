import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { ChartImagesError } from '../../core/errors.ts';
import { pathOutside, type Refusal, type ResolvePath } from '../../core/files/boundary.ts';
import { displayPath, toPosixPath } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import type { ChartRequest } from './chart.ts';
import { isArchiveName } from './chart-location.ts';

/** A pattern over a big repository must not walk what package managers and version control keep there. */
const ignoredFolders = ['**/node_modules/**', '**/.git/**'];

/** A third of the name's letters may differ: more is another name, not a slip of the pen. */
const suggestionShare = 3;

/** Both absolute. */
export interface FoundPath {
  /** As the user reaches it. */
  readonly path: string;
  /** Without links. */
  readonly real: string;
}

/** What a local location stands for. */
export interface ChartMatches {
  readonly by: 'name' | 'pattern';
  /** Sorted; several only for a pattern. */
  readonly paths: readonly FoundPath[];
  /** Matches of a pattern that are neither folders with a Chart.yaml nor archives. */
  readonly passedOver: readonly string[];
}

/** Looks in each base folder, the first that has it counts. Errors: `chart-not-found`, `path-outside`. */
export async function matchChartPaths(request: ChartRequest, hold: ResolvePath): Promise<ChartMatches> {
  const bases = isAbsolute(request.location) ? [dirname(request.location)] : request.baseFolders;
  let refusal: Refusal | undefined;
  for (const base of bases) {
    const path = resolve(base, request.location);
    const held = await hold(path);
    if (!held.ok) refusal ??= held;
    else if (await exists(held.path)) return { by: 'name', paths: [{ path, real: held.real }], passedOver: [] };
  }
  const { glob, isDynamicPattern } = await import('tinyglobby');
  const pattern = toPosixPath(request.location);
  if (!isDynamicPattern(pattern))
    throw refusal === undefined ? await notFound(request, bases) : outsideError(request, refusal);
  const parts = pattern.split('/');
  const start = parts
    .slice(
      0,
      parts.findIndex((part) => isDynamicPattern(part)),
    )
    .join('/');
  for (const base of isAbsolute(request.location) ? [undefined] : bases) {
    // A pattern that starts elsewhere would walk the whole machine before its matches are refused.
    const held = await hold(resolve(base ?? '/', start));
    if (!held.ok) refusal ??= held;
    if (!held.ok || (request.within !== undefined && goesUp(parts))) continue;
    const matches = await glob(pattern, {
      ...(base !== undefined && { cwd: base }),
      absolute: true,
      onlyFiles: false,
      expandDirectories: false,
      followSymbolicLinks: false,
      ignore: ignoredFolders,
    });
    const found = await onlyCharts(matches, request, hold);
    if (found.paths.length > 0) return found;
  }
  throw refusal === undefined ? noMatch(request, bases) : outsideError(request, refusal);
}

/** `*` and then `..`, also in braces, matches what its start does not tell. */
function goesUp(parts: readonly string[]): boolean {
  const first = parts.findIndex((part) => part !== '..' && part !== '.');
  return parts.slice(Math.max(first, 0)).some((part) => /(^|[{,])\.\.([},]|$)/.test(part));
}

async function onlyCharts(matches: readonly string[], request: ChartRequest, hold: ResolvePath): Promise<ChartMatches> {
  const paths: FoundPath[] = [];
  const passedOver: string[] = [];
  for (const path of matches.map((each) => resolve(each)).sort()) {
    const held = await hold(path);
    if (!(await looksLikeChart(path))) passedOver.push(path);
    else if (held.ok) paths.push({ path, real: held.real });
    else throw outsideError(request, held);
  }
  return { by: 'pattern', paths, passedOver };
}

function outsideError(
  { location, place, baseFolders: [folder = '.'] }: ChartRequest,
  refusal: Refusal,
): ChartImagesError {
  const { link } = refusal;
  const at = place ?? (link === undefined ? undefined : { file: displayPath(link, folder) });
  return pathOutside(`the chart ${JSON.stringify(location)}`, refusal, at);
}

async function looksLikeChart(path: string): Promise<boolean> {
  // Undefined for a broken link.
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() ? await exists(join(path, 'Chart.yaml')) : stats !== undefined && isArchiveName(path);
}

async function notFound(request: ChartRequest, bases: readonly string[]): Promise<ChartImagesError> {
  const nearest = await nearestName(request, bases);
  return new ChartImagesError('chart-not-found', `${request.location} does not exist${lookedIn(request, bases)}.`, {
    advice:
      nearest === undefined
        ? 'Check the spelling and the folder that relative paths start in.'
        : `Did you mean ${nearest}?`,
    place: request.place,
  });
}

function noMatch(request: ChartRequest, bases: readonly string[]): ChartImagesError {
  return new ChartImagesError('chart-not-found', `${request.location} matches no chart${lookedIn(request, bases)}.`, {
    advice: 'A pattern has to match folders that hold a Chart.yaml, or .tgz, .tar.gz or .tar files.',
    place: request.place,
  });
}

function lookedIn(request: ChartRequest, bases: readonly string[]): string {
  return isAbsolute(request.location) ? '' : ` (looked in ${bases.join(', ')})`;
}

/** The name in the wanted chart's folder that is nearest to it, spelt as the user would. */
async function nearestName(request: ChartRequest, bases: readonly string[]): Promise<string | undefined> {
  const wanted = basename(request.location);
  for (const base of bases) {
    const names = await readdir(dirname(resolve(base, request.location))).catch(() => []);
    if (names.length === 0) continue;
    const nearest = closest(wanted, names);
    if (distance(wanted, nearest) * suggestionShare > wanted.length) continue;
    return toPosixPath(join(dirname(request.location), nearest));
  }
  return undefined;
}
