/**
 * A question (does this set bring it?) and its answer at a time, so that several searches can be asked side by side and
 * answered from what others found out.
 */
export type SetSearch<T> = Generator<readonly T[], readonly T[], boolean>;

/** Candidates beyond the first that are tried together: 1, 4, 16, ... and then all. */
const stride = 4;

/**
 * The smallest part of a set that still does what the whole does, where more never does less: the shortest beginning that
 * does it ends with one that is needed; with that kept, the rest is searched again. `ranked` is known to do it; the better
 * its order, the fewer questions: one where the first is the only one needed.
 */
export function* minimalSet<T>(ranked: readonly T[]): SetSearch<T> {
  let needed: readonly T[] = [];
  let rest = ranked;
  while (rest.length > 0) {
    if (needed.length > 0 && (yield needed)) return needed;
    const length: number = yield* shortestBeginning(needed, rest);
    needed = [...needed, ...rest.slice(length - 1, length)];
    rest = rest.slice(0, length - 1);
  }
  return needed;
}

function* shortestBeginning<T>(needed: readonly T[], rest: readonly T[]): Generator<readonly T[], number, boolean> {
  let tooShort = 0;
  let enough = rest.length;
  for (let length = 1; length < rest.length; length *= stride) {
    if (yield [...needed, ...rest.slice(0, length)]) {
      enough = length;
      break;
    }
    tooShort = length;
  }
  while (enough - tooShort > 1) {
    const middle = Math.floor((tooShort + enough) / 2);
    if (yield [...needed, ...rest.slice(0, middle)]) enough = middle;
    else tooShort = middle;
  }
  return enough;
}
