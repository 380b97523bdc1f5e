import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { callsOf, copy, index, one, results, sizeOf, sourceWith, tags, two } from '../../support/copying.ts';
import { makeImage, makeIndex } from '../../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { planOf } from '../../support/planned.ts';

test('an image is copied with its config and layers, tagged last, and then verified', async () => {
  const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
  const outcomes = await copy({
    registries: [source, target],
    copies: [{ image: one, from: 's.io/a', to: 't.io/x/a:1' }],
  });
  expect(outcomes).toMatchObject([{ result: 'copied', bytes: sizeOf(one) }]);
  expect(target.bytesOf('x/a:1')).toEqual(Buffer.from(one.bytes));
  for (const blob of one.blobs) expect(target.bytesOf(`x/a ${blob.digest}`)).toEqual(Buffer.from(blob.bytes));
  expect(target.calls.slice(-2)).toEqual(['putManifest x/a 1', 'headManifest x/a 1']);
});

test('an index arrives with every platform and attestation, children before it', async () => {
  const [source, target] = [sourceWith({ a: index }), memoryRegistry('t.io')];
  const outcomes = await copy({
    registries: [source, target],
    copies: [{ image: index, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual(['copied']);
  expect(target.names()).toEqual(source.names());
  expect(callsOf(target, 'putManifest').at(-1)).toBe('putManifest a 1');
});

test('an index inside an index arrives', async () => {
  const outer = await makeIndex([index, two]);
  const [source, target] = [sourceWith({ a: outer }), memoryRegistry('t.io')];
  await copy({ registries: [source, target], copies: [{ image: outer, from: 's.io/a', to: 't.io/a:1' }] });
  expect(target.names()).toEqual(source.names());
});

test('indexes that are nested without end are refused', async () => {
  let deep = await makeIndex([one]);
  for (let level = 0; level < 6; level += 1) deep = await makeIndex([deep]);
  const [source, target] = [sourceWith({ a: deep }), memoryRegistry('t.io')];
  const outcomes = await copy({
    registries: [source, target],
    copies: [{ image: deep, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual(['failed manifest-unsupported']);
  expect(target.names()).toEqual([]);
});

test('an image without a tag is put by its digest', async () => {
  const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
  const outcomes = await copy({ registries: [source, target], copies: [{ image: one, from: 's.io/a', to: 't.io/a' }] });
  expect(results(outcomes)).toEqual(['copied']);
  expect(target.bytesOf(`a@${one.digest}`)).toEqual(Buffer.from(one.bytes));
  expect(tags(target)).toEqual([]);
});

test('what the target has already is not moved again', async () => {
  const [source, target] = [sourceWith({ a: index }), memoryRegistry('t.io')];
  target.add('a', 'old', one);
  const before = source.calls.length;
  const outcomes = await copy({
    registries: [source, target],
    copies: [{ image: index, from: 's.io/a', to: 't.io/a:1' }],
  });
  const moved = index.children.filter((child) => child !== one);
  expect(source.calls.slice(before).filter((call) => call.includes(one.digest))).toEqual([]);
  expect(outcomes).toMatchObject([{ result: 'copied', bytes: sizeOf(...moved) }]);
});

test('a blob that several images share moves once into a repository', async () => {
  const shared = one.blobs.slice(1).map((blob) => blob.bytes);
  const other = await makeImage({ seed: 'other', layers: [...shared, 50] });
  const source = memoryRegistry('s.io');
  source.add('a', '1', one);
  source.add('a', '2', other);
  const target = memoryRegistry('t.io');
  const outcomes = await copy({
    registries: [source, target],
    copies: [
      { image: one, from: 's.io/a:1', to: 't.io/a:1' },
      { image: other, from: 's.io/a:2', to: 't.io/a:2' },
    ],
  });
  expect(results(outcomes)).toEqual(['copied', 'copied']);
  const blobs = [...one.blobs, ...other.blobs].map((blob) => blob.digest);
  expect(callsOf(target, 'putBlob')).toHaveLength(new Set(blobs).size);
  expect(callsOf(target, 'hasBlob')).toEqual([]);
  expect(callsOf(source, 'getBlob')).toHaveLength(new Set(blobs).size);
});

test('a blob that other repositories need too moves once and is mounted there', async () => {
  const shared = one.blobs.slice(1).map((blob) => blob.bytes);
  const others = await Promise.all(
    ['x', 'y'].map((seed) => makeImage({ seed, layers: [...shared, Buffer.from(`own of ${seed}`)] })),
  );
  const images = [one, ...others];
  const source = sourceWith(Object.fromEntries(images.map((image, number) => [`i${number}`, image])));
  const target = memoryRegistry('t.io');
  const copies = images.map((image, number) => ({ image, from: `s.io/i${number}`, to: `t.io/i${number}:1` }));
  const outcomes = await copy({ registries: [source, target], copies });
  expect(results(outcomes)).toEqual(['copied', 'copied', 'copied']);
  expect(target.names()).toEqual(source.names());
  expect(callsOf(source, 'getBlob')).toHaveLength(
    new Set(images.flatMap(({ blobs }) => blobs)).size - 2 * shared.length,
  );
  const moved = outcomes.reduce((sum, outcome) => sum + (outcome.result === 'copied' ? outcome.bytes : 0), 0);
  expect(moved).toBe(sizeOf(...images));
});

test('the last log line of a copy has the bytes moved and the bytes already in the target', async () => {
  const layer = Buffer.alloc(1_000_000);
  const images = await Promise.all(['a', 'b'].map((seed) => makeImage({ seed, layers: [layer] })));
  const source = sourceWith(Object.fromEntries(images.map((image, number) => [`i${number}`, image])));
  const lines: string[] = [];
  const copies = images.map((image, number) => ({ image, from: `s.io/i${number}`, to: `t.io/i${number}:1` }));
  await copyImages(planOf(...copies), memoryRegistries(source, memoryRegistry('t.io')), {
    concurrency: 2,
    log: { ...silentLog, info: (line) => lines.push(line) },
    signal: new AbortController().signal,
  });
  expect(lines.filter((line) => line.endsWith('(1.0 MB moved)'))).toHaveLength(1);
  expect(lines.at(-1)).toMatch(
    /^Copied 2 images in \d+\.\d s: 1\.0 MB moved, 1\.0 MB already in the target or mounted\.$/,
  );
});

test('a target that mounts nothing gets the bytes once for each repository', async () => {
  const source = sourceWith({ a: one, b: one });
  const target = memoryRegistry('t.io');
  const stubborn: Registry = {
    ...target,
    supportsMount: () => false,
    putBlob: (repository, blob, content, from) =>
      target.putBlob(repository, blob, content, from === repository ? from : undefined),
  };
  const outcomes = await copy({
    registries: [source, stubborn],
    copies: [
      { image: one, from: 's.io/a', to: 't.io/a:1' },
      { image: one, from: 's.io/b', to: 't.io/b:1' },
    ],
  });
  expect(results(outcomes)).toEqual(['copied', 'copied']);
  expect(target.names()).toEqual(source.names());
});

test('within one registry blobs are mounted from where they are', async () => {
  const registry = sourceWith({ a: index });
  const outcomes = await copy({
    registries: [registry],
    copies: [{ image: index, from: 's.io/a', to: 's.io/mirror/a:1' }],
  });
  expect(outcomes).toMatchObject([{ result: 'copied', bytes: 0 }]);
  expect(callsOf(registry, 'getBlob')).toEqual([]);
  expect(registry.bytesOf('mirror/a:1')).toEqual(Buffer.from(index.bytes));
});

test('two references with the same target are one copy, and both are reported as copied', async () => {
  const source = sourceWith({ a: one, b: one });
  const target = memoryRegistry('t.io');
  const outcomes = await copy({
    registries: [source, target],
    copies: [
      { image: one, from: 's.io/a', to: 't.io/a:1' },
      { image: one, from: 's.io/b', to: 't.io/a:1' },
    ],
  });
  expect(outcomes).toMatchObject([
    { result: 'copied', bytes: sizeOf(one) },
    { result: 'copied', bytes: 0 },
  ]);
  expect(callsOf(target, 'putManifest')).toEqual(['putManifest a 1']);
});

test('actions without a transfer are reported and not executed', async () => {
  const error = new ChartImagesError('network', 'down', { advice: '' });
  const target = memoryRegistry('t.io');
  const seen: Outcome[] = [];
  const outcomes = await copy({
    registries: [memoryRegistry('s.io'), target],
    copies: [
      { image: one, from: 's.io/a', to: 't.io/a:1', step: { action: 'exists' } },
      { image: one, from: 's.io/b', to: 't.io/b:1', step: { action: 'skip' } },
      { image: one, from: 's.io/c', to: 't.io/c:1', step: { action: 'conflict', reason: 'other content' } },
      { image: one, from: 's.io/d', to: 't.io/d:1', step: { action: 'unknown', error } },
    ],
    onOutcome: (outcome) => seen.push(outcome),
  });
  expect(results(outcomes)).toEqual(['present', 'skipped', 'skipped', 'failed network']);
  expect(seen).toEqual(outcomes);
  expect(target.calls).toEqual([]);
});

test('a target that has a blob by the time it should come need not read it', async () => {
  const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
  const [config] = one.blobs;
  const first: Registry = {
    ...target,
    async putBlob(repository, blob, content) {
      const others = blob.digest === config?.digest ? Readable.from([Buffer.from(config.bytes)]) : content;
      return target.putBlob(repository, blob, others);
    },
  };
  const outcomes = await copy({
    registries: [source, first],
    copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
  });
  const moved = one.blobs.slice(1).reduce((sum, blob) => sum + blob.bytes.length, 0);
  expect(outcomes).toMatchObject([{ result: 'copied', bytes: moved }]);
});

test('no more images and blobs move at once than the bound allows', async () => {
  const images = await Promise.all(
    Array.from({ length: 8 }, (_, number) => makeImage({ seed: `${number}`, layers: [40, 50, 60] })),
  );
  const source = sourceWith(Object.fromEntries(images.map((image, number) => [`i${number}`, image])));
  const target = memoryRegistry('t.io');
  let running = 0;
  let most = 0;
  const counting: Registry = {
    ...target,
    async putBlob(repository, blob, content, from) {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      const pushResult = await target.putBlob(repository, blob, content, from);
      running -= 1;
      return pushResult;
    },
  };
  const outcomes = await copy({
    registries: [source, counting],
    copies: images.map((image, number) => ({ image, from: `s.io/i${number}`, to: `t.io/i${number}:1` })),
    concurrency: 3,
  });
  expect(results(outcomes)).toEqual(images.map(() => 'copied'));
  expect(most).toBe(3);
});

describe('an imported image', () => {
  const bringing = (
    source: MemoryRegistry,
    target: MemoryRegistry,
    how: 'arrived' | 'to be copied',
    arrives: boolean,
  ) =>
    copyImages(planOf({ image: one, from: 's.io/a', to: 't.io/a:1' }), memoryRegistries(source, target), {
      concurrency: 2,
      log: silentLog,
      signal: new AbortController().signal,
      importImage: async () => {
        if (arrives) target.add('a', '1', one);
        return how;
      },
    });

  test('is not read from its source, and is proven by its digest', async () => {
    const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
    expect(await bringing(source, target, 'arrived', true)).toMatchObject([{ result: 'copied', bytes: 0 }]);
    expect(source.calls).toEqual([]);
    expect(target.calls).toEqual(['headManifest a 1']);
  });

  test('is not believed to be there when the target has nothing under its tag', async () => {
    const outcomes = await bringing(sourceWith({ a: one }), memoryRegistry('t.io'), 'arrived', false);
    expect(results(outcomes)).toEqual(['failed registry-answer']);
  });

  test('is copied where that way is none for it', async () => {
    const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
    expect(await bringing(source, target, 'to be copied', false)).toMatchObject([
      { result: 'copied', bytes: sizeOf(one) },
    ]);
    expect(target.names()).toEqual(source.names());
  });
});
