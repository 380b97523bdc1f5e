import { expect, test } from 'vitest';
import { formatBytes, listed, oneLine, shorten } from '../../src/report/plain-text.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [12_300_000, '12.3 MB'],
  [5_000_000_000, '5.0 GB'],
  [7_200_000_000_000_000, '7200.0 TB'],
])('%d bytes are shown as %s', (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown);
});

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
