import { expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { cacheManifests } from '../../../src/registry/client/manifest-cache.ts';

/** Reads manifests of so many bytes, and counts. */
function counting(size: number) {
  const asked: string[] = [];
  const read = cacheManifests(async (repository, key) => {
    asked.push(`${repository} ${key}`);
    if (asked.length === 1 && repository === 'fails/first') throw new Error('not now');
    const bytes = Buffer.alloc(size);
    return { digest: computeDigest(bytes), mediaType: mediaTypes.ociManifest, size, bytes };
  });
  return { asked, read };
}

const digest = (seed: number) => computeDigest(Buffer.from(String(seed)));

test('a manifest that many ask for by its digest is read once', async () => {
  const { asked, read } = counting(10);
  await Promise.all([read('a', digest(1)), read('a', digest(1))]);
  await read('a', digest(1));
  expect(asked).toEqual([`a ${digest(1)}`]);
});

test('a tag is asked each time, and another repository for itself', async () => {
  const { asked, read } = counting(10);
  for (const [repository, key] of [
    ['a', '1.0'],
    ['a', '1.0'],
    ['a', digest(1)],
    ['b', digest(1)],
  ] as const) {
    await read(repository, key);
  }
  expect(asked).toHaveLength(4);
});

test('what could not be read is read again', async () => {
  const { asked, read } = counting(10);
  await expect(read('fails/first', digest(1))).rejects.toThrow('not now');
  await read('fails/first', digest(1));
  expect(asked).toHaveLength(2);
});

test('no more than 16 MiB are kept, the oldest go first', async () => {
  const { asked, read } = counting(4 * 1024 * 1024);
  for (const seed of [1, 2, 3, 4, 5]) await read('a', digest(seed));
  await read('a', digest(5));
  expect(asked).toHaveLength(5);
  await read('a', digest(1));
  expect(asked).toHaveLength(6);
});
