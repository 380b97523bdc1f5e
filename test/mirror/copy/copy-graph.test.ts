/** How much of an image is on its way at once: memory is bounded by the streams, time by the round trips. */
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { smallBlob } from '../../../src/mirror/copy/copy-blob.ts';
import { deepestIndex } from '../../../src/mirror/plan/manifest-children.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { copy, one, results, sourceWith, two } from '../../support/copying.ts';
import { makeImage, makeIndex, type TestImage } from '../../support/images.ts';
import { memoryRegistry } from '../../support/memory-registry.ts';

const count = 24;

/**
 * The most blobs that were put at the same time while an image with these layers was copied, by whether they are large.
 */
async function mostAtOnce(image: TestImage, concurrency: number) {
  const target = memoryRegistry('t.io');
  const running = { small: 0, large: 0 };
  const most = { small: 0, large: 0 };
  const counting: Registry = {
    ...target,
    async putBlob(repository, blob, content, from) {
      const kind = blob.size > smallBlob ? 'large' : 'small';
      running[kind] += 1;
      most[kind] = Math.max(most[kind], running[kind]);
      // Until all that are let in at once have come in.
      for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const pushResult = await target.putBlob(repository, blob, content, from);
      running[kind] -= 1;
      return pushResult;
    },
  };
  const outcomes = await copy({
    registries: [sourceWith({ a: image }), counting],
    copies: [{ image, from: 's.io/a', to: 't.io/a:1' }],
    concurrency,
  });
  expect(results(outcomes)).toEqual(['copied']);
  return most;
}

/** Layers that differ in their first byte. */
function layers(size: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, at) => Buffer.alloc(size, 'x').fill(at, 0, 1));
}

test('no more than sixteen large layers stream at once, whatever the concurrency, so that memory stays small', async () => {
  const image = await makeImage({ seed: 'large', layers: layers(smallBlob + 1) });
  expect(await mostAtOnce(image, 64)).toMatchObject({ large: 16 });
});

test('small layers, whose time is round trips, move as many at once as the concurrency allows', async () => {
  const image = await makeImage({ seed: 'small', layers: layers(smallBlob) });
  expect(await mostAtOnce(image, 64)).toEqual({ small: count + 1, large: 0 });
});

test('a lower concurrency holds for large layers too', async () => {
  const image = await makeImage({ seed: 'large', layers: layers(smallBlob + 1) });
  expect(await mostAtOnce(image, 3)).toMatchObject({ large: 3 });
});

test.each([
  [999, 'copied'],
  [1000, 'failed manifest-unsupported'],
])('an index of %d manifests besides itself is %s: made-up indexes end', async (length, result) => {
  const base = await makeImage({ seed: 'base', layers: [] });
  const json = JSON.parse(Buffer.from(base.bytes).toString());
  const children = Array.from({ length }, (_, at): TestImage => {
    const bytes = Buffer.from(JSON.stringify({ ...json, annotations: { at } }));
    return { ...base, bytes, digest: computeDigest(bytes) };
  });
  const image = await makeIndex(children);
  const outcomes = await copy({
    registries: [sourceWith({ a: image }), memoryRegistry('t.io')],
    copies: [{ image, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual([result]);
});

test('indexes inside each other are copied as deep as they may be', async () => {
  let image = await makeIndex([await makeImage({ seed: 'deep' })]);
  for (let level = 1; level < deepestIndex; level += 1) image = await makeIndex([image]);
  const outcomes = await copy({
    registries: [sourceWith({ a: image }), memoryRegistry('t.io')],
    copies: [{ image, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual(['copied']);
});

test('a target that returns another digest does not count as having the platform', async () => {
  const target = memoryRegistry('t.io');
  const lying: Registry = {
    ...target,
    headManifest: async (repository, key) =>
      key === one.digest
        ? { result: 'found', value: { digest: two.digest, mediaType: two.mediaType, size: 1 } }
        : target.headManifest(repository, key),
  };
  const image = await makeIndex([one]);
  const outcomes = await copy({
    registries: [sourceWith({ a: image }), lying],
    copies: [{ image, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual(['copied']);
  expect(target.bytesOf(`a@${one.digest}`)).toEqual(Buffer.from(one.bytes));
});

test('a platform that cannot be checked in the target fails the image, and nothing is tagged', async () => {
  const target = memoryRegistry('t.io');
  const error = new ChartImagesError('timeout', 'No answer.', { advice: '' });
  const busy: Registry = {
    ...target,
    headManifest: async (repository, key) =>
      key === one.digest ? { result: 'unknown', error } : target.headManifest(repository, key),
  };
  const image = await makeIndex([one]);
  const outcomes = await copy({
    registries: [sourceWith({ a: image }), busy],
    copies: [{ image, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual(['failed timeout']);
  expect(target.names()).toEqual([]);
});
