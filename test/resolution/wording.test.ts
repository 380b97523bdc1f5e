import { expect, test } from 'vitest';
import { clause, listNames } from '../../src/resolution/wording.ts';

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and e'],
  [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d, e and 1 more'],
])('%j is told as "%s"', (names, text) => {
  expect(listNames(names)).toBe(text);
});

test('a sentence inside another one loses its full stop', () => {
  expect(clause('The registry is down. ')).toBe('The registry is down');
});
