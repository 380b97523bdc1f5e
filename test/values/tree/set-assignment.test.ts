import { describe, expect, it } from 'vitest';
import { readAssignments, writeAssignment } from '../../../src/values/tree/set-assignment.ts';

const read = (text: string) => readAssignments(text).map(({ keys, text: value }) => [keys, value]);

describe('texts of the input set are read as helm reads them', () => {
  it.each([
    ['image.tag=1.0', [[['image', 'tag'], '1.0']]],
    [
      'a=1,b.c=2',
      [
        [['a'], '1'],
        [['b', 'c'], '2'],
      ],
    ],
    ['a[0].image=x/y:1', [[['a', 0, 'image'], 'x/y:1']]],
    ['a[1][2]=x', [[['a', 1, 2], 'x']]],
    [
      'a={x,y}',
      [
        [['a', 0], 'x'],
        [['a', 1], 'y'],
      ],
    ],
    [
      'a={x,y},b=z',
      [
        [['a', 0], 'x'],
        [['a', 1], 'y'],
        [['b'], 'z'],
      ],
    ],
    ['labels.a\\.b/c=x\\,y', [[['labels', 'a.b/c'], 'x,y']]],
    ['a=b=c', [[['a'], 'b=c']]],
    ['a=', [[['a'], '']]],
    ['a[70000]=x', []],
    ['a[x]=y', []],
    ['alone', []],
    ['', []],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('what is written means every character of itself', () => {
    const assignment = { keys: ['a.b', 'c,d=e', 0, 'f[g]{h}\\'], text: '{x},y=z\\[0]' };
    expect(readAssignments(writeAssignment(assignment))).toEqual([assignment]);
  });
});
