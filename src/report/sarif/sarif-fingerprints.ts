import { createHash } from 'node:crypto';
import type { LocatedProblem } from '../model/repository-location.ts';
import type { SarifResult } from './sarif-types.ts';

/** Hexadecimal digits: enough to tell the results of one repository apart, short enough to be read. */
const fingerprintDigits = 32;

/**
 * What makes two results of different runs the same: kind, image and file, but not the line, which moves with every edit above
 * it. Results that agree in all of that are numbered.
 *
 * GitHub looks only at `primaryLocationLineHash`, which its upload action makes from the text of the line. It needs ours where
 * there is no line, and where several results of one kind share a line (a registry in one value makes many images):
 * those would be shown as one. Elsewhere it is left to that action, which warns of every hash that is not its own.
 */
export function fingerprintsOf(placed: readonly LocatedProblem[]): readonly SarifResult['partialFingerprints'][] {
  const ordinal = counter();
  const inLine = counter();
  return placed.map(({ problem, place }) => {
    const key = JSON.stringify([problem.code, problem.image ?? '', place.uri]);
    const print = `${createHash('sha256').update(key).digest('hex').slice(0, fingerprintDigits)}:${ordinal(key)}`;
    const alone = inLine(JSON.stringify([problem.code, place.uri, place.line])) === 1 && place.line !== undefined;
    return { 'chartImages/v1': print, ...(alone ? {} : { primaryLocationLineHash: print }) };
  });
}

/** Says how often it was called with the same text, from 1. */
function counter(): (text: string) => number {
  const counts = new Map<string, number>();
  return (text) => {
    const next = (counts.get(text) ?? 0) + 1;
    counts.set(text, next);
    return next;
  };
}
