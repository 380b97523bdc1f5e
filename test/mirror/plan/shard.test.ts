import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { assignShard, shardPlan } from '../../../src/mirror/plan/shard.ts';
import type { Registries } from '../../../src/registry/client/registry.ts';
import { makeImage, makeIndex, type TestImage } from '../../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { type Copying, planOf } from '../../support/planned.ts';

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
    const shares = await Promise.all(
      [1, 2].map((index) => assignShard(plan, { index, total: 2 }, registries, options)),
    );
    const own = shares.map((share) => shardPlan(plan, share).copies.map(({ image }) => image.image));
    expect(own.toSorted()).toEqual([
      ['s.io/image-0:1', 's.io/image-2:1'],
      ['s.io/image-1:1', 's.io/image-3:1'],
    ]);
    expect(new Set(shares.map(({ division }) => division)).size).toBe(1);
    expect(shares[0]?.duplicatedBytes).toBe(0);
  });

  test('is the same when the target has some of the images already', async () => {
    const images = await imagesOnTwoBases();
    const registries = memoryRegistries(source(images), memoryRegistry('t.io'));
    const shard = { index: 1, total: 2 };
    const early = await assignShard(copying(images), shard, registries, options);
    const late = await assignShard(copying(images, { action: 'exists' }), shard, registries, options);
    expect(late).toEqual(early);
  });

  test('reads each manifest once, and one platform of an index', async () => {
    const index = await makeIndex([await makeImage({ seed: 'x' }), await makeImage({ seed: 'y' })]);
    const registry = source([index, index]);
    await assignShard(copying([index, index]), { index: 1, total: 2 }, memoryRegistries(registry), options);
    expect(registry.calls.filter((call) => call.startsWith('getManifest'))).toHaveLength(2);
  });

  test('assigns an image without a manifest, so that the copy reports it', async () => {
    const [one, gone] = await imagesOnTwoBases();
    if (one === undefined || gone === undefined) throw new Error('no images');
    const share = await assignShard(
      copying([one, gone]),
      { index: 1, total: 2 },
      memoryRegistries(source([one])),
      options,
    );
    expect([...share.shards.values()].sort()).toEqual([1, 2]);
  });

  test('fails if a registry cannot be read, because another shard may have read it', async () => {
    const images = await imagesOnTwoBases();
    const down = new ChartImagesError('network', 'It is down.', { advice: 'Start it.' });
    const registry = { ...source(images), getManifest: async () => Promise.reject(down) };
    const registries: Registries = memoryRegistries(registry);
    await expect(assignShard(copying(images), { index: 1, total: 2 }, registries, options)).rejects.toBe(down);
  });
});

describe('the division among shards', () => {
  const sizes = (images: readonly TestImage[]) => images.map(({ blobs }) => blobs.length);

  test('counts all platforms of an index, so that one shard does not copy nearly everything', async () => {
    const platforms = ['linux/amd64', 'linux/arm64', 'linux/s390x'] as const;
    const index = await makeIndex(
      await Promise.all(platforms.map((platform) => makeImage({ seed: 'multi', platform, layers: [1000] }))),
    );
    const singles = await Promise.all(['b', 'c', 'd'].map((seed) => makeImage({ seed, layers: [1000] })));
    const images = [index, ...singles];
    const share = await assignShard(copying(images), { index: 1, total: 2 }, memoryRegistries(source(images)), options);
    const [ofIndex, ...ofSingles] = share.shards.values();
    expect(ofSingles).toEqual(Array(3).fill(ofIndex === 1 ? 2 : 1));
  });

  test.each(['not-found', 'manifest-unsupported'] as const)(
    'does not fail where an image cannot be read by any shard (%s)',
    async (code) => {
      const images = await imagesOnTwoBases();
      const whole = source(images);
      const registry = {
        ...whole,
        getManifest: async (repository: string, key: string) => {
          if (repository !== 'image-0') return whole.getManifest(repository, key);
          throw new ChartImagesError(code, 'Broken.', { advice: '' });
        },
      };
      const share = await assignShard(copying(images), { index: 1, total: 2 }, memoryRegistries(registry), options);
      expect([...share.shards.keys()]).toHaveLength(4);
    },
  );

  test('counts a manifest that is no image as one of its own', async () => {
    const images = await imagesOnTwoBases();
    const whole = source(images);
    const registry = {
      ...whole,
      getManifest: async (repository: string, key: string) => ({
        ...(await whole.getManifest(repository, key)),
        ...(repository === 'image-0' ? { bytes: Buffer.from('{"config": 1}') } : {}),
      }),
    };
    const share = await assignShard(copying(images), { index: 1, total: 2 }, memoryRegistries(registry), options);
    expect([...share.shards.keys()]).toHaveLength(4);
    expect(sizes(images)).toEqual([3, 3, 3, 3]);
  });

  test('is another one for another number of shards, other images, or another target', async () => {
    const images = await imagesOnTwoBases();
    const registries = memoryRegistries(source(images));
    const divisionOf = async (plan: ReturnType<typeof copying>, total: number) =>
      (await assignShard(plan, { index: 1, total }, registries, options)).division;
    const plan = copying(images);
    const elsewhere = {
      ...plan,
      copies: plan.copies.map((one) => ({ ...one, to: { ...one.to, repository: `mirror/${one.to.repository}` } })),
    };
    const divisions = [
      await divisionOf(plan, 2),
      await divisionOf(plan, 3),
      await divisionOf(elsewhere, 2),
      await divisionOf({ ...plan, copies: plan.copies.slice(1) }, 2),
    ];
    expect(new Set(divisions).size).toBe(4);
    expect(await divisionOf(plan, 2)).toBe(divisions[0]);
  });

  test('ends where indexes are nested without end', async () => {
    let deep = await makeIndex([await makeImage({ seed: 'deep' })]);
    for (let level = 0; level < 8; level += 1) deep = await makeIndex([deep]);
    const registry = source([deep]);
    const share = await assignShard(copying([deep]), { index: 1, total: 2 }, memoryRegistries(registry), options);
    expect([...share.shards.values()]).toEqual([1]);
    expect(registry.calls.filter((call) => call.startsWith('getManifest')).length).toBeLessThan(8);
  });

  test('puts the same image for two references into one shard', async () => {
    const [image] = await imagesOnTwoBases();
    if (image === undefined) throw new Error('no images');
    const images = [image, image];
    const share = await assignShard(copying(images), { index: 1, total: 2 }, memoryRegistries(source(images)), options);
    expect([...share.shards]).toEqual([
      ['s.io/image-0:1', 1],
      ['s.io/image-1:1', 1],
    ]);
  });
});
