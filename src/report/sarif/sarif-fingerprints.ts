import { createHash } from 'node:crypto';
import type { LocatedProblem } from '../model/repository-location.ts';

/** `partialFingerprints` of a result. */
export type Fingerprints = Record<string, string>;

/** Hexadecimal digits; enough to distinguish the results of a repository. */
const fingerprintDigits = 32;

/**
 * Results with the same code, image, file and ordinal are equal across runs; lines move. GitHub uses only
 * `primaryLocationLineHash`, which its upload action computes from the line. It is set here only without a line, and if
 * several results of one code share a line, because the action warns about other hashes.
 */
export function fingerprintsOf(located: readonly LocatedProblem[]): readonly Fingerprints[] {
  const ordinal = counter();
  const inLine = counter();
  return located.map(({ problem, location }) => {
    const key = JSON.stringify([problem.code, problem.image ?? '', location.uri]);
    const print = `${createHash('sha256').update(key).digest('hex').slice(0, fingerprintDigits)}:${ordinal(key)}`;
    const alone =
      inLine(JSON.stringify([problem.code, location.uri, location.line])) === 1 && location.line !== undefined;
    return { 'chartImages/v1': print, ...(alone ? {} : { primaryLocationLineHash: print }) };
  });
}

/** Returns how often it was called with the same text. */
function counter(): (text: string) => number {
  const counts = new Map<string, number>();
  return (text) => {
    const next = (counts.get(text) ?? 0) + 1;
    counts.set(text, next);
    return next;
  };
}
