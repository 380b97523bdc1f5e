/** Sources that send wrong content, and targets that refuse it or tell lies: what is tagged is whole all the same. */
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/errors.ts';
import { digestOf } from '../../src/image/digest.ts';
import { mediaTypes } from '../../src/image/media-type.ts';
import { copyFailures } from '../../src/mirror/outcomes.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { arm, copy, index, one, results, sizeOf, sourceWith, tags, two } from '../support/copying.ts';
import { type MemoryRegistry, memoryRegistry } from '../support/memory-registry.ts';

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
