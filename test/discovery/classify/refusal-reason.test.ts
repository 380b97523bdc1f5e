import { expect, test } from 'vitest';
import { hasFormatError, refusalReason, wrongTagReason } from '../../../src/discovery/classify/refusal-reason.ts';

test('a reference is not refused, also with a placeholder in the place of its registry', () => {
  expect(['nginx', 'r.example/app:1', 'OVERWRITE_ME/app:1'].map(refusalReason)).toEqual(Array(3).fill(undefined));
});

test.each([
  ['https://r.example/app:1', 'it starts with https://, which is not part of a reference'],
  [
    'r.example/app:%!s(<nil>)',
    'the template printed %!s(<nil>) for a missing or unsuitable value: does the chart need values?',
  ],
  ['r.example/app:', 'its tag is empty: does the chart need values?'],
  ['r.example/:1', 'its repository is empty: does the chart need values?'],
  [':', 'its repository and tag are empty: does the chart need values?'],
  ['app:1@', 'its digest is empty: does the chart need values?'],
  ['r.example//app:1', 'a part of its repository is empty: does the chart need values?'],
  ['app:1.0+build', 'the tag contains "+", which no tag can: charts replace it with "_" or "-"'],
  ['app:1e+06', 'the tag is a number that helm printed as 1e+06: write it in quotes, "1000000"'],
])('the text %s is refused with what is wrong with it', (text, reason) => {
  expect(refusalReason(text)).toBe(reason);
});

test('a text that may be something else is refused only with a registry, a repository and a tag', () => {
  expect(wrongTagReason('r.example/app:1+2')).toContain('the tag contains "+"');
  expect(wrongTagReason('r.example/app:')).toContain('its tag is empty');
  expect(['app:1+2', 'r.example/app:1', 'r.example/app', 'http://r.example:'].map(wrongTagReason)).toEqual(
    Array(4).fill(undefined),
  );
});

test("what Go's formatting prints for a missing value is known by its form", () => {
  expect(['%!s(<nil>)', '<no value>', '%!d(string=x)'].map(hasFormatError)).toEqual([true, true, true]);
  expect(hasFormatError('100% app')).toBe(false);
});
