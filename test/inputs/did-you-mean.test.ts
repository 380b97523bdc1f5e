import { describe, expect, test } from 'vitest';
import { closestName, didYouMean } from '../../src/inputs/did-you-mean.ts';
import { inputs } from '../../src/inputs/input-table.ts';

const names = inputs.map(({ name }) => name);

describe('the nearest name', () => {
  test.each([
    ['imageSources', 'image-sources'],
    ['image_source', 'image-sources'],
    ['chart', 'charts'],
    ['inputfile', 'input-file'],
    ['helm-verison', 'helm-version'],
    ['puhs', 'push'],
    ['INPUT-FILE', 'input-file'],
  ])('to %s is %s', (unknown, known) => {
    expect(closestName(unknown, names)).toBe(known);
  });

  test.each(['password', 'x', '', 'x'.repeat(10_000)])('to %s is none', (unknown) => {
    expect(closestName(unknown, names)).toBeUndefined();
  });

  test('ends a sentence, or says nothing', () => {
    expect(didYouMean('chart', names)).toBe(' Did you mean "charts"?');
    expect(didYouMean('password', names)).toBe('');
    expect(didYouMean('chart', [])).toBe('');
  });
});
