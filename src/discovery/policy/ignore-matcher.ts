import { compileGlob, compileImageGlob, compilePathGlob } from './glob.ts';
import type { IgnorePatterns, MatchTarget } from './policy.ts';

/** Whether an ignore is about a place, and about the image that stands there. */
export interface IgnoreMatcher {
  image(image: string, position: MatchTarget): boolean;
  /** A place where no image could be read: only ignores that say nothing of the image can be about it. */
  place(position: MatchTarget): boolean;
}

export function compileIgnore(patterns: IgnorePatterns): IgnoreMatcher {
  const part = (pattern: string | undefined, compile = (text: string) => compileGlob(text, '/')) =>
    pattern === undefined ? () => true : compile(pattern);
  const image = part(patterns.image, compileImageGlob);
  const chart = part(patterns.chart);
  const template = part(patterns.template);
  const kind = part(patterns.kind);
  const name = part(patterns.name);
  const path = part(patterns.path, compilePathGlob);
  const place = (position: MatchTarget): boolean =>
    (chart(position.chart) || chart(position.chartPath)) &&
    template(position.template) &&
    kind(position.kind) &&
    name(position.name) &&
    path(position.path);
  return {
    image: (text, position) => image(text) && place(position),
    place: (position) => patterns.image === undefined && place(position),
  };
}
