import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { ChartRequest } from './chart.ts';
import type { ChartMatches, FoundPath } from './match-chart-paths.ts';

/** A request on this machine, with what it matches. */
export interface MatchedRequest {
  readonly request: ChartRequest;
  readonly matches: ChartMatches;
}

/** A request to leave out matches of patterns. */
export interface MatchedExclusion {
  readonly request: ChartRequest;
  /** Absolute: as written, and without links. */
  readonly paths: readonly string[];
}

/** A chart to load. */
export interface ChosenChart {
  /** With the value sets for it. */
  readonly request: ChartRequest;
  readonly found: FoundPath;
}

/**
 * The charts of one request. A chart that another request names, with its own values, is left to that request; an
 * `override` takes the place of the match. Throws `chart-not-found` if the exclusions leave nothing.
 */
export function chooseCharts(
  { request, matches }: MatchedRequest,
  all: readonly MatchedRequest[],
  exclusions: readonly MatchedExclusion[],
): readonly ChosenChart[] {
  if (request.role === 'override') return [];
  if (matches.by === 'name') return matches.paths.map((found) => ({ request, found }));
  const kept = matches.paths.filter((found) => !exclusions.some((each) => excludes(each, found)));
  if (kept.length === 0 && matches.paths.length > 0) throw onlyExcluded(request);
  return kept.flatMap((found): readonly ChosenChart[] => {
    const named = all.filter((each) => each.matches.by === 'name' && each.matches.paths.some(isSame(found)));
    if (named.some((each) => each.request.role === undefined)) return [];
    const earlier = all.slice(
      0,
      all.findIndex((each) => each.request === request),
    );
    const isKnown = earlier.some(
      (each) => each.matches.paths.some(isSame(found)) && haveSameValues(each.request, request),
    );
    if (isKnown) return [];
    return named.length === 0 ? [{ request, found }] : named.map((each) => ({ request: each.request, found }));
  });
}

function excludes({ paths }: MatchedExclusion, { path, real }: FoundPath): boolean {
  return paths.includes(path) || paths.includes(real);
}

const isSame =
  ({ real }: FoundPath) =>
  (other: FoundPath): boolean =>
    other.real === real;

function haveSameValues(one: ChartRequest, other: ChartRequest): boolean {
  return JSON.stringify(one.valueSets) === JSON.stringify(other.valueSets);
}

/** Logs exclusions that match nothing. */
export function logUnusedExclusions(
  exclusions: readonly MatchedExclusion[],
  all: readonly MatchedRequest[],
  log: Log,
): void {
  const matched = all.flatMap(({ matches }) => (matches.by === 'pattern' ? matches.paths : []));
  for (const each of exclusions) {
    if (!matched.some((found) => excludes(each, found))) log.info(`${each.request.location} excludes no chart.`);
  }
}

function onlyExcluded({ location, declaredAt }: ChartRequest): ChartImagesError {
  return new ChartImagesError('chart-not-found', `Cannot render ${location}: all of its charts are excluded.`, {
    advice: 'Remove an exclusion (a line that starts with "!"), or the pattern.',
    location: declaredAt,
  });
}
