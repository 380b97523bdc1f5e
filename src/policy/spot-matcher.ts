import { compileImagePattern, compilePathPattern, compilePattern } from './pattern.ts';
import type { IgnorePatterns, Spot } from './policy.ts';

/** Whether an ignore is about a place, and about the image that stands there. */
export interface SpotMatcher {
  image(image: string, spot: Spot): boolean;
  /** A place where no image could be read: only ignores that say nothing of the image can be about it. */
  place(spot: Spot): boolean;
}

export function createSpotMatcher(patterns: IgnorePatterns): SpotMatcher {
  const part = (pattern: string | undefined, compile = (text: string) => compilePattern(text, '/')) =>
    pattern === undefined ? () => true : compile(pattern);
  const image = part(patterns.image, compileImagePattern);
  const chart = part(patterns.chart);
  const template = part(patterns.template);
  const kind = part(patterns.kind);
  const name = part(patterns.name);
  const path = part(patterns.path, compilePathPattern);
  const place = (spot: Spot): boolean =>
    (chart(spot.chart) || chart(spot.chartPath)) &&
    template(spot.template) &&
    kind(spot.kind) &&
    name(spot.name) &&
    path(spot.path);
  return {
    image: (text, spot) => image(text) && place(spot),
    place: (spot) => patterns.image === undefined && place(spot),
  };
}
