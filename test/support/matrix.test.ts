import { describe, expect, test } from 'vitest';
import { columnsOfRow, inTurn, isWholeMatrix, stepsOfRow } from './matrix.ts';

const ran: string[] = [];

describe.each(inTurn([{ column: 'a' }, { column: 'b' }]))('column $column of a matrix of tests', (of) => {
  const note = (row: number) => void ran.push(`${of.column}${row}`);
  of.test('runs its first row', () => note(1));
  of.test.each([2, 3])('runs its row %i of a table', note);
  of.test('runs its last row', () => note(4));
});

test('npm test runs every row of a matrix in one column and leaves no column out; test:all runs every pair', () => {
  const inEachColumn = ['a', 'b'].flatMap((column) => [1, 2, 3, 4].map((row) => `${column}${row}`));
  expect(ran.toSorted()).toEqual(isWholeMatrix ? inEachColumn : ['a1', 'a3', 'b2', 'b4']);
});

test('neighboring rows have other columns and other steps, and three rows have every step', () => {
  if (isWholeMatrix) return expect(columnsOfRow(1, ['x', 'y'])).toEqual(['x', 'y']);
  expect([0, 1, 2].map((row) => columnsOfRow(row, ['x', 'y']))).toEqual([['x'], ['y'], ['x']]);
  expect([0, 1, 2].map((row) => stepsOfRow(row, 7))).toEqual([
    [0, 3, 6],
    [1, 4],
    [2, 5],
  ]);
});
