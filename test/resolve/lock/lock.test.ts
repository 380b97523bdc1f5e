import { expect, test } from 'vitest';
import { createLock, formatLock } from '../../../src/resolve/lock/lock.ts';
import type { Resolution } from '../../../src/resolve/resolution.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { makeImage } from '../../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';

const image = await makeImage();

async function resolve(...texts: readonly string[]): Promise<readonly Resolution[]> {
  const registry = memoryRegistry('r.io');
  for (const name of ['a', 'b', 'core/c']) registry.add(name, '1', image);
  const images = texts.map((text) => discovered(text));
  return (await resolveImages(images, sourcesOf('r.io'), memoryRegistries(registry), { concurrency: 2 })).resolutions;
}

test('the lock of a run is the same text in whatever order its charts come', async () => {
  const [one, other] = [await resolve('b:1', 'a:1', 'core/c:1'), await resolve('core/c:1', 'b:1', 'a:1')];
  const [lock, same] = [createLock(one), createLock(other)];
  if (!lock || !same) throw new Error('everything was to be found');
  expect(formatLock(lock)).toBe(formatLock(same));
  expect(formatLock(lock)).toBe(`{
  "version": 1,
  "images": {
    "a:1": {
      "source": "r.io/a:1",
      "digest": "${image.digest}"
    },
    "b:1": {
      "source": "r.io/b:1",
      "digest": "${image.digest}"
    },
    "core/c:1": {
      "source": "r.io/core/c:1",
      "digest": "${image.digest}"
    }
  }
}
`);
});

test('a run that does not find everything locks nothing', async () => {
  expect(createLock(await resolve('a:1', 'missing:1'))).toBeUndefined();
});

test('a reference by digest alone has it once', async () => {
  const lock = createLock(await resolve(`a@${image.digest}`));
  expect([...(lock?.images ?? [])]).toEqual([[`a@${image.digest}`, { source: 'r.io/a', digest: image.digest }]]);
});
