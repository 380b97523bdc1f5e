import { expect, test } from 'vitest';
import { listed, oneLine, shorten } from '../../src/report/plain-text.ts';

test('A long text is cut at a whole character', () => {
  expect(shorten('abcdef', 4)).toBe('abc…');
  expect(shorten('🙂🙂🙂', 2)).toBe('🙂…');
  expect(shorten('🙂🙂', 2)).toBe('🙂🙂');
});

test('A long list is counted', () => {
  expect(listed(['a', 'b', 'c'], 3)).toBe('a, b, c');
  expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});

test('A text of several lines becomes one, without terminal sequences and invisible characters', () => {
  expect(oneLine(' a\r\nb\u001b[31mc\u202ed\u2028e\ud800 ')).toBe('a b [31mc d e');
});
