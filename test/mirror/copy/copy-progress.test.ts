import { expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { Progress } from '../../../src/core/progress.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import { trackProgress } from '../../../src/mirror/copy/copy-progress.ts';
import type { Plan } from '../../../src/mirror/plan/plan.ts';
import { createSizeEstimator, withSize } from '../../../src/mirror/plan/plan-size.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { makeImage, type TestImage } from '../../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { planOf } from '../../support/planned.ts';

const shared = new Uint8Array(400_000).fill(1);
const one = await makeImage({ seed: 'one', layers: [shared, 300_000] });
const two = await makeImage({ seed: 'two', layers: [shared] });

function sizeOf({ blobs }: TestImage): number {
  return blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function setting() {
  const [source, target] = [memoryRegistry('s.io'), memoryRegistry('t.io')];
  source.add('a', '1', one);
  source.add('b', '1', two);
  const plan = planOf(
    { image: one, from: 's.io/a:1', to: 't.io/a:1' },
    { image: two, from: 's.io/b:1', to: 't.io/b:1' },
    { image: two, from: 's.io/c:1', to: 't.io/c:1', step: { action: 'exists' } },
  );
  return { source, target, plan };
}

async function carryOut(plan: Plan, source: MemoryRegistry, target: Registry): Promise<readonly Progress[]> {
  const { observer, read } = trackProgress(plan);
  const seen: Progress[] = [read()];
  const telling: Registry = {
    ...target,
    putManifest: (repository, key, manifest) => {
      seen.push(read());
      return target.putManifest(repository, key, manifest);
    },
  };
  await copyImages(plan, memoryRegistries(source, telling), {
    concurrency: 1,
    observer,
    log: silentLog,
    signal: new AbortController().signal,
  });
  return [...seen, read()];
}

test('images and bytes are counted, shared content for each image and once in all', async () => {
  const { source, target, plan } = setting();
  const sizer = createSizeEstimator({
    registries: memoryRegistries(source, target),
    foreignLayers: 'left out',
    purpose: 'copy',
  });
  const seen = await carryOut(await withSize(plan, sizer), source, target);
  const all = sizeOf(one) + sizeOf(two) - shared.length;
  expect(seen).toEqual([
    { label: 'images copied', done: 0, total: 2, bytes: { done: 0, total: all }, underway: [] },
    expect.objectContaining({
      done: 0,
      bytes: { done: sizeOf(one), total: all },
      underway: [{ name: 's.io/a:1', done: sizeOf(one), total: sizeOf(one) }],
    }),
    expect.objectContaining({
      done: 1,
      bytes: { done: all, total: all },
      underway: [{ name: 's.io/b:1', done: sizeOf(two), total: sizeOf(two) }],
    }),
    { label: 'images copied', done: 2, total: 2, bytes: { done: all, total: all }, underway: [] },
  ]);
});

test('bytes are counted while they come', async () => {
  const { source, target, plan } = setting();
  const sizer = createSizeEstimator({
    registries: memoryRegistries(source, target),
    foreignLayers: 'left out',
    purpose: 'copy',
  });
  const measured = await withSize(plan, sizer);
  const { observer, read } = trackProgress(measured);
  const [copy] = measured.copies;
  const [, layer] = one.blobs;
  if (copy === undefined || layer === undefined) throw new Error('the plan has a copy and the image a layer');
  const blob = { digest: layer.digest, size: layer.bytes.length };
  let arrived = 0;
  observer.onStart(copy);
  observer.onProgress(blob, () => arrived);
  const states: [number | undefined, number | undefined][] = [];
  for (arrived of [0, 1000, blob.size, blob.size + 5]) {
    const { bytes, underway } = read();
    states.push([bytes?.done, underway[0]?.done]);
  }
  expect(states).toEqual([0, 1000, blob.size, blob.size].map((bytes) => [bytes, bytes]));
  observer.onBlobDone(blob);
  expect(read()).toMatchObject({ bytes: { done: blob.size }, underway: [{ done: blob.size }] });
});

test('without the size of the plan there are bytes, and no total of them', async () => {
  const { source, target, plan } = setting();
  const seen = await carryOut(plan, source, target);
  expect(seen.at(-1)).toEqual({
    label: 'images copied',
    done: 2,
    total: 2,
    bytes: { done: sizeOf(one) + sizeOf(two) - shared.length, total: undefined },
    underway: [],
  });
  expect(seen[1]?.underway).toEqual([{ name: 's.io/a:1', done: 0, total: undefined }]);
});
