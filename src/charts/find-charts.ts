import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { ChartImagesError } from '../errors.ts';
import { withSlashes } from '../files/display-path.ts';
import { exists } from '../files/exists.ts';
import type { ChartRequest } from './chart.ts';
import { isArchiveName } from './chart-location.ts';

/** A pattern over a big repository must not walk what package managers and version control keep there. */
const neverCharts = ['**/node_modules/**', '**/.git/**'];

/** A third of the name's letters may differ: more is another name, not a slip of the pen. */
const suggestionShare = 3;

/** What a local location stands for. */
export interface FoundPaths {
  readonly by: 'name' | 'pattern';
  /** Absolute, sorted; several only for a pattern. */
  readonly paths: readonly string[];
  /** Matches of a pattern that are neither folders with a Chart.yaml nor archives. */
  readonly passedOver: readonly string[];
}

/** Looks in each base folder, the first that has it counts. Errors: `chart-not-found`. */
export async function findCharts(request: ChartRequest): Promise<FoundPaths> {
  const bases = isAbsolute(request.location) ? [dirname(request.location)] : request.baseFolders;
  for (const base of bases) {
    const path = resolve(base, request.location);
    if (await exists(path)) return { by: 'name', paths: [path], passedOver: [] };
  }
  const { glob, isDynamicPattern } = await import('tinyglobby');
  const pattern = withSlashes(request.location);
  if (!isDynamicPattern(pattern)) throw await notFound(request, bases);
  for (const base of isAbsolute(request.location) ? [undefined] : bases) {
    const matches = await glob(pattern, {
      ...(base !== undefined && { cwd: base }),
      absolute: true,
      onlyFiles: false,
      expandDirectories: false,
      followSymbolicLinks: false,
      ignore: neverCharts,
    });
    const found = await onlyCharts(matches);
    if (found.paths.length > 0) return found;
  }
  throw noMatch(request, bases);
}

async function onlyCharts(matches: readonly string[]): Promise<FoundPaths> {
  const paths: string[] = [];
  const passedOver: string[] = [];
  for (const match of matches.map((each) => resolve(each)).sort()) {
    (await looksLikeChart(match)) ? paths.push(match) : passedOver.push(match);
  }
  return { by: 'pattern', paths, passedOver };
}

async function looksLikeChart(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory() ? await exists(join(path, 'Chart.yaml')) : isArchiveName(path);
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
    return withSlashes(join(dirname(request.location), nearest));
  }
  return undefined;
}
