import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/errors.ts';
import { digestOf } from '../../src/image/digest.ts';
import { mediaTypes } from '../../src/image/media-type.ts';
import { silentLog } from '../../src/log.ts';
import { copyImages } from '../../src/mirror/copy-images.ts';
import { copyFailures } from '../../src/mirror/outcomes.ts';
import type { Outcome } from '../../src/mirror/plan.ts';
import type { CopyWatch } from '../../src/mirror/watch.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { makeImage, makeIndex, type TestImage } from '../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';
import { type Copying, planOf } from '../support/planned.ts';

const one = await makeImage({ seed: 'one', layers: [100, 200] });
const two = await makeImage({ seed: 'two', layers: [100, 200] });
const arm = await makeImage({ seed: 'one', platform: 'linux/arm64' });
const index = await makeIndex([one, arm], { attestations: true });

interface Setting {
  readonly registries: readonly Registry[];
  readonly copies: readonly Copying[];
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onOutcome?: CopyWatch['ends'];
}

function copy({ registries, copies, concurrency = 4, signal, onOutcome }: Setting) {
  return copyImages(planOf(...copies), memoryRegistries(...registries), {
    concurrency,
    log: silentLog,
    signal: signal ?? new AbortController().signal,
    ...(onOutcome ? { watch: { begins: () => {}, moves: () => {}, lands: () => {}, ends: onOutcome } } : {}),
  });
}

/** `copied`, or `failed code`. */
function results(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome) => (outcome.result === 'failed' ? `failed ${outcome.error.code}` : outcome.result));
}

