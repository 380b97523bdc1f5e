import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { ChartImagesError } from '../../core/errors.ts';
import { pathOutside, type Refusal, type ResolvePath } from '../../core/files/boundary.ts';
import { displayPath, toPosixPath } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import { type GlobStart, globFrom, globStarts, toGlob } from '../../core/files/glob-paths.ts';
import { absolutePath } from '../../core/files/path-spelling.ts';
import type { ChartRequest } from './chart.ts';
import { isArchiveName } from './chart-location.ts';

/** Walking these folders in a large repository is slow, and they contain no charts of the user. */
export const ignoredFolders = ['**/node_modules/**', '**/.git/**'];

/** A name is a suggestion if at most a third of its letters differ. */
const suggestionShare = 3;

/** Both absolute. */
export interface FoundPath {
  /** As specified, with links. */
  readonly path: string;
  /** Without links. */
  readonly real: string;
}

export interface ChartMatches {
  readonly by: 'name' | 'pattern';
  /** Sorted; several only for a pattern. */
  readonly paths: readonly FoundPath[];
  /** Matches of a pattern that are not a folder with a Chart.yaml or an archive. */
  readonly skipped: readonly string[];
}

/**
 * Searches the base folders in order; the first match wins. A folder whose name is the pattern is one of its matches,
 * and doesn't hide the others. Throws `chart-not-found`, `path-outside`.
 */
export async function matchChartPaths(request: ChartRequest, resolvePath: ResolvePath): Promise<ChartMatches> {
  const bases = isAbsolute(request.location) ? [dirname(request.location)] : request.baseFolders;
  let refusal: Refusal | undefined;
  let named: FoundPath | undefined;
  for (const base of bases) {
    const path = absolutePath(request.location, base);
    const resolved = await resolvePath(path);
    if (!resolved.ok) refusal ??= resolved;
    else if (await exists(resolved.path)) {
      named = { path, real: resolved.real };
      break;
    }
  }
  const { isDynamicPattern } = await import('tinyglobby');
  const pattern = toGlob(request.location);
  if (!isDynamicPattern(pattern)) {
    if (named !== undefined) return { by: 'name', paths: [named], skipped: [] };
    throw refusal === undefined ? await notFound(request, bases) : outsideError(request, refusal);
  }
  const parts = pattern.split('/');
  for (const base of bases) {
    const starts = await heldStarts(await globStarts(pattern, base), resolvePath, (each) => {
      refusal ??= each;
    });
    if (request.within !== undefined && hasParentSegment(parts)) continue;
    const matches = await globFrom(starts, { onlyFiles: 'files and folders', links: 'skip', ignore: ignoredFolders });
    const all = named === undefined ? matches : [...matches, named.path];
    const found = await onlyCharts(all, request, resolvePath);
    if (matches.length > 0 && found.paths.length > 0) return found;
  }
  if (named !== undefined) return { by: 'name', paths: [named], skipped: [] };
  throw refusal === undefined ? noMatch(request, bases) : outsideError(request, refusal);
}

/**
 * The starts that are in the boundary. Otherwise, a pattern such as `/**` walks the whole machine before its matches
 * are refused.
 */
export async function heldStarts(
  starts: readonly GlobStart[],
  resolvePath: ResolvePath,
  refuse: (refusal: Refusal) => void = () => {},
): Promise<readonly GlobStart[]> {
  const held = await Promise.all(starts.map(async (start) => ({ start, resolved: await resolvePath(start.folder) })));
  return held.flatMap(({ start, resolved }) => {
    if (resolved.ok) return [start];
    refuse(resolved);
    return [];
  });
}

/** With `..` after a wildcard, also in braces, the fixed prefix of the pattern is not the folder that is walked. */
export function hasParentSegment(parts: readonly string[]): boolean {
  const first = parts.findIndex((part) => part !== '..' && part !== '.');
  return parts.slice(Math.max(first, 0)).some((part) => /(^|[{,])\.\.([},]|$)/.test(part));
}

async function onlyCharts(
  matches: readonly string[],
  request: ChartRequest,
  resolvePath: ResolvePath,
): Promise<ChartMatches> {
  const paths: FoundPath[] = [];
  const skipped: string[] = [];
  for (const path of [...new Set(matches.map((each) => resolve(each)))].sort()) {
    const resolved = await resolvePath(path);
    if (!(await looksLikeChart(path))) skipped.push(path);
    else if (resolved.ok) paths.push({ path, real: resolved.real });
    else throw outsideError(request, resolved);
  }
  return { by: 'pattern', paths, skipped };
}

function outsideError(
  { location, declaredAt, baseFolders: [folder = '.'] }: ChartRequest,
  refusal: Refusal,
): ChartImagesError {
  const { link } = refusal;
  const at = declaredAt ?? (link === undefined ? undefined : { file: displayPath(link, folder) });
  return pathOutside(`the chart ${JSON.stringify(location)}`, refusal, at);
}

async function looksLikeChart(path: string): Promise<boolean> {
  // A broken link.
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() ? await exists(join(path, 'Chart.yaml')) : stats !== undefined && isArchiveName(path);
}

async function notFound(request: ChartRequest, bases: readonly string[]): Promise<ChartImagesError> {
  const nearest = await nearestName(request, bases);
  return new ChartImagesError(
    'chart-not-found',
    `Cannot find the chart ${request.location}: it does not exist${searchedIn(request, bases)}.`,
    {
      advice:
        nearest === undefined
          ? 'Check the spelling and the base folder of relative paths.'
          : `Did you mean ${nearest}?`,
      location: request.declaredAt,
    },
  );
}

function noMatch(request: ChartRequest, bases: readonly string[]): ChartImagesError {
  return new ChartImagesError(
    'chart-not-found',
    `Cannot find a chart: nothing matches ${request.location}${searchedIn(request, bases)}.`,
    {
      advice: 'Use a pattern that matches folders with a Chart.yaml, or .tgz, .tar.gz, or .tar files.',
      location: request.declaredAt,
    },
  );
}

function searchedIn(request: ChartRequest, bases: readonly string[]): string {
  return isAbsolute(request.location) ? '' : ` (searched in ${bases.join(', ')})`;
}

/** The most similar name in the same folder, as the user would write it. */
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
