/** How much of an image is on its way at once: memory is bounded by the streams, time by the round trips. */
import { expect, test } from 'vitest';
import { smallBlob } from '../../src/mirror/move-blob.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { copy, results, sourceWith } from '../support/copying.ts';
import { makeImage, type TestImage } from '../support/images.ts';
import { memoryRegistry } from '../support/memory-registry.ts';

const count = 24;

/** The most blobs that were put at the same time while an image with these layers was copied, by whether they are large. */
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
      const arrival = await target.putBlob(repository, blob, content, from);
      running[kind] -= 1;
      return arrival;
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