/** Bytes of all blobs; one that occurs twice counts once. */
function sizeOf(...images: readonly TestImage[]): number {
  const sizes = new Map(
    images.flatMap(({ blobs }) => blobs.map(({ digest, bytes }) => [digest, bytes.length] as const)),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function sourceWith(images: Readonly<Record<string, TestImage>>): MemoryRegistry {
  const source = memoryRegistry('s.io');
  for (const [repository, image] of Object.entries(images)) source.add(repository, '1', image);
  return source;
}

function callsOf(registry: MemoryRegistry, verb: string): readonly string[] {
  return registry.calls.filter((call) => call.startsWith(`${verb} `));
}

/** The tags that a registry holds. */
function tags(registry: MemoryRegistry): readonly string[] {
  return registry.names().filter((name) => !name.includes('sha256:'));
}

test('an image arrives with its config and layers, the tag last, and is then asked for', async () => {
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

test('the last line of a copy tells what moved and what did not have to', async () => {
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
  expect(lines.at(-1)).toMatch(/^Copied 2 images in \d+\.\d s: 1\.0 MB moved, 1\.0 MB were there or were mounted\.$/);
});

test('a target that mounts nothing gets the bytes once for each repository', async () => {
  const source = sourceWith({ a: one, b: one });
  const target = memoryRegistry('t.io');
  const stubborn: Registry = {
    ...target,
    mounts: () => false,
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

test('two references to one place are one copy, and both are told as copied', async () => {
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

test('steps that move nothing are told and not carried out', async () => {
  const error = new ChartImagesError('network', 'down', { advice: '' });
  const target = memoryRegistry('t.io');
  const seen: Outcome[] = [];
  const outcomes = await copy({
    registries: [memoryRegistry('s.io'), target],
    copies: [
      { image: one, from: 's.io/a', to: 't.io/a:1', step: { action: 'present' } },
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

describe('nothing is tagged, and the other image arrives, when', () => {
  const layer = one.blobs.at(-1)?.digest;
  const wrong = (bytes: Uint8Array) => Buffer.from(bytes).fill(0, 0, 1);

  /** Each row changes the source or the target of image `a`; `b` is copied beside it. */
  const faults: readonly (readonly [
    string,
    string,
    (source: MemoryRegistry, target: MemoryRegistry) => readonly Registry[],
  ])[] = [
    [
      'a blob has wrong bytes',
      'digest-mismatch',
      (source, target) => [
        {
          ...source,
          async getBlob(repository, blob) {
            const stream = await source.getBlob(repository, blob);
            if (blob.digest !== layer) return stream;
            const pieces: Buffer[] = [];
            for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece);
            return Readable.from([wrong(Buffer.concat(pieces))]);
          },
        },
        target,
      ],
    ],
    [
      'a blob is cut off',
      'network',
      (source, target) => [
        {
          ...source,
          async getBlob(repository, blob) {
            if (blob.digest !== layer) return source.getBlob(repository, blob);
            const stream = new PassThrough();
            stream.write(Buffer.from('half of it'));
            setImmediate(() => stream.destroy(new Error('read ECONNRESET')));
            return stream;
          },
        },
        target,
      ],
    ],
    [
      'a blob has vanished from the source',
      'not-found',
      (source, target) => [
        {
          ...source,
          async getBlob(repository, blob) {
            if (blob.digest !== layer) return source.getBlob(repository, blob);
            throw new ChartImagesError('not-found', 'The blob is gone.', { advice: '' });
          },
        },
        target,
      ],
    ],
    [
      'the target refuses a blob without reading it',
      'denied',
      (source, target) => [
        source,
        {
          ...target,
          async putBlob(repository, blob, content) {
            if (blob.digest !== layer) return target.putBlob(repository, blob, content);
            throw new ChartImagesError('denied', 'No write access.', { advice: '' });
          },
        },
      ],
    ],
    [
      'the target says it took a blob and did not read it',
      'registry-answer',
      (source, target) => [
        source,
        {
          ...target,
          async putBlob(repository, blob, content) {
            if (blob.digest !== layer) return target.putBlob(repository, blob, content);
            return 'uploaded';
          },
        },
      ],
    ],
    [
      'the target lies about a blob that it does not have',
      'registry-answer',
      (source, target) => [
        source,
        {
          ...target,
          async putBlob(repository, blob, content) {
            if (blob.digest !== layer) return target.putBlob(repository, blob, content);
            return 'present';
          },
        },
      ],
    ],
    [
      'the manifest has vanished from the source',
      'not-found',
      (source, target) => [
        {
          ...source,
          async getManifest(repository, key) {
            if (key !== one.digest) return source.getManifest(repository, key);
            throw new ChartImagesError('not-found', 'The manifest is gone.', { advice: '' });
          },
        },
        target,
      ],
    ],
    [
      'the source sends another manifest than it was asked for',
      'digest-mismatch',
      (source, target) => [
        {
          ...source,
          async getManifest(repository, key) {
            const manifest = await source.getManifest(repository, key);
            return key === one.digest
              ? { ...manifest, bytes: Buffer.concat([manifest.bytes, Buffer.from(' ')]) }
              : manifest;
          },
        },
        target,
      ],
    ],
    [
      'the target can not be asked for blobs',
      'throttled',
      (source, target) => [
        source,
        {
          ...target,
          async putBlob(repository, blob, content) {
            if (blob.digest !== layer) return target.putBlob(repository, blob, content);
            throw new ChartImagesError('throttled', 'Slow down.', { advice: '' });
          },
        },
      ],
    ],
  ];

  test.each(faults)('%s (%s)', async (_, code, broken) => {
    const source = sourceWith({ a: one, b: two });
    const target = memoryRegistry('t.io');
    const outcomes = await copy({
      registries: broken(source, target),
      copies: [
        { image: one, from: 's.io/a', to: 't.io/a:1' },
        { image: two, from: 's.io/b', to: 't.io/b:1' },
      ],
    });
    expect(results(outcomes)).toEqual([`failed ${code}`, 'copied']);
    expect(tags(target)).toEqual(['b:1']);
    expect(target.bytesOf(`a@${one.digest}`)).toBeUndefined();
  });
});

test('a child of an index that fails keeps the index from being tagged, and what has arrived stays for the next run', async () => {
  const [source, target] = [sourceWith({ a: index }), memoryRegistry('t.io')];
  const broken: Registry = {
    ...source,
    async getManifest(repository, key) {
      if (key !== arm.digest) return source.getManifest(repository, key);
      throw new ChartImagesError('not-found', 'The manifest is gone.', { advice: '' });
    },
  };
  const plan = [{ image: index, from: 's.io/a', to: 't.io/a:1' }];
  expect(results(await copy({ registries: [broken, target], copies: plan }))).toEqual(['failed not-found']);
  expect(tags(target)).toEqual([]);
  const again = await copy({ registries: [source, target], copies: plan });
  expect(again).toMatchObject([{ result: 'copied', bytes: sizeOf(arm) }]);
  expect(target.names()).toEqual(source.names());
});

test('a shared blob that one source has lost comes from the other', async () => {
  const [lost, whole, target] = [memoryRegistry('lost.io'), sourceWith({ a: one }), memoryRegistry('t.io')];
  lost.add('a', '1', one);
  const broken: Registry = {
    ...lost,
    async getBlob() {
      throw new ChartImagesError('not-found', 'The blob is gone.', { advice: '' });
    },
  };
  const outcomes = await copy({
    registries: [broken, whole, target],
    copies: [
      { image: one, from: 'lost.io/a', to: 't.io/a:1' },
      { image: one, from: 's.io/a', to: 't.io/a:2' },
    ],
  });
  expect(results(outcomes)).toEqual(['failed not-found', 'copied']);
  expect(tags(target)).toEqual(['a:2']);
});

test.each([
  [
    'other content than was put there',
    'digest-mismatch',
    { result: 'found', value: { digest: two.digest, mediaType: mediaTypes.ociManifest, size: 1 } },
  ],
  ['nothing', 'registry-answer', { result: 'absent', reason: '404' }],
  ['no answer', 'timeout', { result: 'unknown', error: new ChartImagesError('timeout', 'No answer.', { advice: '' }) }],
] as const)('a target that has %s under the tag afterwards has not got the image', async (_, code, answer) => {
  const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
  const lying: Registry = { ...target, headManifest: async () => answer };
  const outcomes = await copy({
    registries: [source, lying],
    copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual([`failed ${code}`]);
});

test('a schema 1 image is refused and nothing is moved', async () => {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 1, fsLayers: [] }));
  const old = {
    digest: digestOf(bytes),
    mediaType: mediaTypes.dockerSchema1Signed,
    bytes,
    platform: undefined,
    blobs: [],
    children: [],
  };
  const [source, target] = [sourceWith({ a: old }), memoryRegistry('t.io')];
  const outcomes = await copy({
    registries: [source, target],
    copies: [{ image: old, from: 's.io/a', to: 't.io/a:1' }],
  });
  expect(results(outcomes)).toEqual(['failed manifest-unsupported']);
  expect(target.calls).toEqual([]);
});

describe('an interrupted copy', () => {
  /** A source whose blobs send one piece and then nothing more; `stalled` resolves when so many of them wait. */
  function stallingSource(source: MemoryRegistry, wanted: number) {
    const streams: PassThrough[] = [];
    let tell = () => {};
    const stalled = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const registry: Registry = {
      ...source,
      async getBlob() {
        const stream = new PassThrough();
        stream.write(Buffer.from('x'));
        streams.push(stream);
        if (streams.length === wanted) tell();
        return stream;
      },
    };
    return { registry, streams, stalled };
  }

  test('ends although no byte comes any more, closes what it read, tags nothing and starts nothing new', async () => {
    const source = sourceWith({ a: one, b: two, c: arm });
    const target = memoryRegistry('t.io');
    const { registry, streams, stalled } = stallingSource(source, 2);
    const controller = new AbortController();
    const running = copy({
      registries: [registry, target],
      copies: [
        { image: one, from: 's.io/a', to: 't.io/a:1' },
        { image: two, from: 's.io/b', to: 't.io/b:1' },
        { image: arm, from: 's.io/c', to: 't.io/c:1' },
      ],
      concurrency: 2,
      signal: controller.signal,
    });
    await stalled;
    controller.abort();
    const outcomes = await running;
    const calls = [source.calls.length, target.calls.length];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(results(outcomes)).toEqual(Array(3).fill('failed cancelled'));
    expect(tags(target)).toEqual([]);
    expect(streams.map((stream) => stream.destroyed)).toEqual([true, true]);
    expect([source.calls.length, target.calls.length]).toEqual(calls);
    expect(copyFailures(outcomes)).toEqual([]);
  });

  test('ends although a registry never answers', async () => {
    const source = sourceWith({ a: one });
    const silent: Registry = { ...source, getManifest: () => new Promise(() => {}) };
    const controller = new AbortController();
    const running = copy({
      registries: [silent, memoryRegistry('t.io')],
      copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
      signal: controller.signal,
    });
    setImmediate(() => controller.abort());
    expect(results(await running)).toEqual(['failed cancelled']);
  });

  test('copies nothing when the run was interrupted before', async () => {
    const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
    const outcomes = await copy({
      registries: [source, target],
      copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
      signal: AbortSignal.abort(),
    });
    expect(results(outcomes)).toEqual(['failed cancelled']);
    expect([...source.calls, ...target.calls]).toEqual([]);
  });

  test('keeps what was finished before', async () => {
    const source = sourceWith({ a: one, b: two });
    const target = memoryRegistry('t.io');
    const controller = new AbortController();
    const outcomes = await copy({
      registries: [source, target],
      copies: [
        { image: one, from: 's.io/a', to: 't.io/a:1' },
        { image: two, from: 's.io/b', to: 't.io/b:1' },
      ],
      concurrency: 1,
      signal: controller.signal,
      onOutcome: () => controller.abort(),
    });
    expect(results(outcomes)).toEqual(['copied', 'failed cancelled']);
    expect(tags(target)).toEqual(['a:1']);
  });
});

test('a failed copy is a finding that names the image, where it should go, why and what to do', async () => {
  const outcomes = await copy({
    registries: [memoryRegistry('s.io'), memoryRegistry('t.io')],
    copies: [{ image: one, from: 's.io/a:1', to: 't.io/a:1' }],
  });
  expect(copyFailures(outcomes)).toEqual([
    {
      code: 'copy-failed',
      severity: 'error',
      image: 's.io/a:1',
      message: `s.io/a:1, used in demo/templates/app.yaml (Deployment app), was not copied to t.io/a:1: s.io/a@${one.digest} is not there.`,
      advice: 'Push it.',
    },
  ]);
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
      const arrival = await target.putBlob(repository, blob, content, from);
      running -= 1;
      return arrival;
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
