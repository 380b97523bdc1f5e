/**
 * Matrices of tests. `npm test` runs every row and every column of them and leaves out most of their pairs, which
 * take minutes and seldom show anything of their own; `npm run test:all` and the nightly workflow run every pair.
 */
import { type TestAPI, test } from 'vitest';

export const isWholeMatrix = process.env['CHART_IMAGES_TEST'] === 'all';

/** The tests of one column. What is defined by `it` or `test` in each column is one row, in the order of the file. */
export interface ColumnTests {
  readonly it: TestAPI;
  readonly test: TestAPI;
}

/**
 * For `describe.each`: each column with an `it` and a `test` that define one of `share` rows. A `describe` of fewer
 * rows than columns needs a smaller share, as a column without a test fails.
 */
export function inTurn<Column extends object>(
  columns: readonly Column[],
  share = columns.length,
): readonly (Column & ColumnTests)[] {
  return columns.map((column, at) => {
    let row = at - 1;
    const own = thinned(test, () => {
      row += 1;
      return isWholeMatrix || row % share === 0;
    });
    return { ...column, it: own, test: own };
  });
}

/** The columns of one row: one of them, another in each row. */
export function columnsOfRow<Column>(row: number, columns: readonly Column[]): readonly Column[] {
  return isWholeMatrix ? columns : columns.filter((_, at) => at === row % columns.length);
}

/** A third of so many steps, another third for each neighboring row. */
export function stepsOfRow(row: number, count: number): readonly number[] {
  const steps = Array.from({ length: count }, (_, at) => at);
  return isWholeMatrix ? steps : steps.filter((at) => at % 3 === row % 3);
}

/** Defines a test in the whole matrix alone: it shows at length what a shorter test shows as well. */
export const testAtLength = thinned(test, () => isWholeMatrix);

function thinned(whole: TestAPI, isWanted: () => boolean): TestAPI {
  return new Proxy(whole, {
    apply: (target, self, given) => (isWanted() ? Reflect.apply(target, self, given) : undefined),
    get: (target, name) => {
      if (name === 'each') return (cases: readonly unknown[]) => target.each(cases.filter(isWanted));
      return Reflect.get(target, name);
    },
  });
}
