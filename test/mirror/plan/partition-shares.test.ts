/** Which shard an image goes to, where several ways of dividing are possible: what a run of shards downloads. */
import { expect, test } from 'vitest';
import { partition } from '../../../src/mirror/plan/partition.ts';

/** `a100 c5`: an image of two layers with 100 and 5 bytes. */
function loads(...images: readonly string[]) {
  return images.map(
    (image) => new Map(image.split(' ').map((part) => [part.slice(0, 1), Number(part.slice(1))] as const)),
  );
}

test.each<[string, readonly string[], number, readonly number[], number]>([
  ['a large image is placed before a small one', ['a1', 'c5'], 2, [2, 1], 0],
  [
    'a small common layer does not put two large images into one shard',
    ['a100 c5', 'e2 b100', 'd100 c5'],
    2,
    [1, 1, 2],
    5,
  ],
  [
    'images with the same content are downloaded once, although they are more than a share',
    ['a20', 'a20'],
    3,
    [1, 1],
    0,
  ],
  ['an image that has all of another one goes where that is', ['c100', 'c100 b10'], 3, [1, 1], 0],
  [
    'images that share a layer and fit into one shard stay together, also where others have to be divided',
    ['t10 y45', 't10 z45', 's10 a20', 's10 b20'],
    2,
    [1, 2, 1, 1],
    10,
  ],
  [
    'a finer division that makes no shard smaller is not taken, because it downloads more',
    ['d1', 'c10 e1', 'b5 c10', 'e1 a50', 'c10', 'd1'],
    3,
    [3, 2, 2, 1, 2, 3],
    1,
  ],
  [
    'a finer division is taken where it makes the largest shard smaller',
    ['e2 a5', 'e2 b5', 'a5', 'e2 c100', 'c100 b5'],
    2,
    [2, 1, 2, 2, 1],
    102,
  ],
  [
    'the largest common content keeps images together',
    ['e5 d50 b1', 'd50 e5', 'd50', 'c1 e5 d50'],
    3,
    [1, 1, 1, 2],
    55,
  ],
  [
    'of two shards with as many bytes the one with fewer images gets the next',
    ['c5', 'b2 c5', 'a1 b2', 'c5 a1', 'b2 c5'],
    2,
    [1, 1, 2, 2, 1],
    7,
  ],
  [
    'a tenth more than the fair share is no reason to download a layer twice',
    ['c100', 'b100 a1', 'd1 c100', 'c100', 'c100 a1'],
    2,
    [1, 2, 1, 1, 1],
    1,
  ],
])('%s', (_, images, total, shards, duplicatedBytes) => {
  expect(partition(loads(...images), total)).toEqual({ shards, duplicatedBytes });
});
