/** Sources that send wrong content, and targets that refuse it or tell lies: what is tagged is whole all the same. */
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { copyFailures } from '../../../src/mirror/copy/copy-summary.ts';
import type {
  BlobContent,
  BlobPushResult,
  Descriptor,
  Manifest,
  Registry,
} from '../../../src/registry/client/registry.ts';
import { arm, copy, index, one, results, sizeOf, sourceWith, tags, two } from '../../support/copying.ts';
import { type MemoryRegistry, memoryRegistry } from '../../support/memory-registry.ts';

describe('nothing is tagged, and the other image arrives, when', () => {
  const layer = one.blobs.at(-1)?.digest;
  const wrong = (bytes: Uint8Array) => Buffer.from(bytes).fill(0, 0, 1);

  const gone = (what: string): never => {
    throw new ChartImagesError('not-found', `The ${what} is gone.`, { advice: '' });
  };
  const refuse = (code: 'denied' | 'throttled') => (): never => {
    throw new ChartImagesError(code, 'Refused.', { advice: '' });
  };
  /** The source, but for the layer of image `a`. */
  const reading = (layerOf: (whole: Readable) => Promise<Readable> | Readable) => (source: MemoryRegistry) => ({
    source: {
      ...source,
      async getBlob(repository: string, blob: Descriptor) {
        const whole = await source.getBlob(repository, blob);
        return blob.digest === layer ? layerOf(whole) : whole;
      },
    },
  });
  /** The source, but for the manifest of image `a`. */
  const manifest = (changed: (whole: Manifest) => Manifest) => (source: MemoryRegistry) => ({
    source: {
      ...source,
      async getManifest(repository: string, key: string) {
        const whole = await source.getManifest(repository, key);
        return key === one.digest ? changed(whole) : whole;
      },
    },
  });
  /** The target, but for what it does when the layer of image `a` is put. */
  const putting = (answer: () => BlobPushResult) => (_: MemoryRegistry, target: MemoryRegistry) => ({
    target: {
      ...target,
      async putBlob(repository: string, blob: Descriptor, content: BlobContent) {
        return blob.digest === layer ? answer() : target.putBlob(repository, blob, content);
      },
    },
  });
  const half = (): Readable => {
    const stream = new PassThrough();
    stream.write(Buffer.from('half of it'));
    setImmediate(() => stream.destroy(new Error('read ECONNRESET')));
    return stream;
  };
  type Broken = { readonly source?: Registry; readonly target?: Registry };

  /** Each row changes the source or the target of image `a`; `b` is copied beside it. */
  const faults: readonly (readonly [string, string, (source: MemoryRegistry, target: MemoryRegistry) => Broken])[] = [
    [
      'a blob has wrong bytes',
      'digest-mismatch',
      reading(async (whole) => Readable.from([wrong(await buffer(whole))])),
    ],
    ['a blob is cut off', 'network', reading(half)],
    ['a blob has vanished from the source', 'not-found', reading(() => gone('blob'))],
    ['the target refuses a blob without reading it', 'denied', putting(refuse('denied'))],
    ['the target says it took a blob and did not read it', 'registry-answer', putting(() => 'uploaded')],
    ['the target lies about a blob that it does not have', 'registry-answer', putting(() => 'exists')],
    ['the manifest has vanished from the source', 'not-found', manifest(() => gone('manifest'))],
    [
      'the source sends another manifest than it was asked for',
      'digest-mismatch',
      manifest((whole) => ({ ...whole, bytes: Buffer.concat([whole.bytes, Buffer.from(' ')]) })),
    ],
    ['the target cannot be asked for blobs', 'throttled', putting(refuse('throttled'))],
  ];

  test.each(faults)('%s (%s)', async (_, code, broken) => {
    const source = sourceWith({ a: one, b: two });
    const target = memoryRegistry('t.io');
    const outcomes = await copy({
      registries: Object.values({ source, target, ...broken(source, target) }),
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
    digest: computeDigest(bytes),
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
      message: `Cannot copy s.io/a:1 (used in demo/templates/app.yaml (Deployment app)) to t.io/a:1: s.io/a@${one.digest} is not there.`,
      advice: 'Push it.',
    },
  ]);
});
