import { satisfies } from 'semver';

/** What the semver libraries of Go and of JavaScript read alike: plain numbers, with `x` only at the end. */
const number = String.raw`(?:0|[1-9]\d{0,8})`;
const partial = String.raw`v?(?:${number}(?:\.(?:${number}(?:\.(?:${number}|[xX*]))?|[xX*](?:\.[xX*])?))?|[xX*])`;
const comparator = new RegExp(String.raw`^(?:(?:[\^~=]|>=|<)?${partial})$`);
const version = new RegExp(String.raw`^v?${number}\.${number}\.${number}$`);

/** The grammar of Helm's library (Masterminds/semver, constraints.go). */
const identifiers = String.raw`[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*`;
const anyVersion = String.raw`v?[\dxX*]+(?:\.[\dxX*]+){0,2}(?:-${identifiers})?(?:\+${identifiers})?`;
const anyComparator = new RegExp(String.raw`^(?:=|!=|[<>]=?|=[<>]|~>?|\^)?${anyVersion}$`);
const hyphenRange = new RegExp(String.raw`^${anyVersion}\s+-\s+${anyVersion}$`);

/** Longer than any constraint that people write. */
const longestConstraint = 500;

/** Whether Helm can read a text as a version or a constraint. No version satisfies any other text. */
export function isConstraint(text: string): boolean {
  if (text.length > longestConstraint) return false;
  return text.split('||').every((alternative) => {
    const trimmed = alternative.trim();
    if (hyphenRange.test(trimmed)) return true;
    const parts = trimmed.replaceAll(/([\^~=<>!]+)\s+/g, '$1').split(/\s*,\s*|\s+/);
    return parts.every((part) => anyComparator.test(part));
  });
}

/** `~0.0.0` accepts everything in Go, and `<x` or `>=x` differ. */
const different = /^~v?0(?:\.0){0,2}$|^(?:<|>=).*[xX*]/;

/**
 * Whether a version satisfies a constraint of Chart.yaml, as Helm reads it (Masterminds/semver). Undefined where the
 * library of JavaScript may decide differently, for example for prereleases: then only Helm can decide.
 */
export function satisfiesConstraint(candidate: string, constraint: string): boolean | undefined {
  if (!version.test(candidate)) return undefined;
  const alternatives = constraint.split('||').map((each) =>
    each
      .replaceAll(/([\^~=<>]+)\s+/g, '$1')
      .split(/[\s,]+/)
      .filter((part) => part !== ''),
  );
  const parts = alternatives.flat();
  if (alternatives.some((each) => each.length === 0)) return undefined;
  if (!parts.every((part) => comparator.test(part) && !different.test(part))) return undefined;
  const range = alternatives.map((each) => each.map((part) => part.replace('v', '')).join(' ')).join(' || ');
  return satisfies(candidate.replace('v', ''), range);
}
