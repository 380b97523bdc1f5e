import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/errors.ts';
import { ownPlan, shareOf } from '../../src/mirror/share.ts';
import type { Registries } from '../../src/registry/registry.ts';
import { makeImage, makeIndex, type TestImage } from '../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';
import { type Copying, planOf } from '../support/planned.ts';

const options = { concurrency: 4 };

async function imagesOnTwoBases(): Promise<readonly TestImage[]> {
  const bases = await Promise.all(['a', 'b'].map((seed) => makeImage({ seed, layers: [4000] })));
  return await Promise.all(
    ['1', '2', '3', '4'].map((seed, at) => {
      const base = bases[at % 2]?.blobs.slice(1).map(({ bytes }) => bytes) ?? [];
      return makeImage({ seed, layers: [...base, 100] });
    }),
  );
}

function source(images: readonly TestImage[]): MemoryRegistry {
  const registry = memoryRegistry('s.io');
  for (const [at, image] of images.entries()) registry.add(`image-${at}`, '1', image);
  return registry;
}

function copying(images: readonly TestImage[], step?: Copying['step']) {
  return planOf(
    ...images.map((image, at) => ({
      image,
      from: `s.io/image-${at}:1`,
      to: `t.io/image-${at}:1`,
      ...(step === undefined ? {} : { step }),
    })),
  );
}

describe('the share of a shard', () => {
  test('has whole groups of images, and all shards together have every image once', async () => {
    const images = await imagesOnTwoBases();
    const registries = memoryRegistries(source(images), memoryRegistry('t.io'));
    const plan = copying(images);
    const shares = await Promise.all([1, 2].map((index) => shareOf(plan, { index, total: 2 }, registries, options)));
    const own = shares.map((share) => ownPlan(plan, share).copies.map(({ image }) => image.image));
    expect(own.toSorted()).toEqual([
      ['s.io/image-0:1', 's.io/image-2:1'],
      ['s.io/image-1:1', 's.io/image-3:1'],
    ]);
    expect(new Set(shares.map(({ division }) => division)).size).toBe(1);
    expect(shares[0]?.twice).toBe(0);
  });

  test('is the same when the target has some of the images already', async () => {
    const images = await imagesOnTwoBases();
    const registries = memoryRegistries(source(images), memoryRegistry('t.io'));
    const shard = { index: 1, total: 2 };
    const early = await shareOf(copying(images), shard, registries, options);
    const late = await shareOf(copying(images, { action: 'present' }), shard, registries, options);
    expect(late).toEqual(early);
  });

  test('reads each manifest once, and one platform of an index', async () => {
    const index = await makeIndex([await makeImage({ seed: 'x' }), await makeImage({ seed: 'y' })]);
    const registry = source([index, index]);
    await shareOf(copying([index, index]), { index: 1, total: 2 }, memoryRegistries(registry), options);
    expect(registry.calls.filter((call) => call.startsWith('getManifest'))).toHaveLength(2);
  });

  test('counts an image whose manifest is gone as one of its own, for the copy to tell', async () => {
    const [one, gone] = await imagesOnTwoBases();
    if (one === undefined || gone === undefined) throw new Error('no images');
    const share = await shareOf(copying([one, gone]), { index: 1, total: 2 }, memoryRegistries(source([one])), options);
    expect([...share.shards.values()].sort()).toEqual([1, 2]);
  });

  test('is not guessed where a registry can not be asked: another shard may have been answered', async () => {
    const images = await imagesOnTwoBases();
    const down = new ChartImagesError('network', 'It is down.', { advice: 'Start it.' });
    const registry = { ...source(images), getManifest: async () => Promise.reject(down) };
    const registries: Registries = memoryRegistries(registry);
    await expect(shareOf(copying(images), { index: 1, total: 2 }, registries, options)).rejects.toBe(down);
  });
});
