import { expect, test } from 'vitest';
import { baseParts, diffEntries, formatDiff, formatInexact } from '../../../src/report/model/diff-text.ts';
import type { ImageDiff } from '../../../src/resolve/diff/image-diff.ts';
import { delta } from './sample.ts';

const none: ImageDiff = { base: 'main', added: [], removed: [], moved: [], bytes: undefined };

test('moved images are listed first, then added and removed ones, each with what it was and is', () => {
  expect(diffEntries(delta()).map(({ change, before, after }) => [change, before, after])).toEqual([
    ['moved', 'web:1.0', 'web:1.1'],
    ['added', undefined, 'job:2'],
    ['removed', 'old:1', undefined],
  ]);
});

test('a difference is one line with the size that a mirror has to copy', () => {
  expect(formatDiff(delta())).toBe('1 image moved, 1 added, 1 removed; 3.2 MB to copy to a mirror');
  expect(formatDiff(none)).toBe('no image added, removed or moved');
});

test('a size that was not measured is said with its reason', () => {
  const { bytes: _, ...rest } = delta();
  expect(formatDiff({ ...rest, bytes: undefined, unmeasured: 'the target is down' })).toBe(
    '1 image moved, 1 added, 1 removed; the size to copy was not measured: the target is down',
  );
});

test('a base is its name and its short commit, and a commit that has no name is shown once', () => {
  const commit = '1a2b3c4'.padEnd(40, '0');
  expect(baseParts({ ...none, commit })).toEqual(['main', '1a2b3c4']);
  expect(baseParts({ ...none, base: commit, commit })).toEqual(['1a2b3c4']);
  expect(baseParts(none)).toEqual(['main']);
});

test('a branch that an author called as long as a host allows is cut', () => {
  expect(baseParts({ ...none, base: 'b'.repeat(255) })[0]?.length).toBeLessThanOrEqual(100);
});

test('what was compared in the place of the base is a sentence, and nothing where it was the base itself', () => {
  expect(formatInexact({ ...none, inexact: 'main\nas it is' })).toBe(
    'Not the exact base: compared with main as it is.',
  );
  expect(formatInexact(none)).toBeUndefined();
});
