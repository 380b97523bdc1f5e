import { expect, test } from 'vitest';
import { positionOfLine } from '../../../src/discovery/classify/match.ts';

const node = { type: 'text', text: 'a\nb', scalar: 'string', offset: 7 } as const;

test('a line of a literal text is as many lines below its beginning', () => {
  expect(positionOfLine({ ...node, style: 'literal' }, undefined, 3)).toEqual({
    path: undefined,
    offset: 7,
    linesBelow: 3,
  });
});

test('a line of any other text is at its beginning, for YAML may have folded it', () => {
  expect(positionOfLine({ ...node, style: 'inline' }, undefined, 3)).toMatchObject({ offset: 7, linesBelow: 0 });
});
