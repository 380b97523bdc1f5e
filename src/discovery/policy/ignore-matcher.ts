import { compileGlob, compileImageGlob, compilePathGlob } from './glob.ts';
import type { IgnorePatterns, MatchTarget } from './policy.ts';

export interface IgnoreMatcher {
  image(image: string, position: MatchTarget): boolean;
  /** For a finding without an image. Rules with an image pattern do not match. */
  position(position: MatchTarget): boolean;
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
  const matchesPosition = (position: MatchTarget): boolean =>
    (chart(position.chart) || chart(position.chartPath)) &&
    template(position.template) &&
    kind(position.kind) &&
    name(position.name) &&
    path(position.path);
  return {
    image: (text, position) => image(text) && matchesPosition(position),
    position: (position) => patterns.image === undefined && matchesPosition(position),
  };
}
