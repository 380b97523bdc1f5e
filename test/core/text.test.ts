import { expect, test } from 'vitest';
import { firstLine, joinWithLimit, toSingleLine, truncate } from '../../src/core/text.ts';

test('A long text is cut at a whole character', () => {
  expect(truncate('abcdef', 4)).toBe('abc…');
  expect(truncate('🙂🙂🙂', 2)).toBe('🙂…');
  expect(truncate('🙂🙂', 2)).toBe('🙂🙂');
});

test('A long list is counted', () => {
  expect(joinWithLimit(['a', 'b', 'c'], 3)).toBe('a, b, c');
  expect(joinWithLimit(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});

test('A text of several lines becomes one, without terminal sequences and invisible characters', () => {
  expect(toSingleLine(' a\r\nb\u001b[31mc\u202ed\u2028e\ud800 ')).toBe('a b [31mc d e');
});

test.each([
  ['a line', 'a line'],
  ['a line\nanother', 'a line …'],
  ['a long line', 'a long l…'],
  ['a long line\nanother', 'a long l…'],
])('the first line of %j is %j where nine characters fit', (text, expected) => {
  expect(firstLine(text, 9)).toBe(expected);
});
