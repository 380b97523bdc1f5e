/** A search that yields a set to test and receives the result, so that several searches can share results. */
export type SetSearch<T> = Generator<readonly T[], readonly T[], boolean>;

/** Candidates tried together after the first: 1, 4, 16, ..., all. */
const stride = 4;

/**
 * Delta debugging for a monotonic test: the shortest prefix that passes ends with a needed element. Keeps that one and
 * searches the rest again. `ranked` passes as a whole. Fewer tests if needed elements are first.
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
