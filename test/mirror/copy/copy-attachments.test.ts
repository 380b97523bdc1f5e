/** Signatures and SBOMs of an image that is copied again, or whose target has some of its own. */
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { silentLog } from '../../../src/core/log.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { fallbackTag } from '../../../src/mirror/copy/attachments.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { callsOf, results, sizeOf, tags } from '../../support/copying.ts';
import { makeImage, makeIndex, type TestImage } from '../../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { planOf } from '../../support/planned.ts';

const image = await makeImage({ seed: 'image' });
const [signature, sbom, other] = await Promise.all(['signature', 'sbom', 'other'].map((seed) => makeImage({ seed })));
if (!signature || !sbom || !other) throw new Error('three images were made');

function descriptorOf({ digest, mediaType, bytes }: TestImage) {
  return { mediaType, digest, size: bytes.length };
}

function sourceOf(...parts: readonly TestImage[]): MemoryRegistry {
  const source = memoryRegistry('s.io');
  for (const part of parts) source.add('a', 'latest', part);
  return source;
}

/** The same registry, which lists these referrers. */
function listing(registry: Registry, referrers: ReadonlyMap<string, readonly TestImage[]>): Registry {
  return {
    ...registry,
    listReferrers: async (_, digest) =>
      (referrers.get(digest) ?? []).map((part) => ({ digest: part.digest, descriptor: descriptorOf(part) })),
  };
}

function copy(from: Registry, to: Registry, of = image, signal = new AbortController().signal) {
  return copyAs('all', from, to, of, signal);
}

function copyAs(
  attachments: 'all' | 'required',
  from: Registry,
  to: Registry,
  of = image,
  signal = new AbortController().signal,
) {
  return copyImages(planOf({ image: of, from: 's.io/a', to: 't.io/a:1' }), memoryRegistries(from, to), {
    attachments,
    concurrency: 4,
    log: silentLog,
    signal,
  });
}

/** Codes of what could not be copied. */
function missing(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .flatMap((outcome) => ('attachments' in outcome ? (outcome.attachments ?? []) : []))
    .map(({ error }) => error.code);
}

function listedIn(target: MemoryRegistry, subject = image): readonly string[] {
  const index = JSON.parse(String(target.bytesOf(`a:${fallbackTag(subject.digest)}`)));
  return index.manifests.map(({ digest }: { digest: string }) => digest);
}

function indexOf(...parts: readonly TestImage[]): TestImage {
  const manifests = parts.map(descriptorOf);
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  return { ...image, mediaType: mediaTypes.ociIndex, bytes, digest: computeDigest(bytes), blobs: [], children: parts };
}

test('the list of signatures in the target does not grow each time that the image is copied', async () => {
  const target = memoryRegistry('t.io');
  const from = listing(sourceOf(image, signature, sbom), new Map([[image.digest, [signature, sbom]]]));
  await copy(from, target);
  const first = target.bytesOf(`a:${fallbackTag(image.digest)}`);
  const puts = callsOf(target, 'putManifest').filter((call) => call.includes(fallbackTag(image.digest))).length;
  await copy(from, target);
  expect(listedIn(target)).toEqual([signature.digest, sbom.digest]);
  expect(target.bytesOf(`a:${fallbackTag(image.digest)}`)).toEqual(first);
  expect(callsOf(target, 'putManifest').filter((call) => call.includes(fallbackTag(image.digest)))).toHaveLength(puts);
});

test('signatures that the target lists already stay listed, and only the missing ones are added', async () => {
  const target = memoryRegistry('t.io');
  target.add('a', fallbackTag(image.digest), indexOf(other, signature));
  const from = listing(sourceOf(image, signature, sbom), new Map([[image.digest, [signature, sbom]]]));
  expect(results(await copy(from, target))).toEqual(['copied']);
  expect(listedIn(target)).toEqual([other.digest, signature.digest, sbom.digest]);
});

test('a signature that was deleted in the target is copied again although the referrers index still lists it', async () => {
  const target = memoryRegistry('t.io');
  target.add('a', fallbackTag(image.digest), { ...indexOf(signature), children: [] });
  const from = listing(sourceOf(image, signature), new Map([[image.digest, [signature]]]));
  const outcomes = await copy(from, target);
  expect([results(outcomes), missing(outcomes)]).toEqual([['copied'], []]);
  expect(callsOf(target, 'putManifest')).toContain(`putManifest a ${signature.digest}`);
  expect(listedIn(target)).toEqual([signature.digest]);
});

test('a signature that the target has and lists is not copied again', async () => {
  const target = memoryRegistry('t.io');
  target.add('a', 'signature', signature);
  target.add('a', fallbackTag(image.digest), indexOf(signature));
  const lists = new Map([[image.digest, [signature]]]);
  const from = listing(sourceOf(image, signature), lists);
  await copy(from, target);
  await copy(from, listing(target, lists));
  expect(callsOf(target, 'putManifest')).not.toContain(`putManifest a ${signature.digest}`);
});

test('a referrers index that cannot be read in the target is not overwritten without its old entries', async () => {
  const target = memoryRegistry('t.io');
  target.add('a', fallbackTag(image.digest), indexOf(other));
  const down = new ChartImagesError('timeout', 'No answer.', { advice: '' });
  const busy: Registry = {
    ...target,
    headManifest: async (repository, key) =>
      key === fallbackTag(image.digest) ? { result: 'unknown', error: down } : target.headManifest(repository, key),
  };
  const from = listing(sourceOf(image, signature), new Map([[image.digest, [signature]]]));
  const outcomes = await copy(from, busy);
  expect([results(outcomes), missing(outcomes)]).toEqual([['copied'], ['timeout']]);
  expect(listedIn(target)).toEqual([other.digest]);
});

test('the signatures arrive before the tag, so that no one pulls an image that is not signed yet', async () => {
  const target = memoryRegistry('t.io');
  const from = listing(sourceOf(image, signature), new Map([[image.digest, [signature]]]));
  await copy(from, target);
  expect(callsOf(target, 'putManifest')).toEqual([
    `putManifest a ${image.digest}`,
    `putManifest a ${signature.digest}`,
    `putManifest a ${fallbackTag(image.digest)}`,
    'putManifest a 1',
  ]);
});

test('what is attached to a platform of an index is listed at that platform', async () => {
  const arm = await makeImage({ seed: 'image', platform: 'linux/arm64' });
  const index = await makeIndex([image, arm]);
  const target = memoryRegistry('t.io');
  const from = listing(sourceOf(index, signature), new Map([[arm.digest, [signature]]]));
  expect(results(await copy(from, target, index))).toEqual(['copied']);
  expect(listedIn(target, arm)).toEqual([signature.digest]);
  expect(tags(target)).toEqual(['a:1', `a:${fallbackTag(arm.digest)}`].sort());
});

test.each([
  ['three', 4, []],
  ['four', 5, []],
  ['five', 6, ['manifest-unsupported']],
])('attachments of attachments %s deep', async (_, length, failures) => {
  const chain = await Promise.all(Array.from({ length }, (_, at) => makeImage({ seed: `chain ${at}` })));
  const [first = image] = chain;
  const next = new Map(chain.map((part, at) => [part.digest as string, chain.slice(at + 1, at + 2)]));
  const outcomes = await copy(listing(sourceOf(...chain), next), memoryRegistry('t.io'), first);
  expect([results(outcomes), missing(outcomes)]).toEqual([['copied'], failures]);
});

test('a thousand attachments are copied, and one more is refused before anything of it is', async () => {
  const many = (count: number): Registry => ({
    ...sourceOf(image, signature),
    listReferrers: async (_, digest) =>
      digest !== image.digest
        ? []
        : Array.from({ length: count }, (_, at) => ({
            // One digest for all of them would be one attachment.
            digest: computeDigest(Buffer.from(`referrer ${at}`)),
            descriptor: {},
          })),
    async getManifest(repository, key) {
      if (key === image.digest) return sourceOf(image).getManifest(repository, key);
      throw new ChartImagesError('not-found', 'It was not to be read.', { advice: '' });
    },
  });
  expect(missing(await copy(many(1001), memoryRegistry('t.io')))).toEqual(['manifest-unsupported']);
  expect(missing(await copy(many(1000), memoryRegistry('t.io')))).toEqual(Array(1000).fill('not-found'));
});

test('a signature tag that cannot be checked in the target is reported instead of being skipped', async () => {
  const source = sourceOf(image);
  source.add('a', `${fallbackTag(image.digest)}.sig`, signature);
  const target = memoryRegistry('t.io');
  const down = new ChartImagesError('timeout', 'No answer.', { advice: '' });
  const busy: Registry = {
    ...target,
    headManifest: async (repository, key) =>
      key.endsWith('.sig') ? { result: 'unknown', error: down } : target.headManifest(repository, key),
  };
  const outcomes = await copy(source, busy);
  expect([results(outcomes), missing(outcomes)]).toEqual([['copied'], ['timeout']]);
  expect(tags(target)).toEqual(['a:1']);
});

test('an image with a signature that cannot be copied fails and gets no tag if attachments are required', async () => {
  const source = sourceOf(image);
  source.add('a', `${fallbackTag(image.digest)}.sig`, signature);
  const target = memoryRegistry('t.io');
  const full: Registry = {
    ...target,
    async putManifest(repository, key, manifest) {
      if (key.endsWith('.sig')) throw new ChartImagesError('denied', 'The quota is exceeded.', { advice: '' });
      return target.putManifest(repository, key, manifest);
    },
  };
  const outcomes = await copyAs('required', source, full);
  expect(outcomes).toMatchObject([{ result: 'failed', error: { code: 'denied', message: /sig: The quota/ } }]);
  expect(tags(target)).toEqual([]);
});

test.each(['digest', 'tag'])('an interrupted run puts no signature by %s any more', async (kind) => {
  const source = sourceOf(image, signature);
  if (kind === 'tag') source.add('a', `${fallbackTag(image.digest)}.sig`, signature);
  const from = kind === 'tag' ? source : listing(source, new Map([[image.digest, [signature]]]));
  const target = memoryRegistry('t.io');
  const controller = new AbortController();
  const last = signature.blobs.map(({ digest }) => digest as string);
  let left = last.length;
  const slow: Registry = {
    ...target,
    async putBlob(repository, blob, content, mountFrom) {
      const pushResult = await target.putBlob(repository, blob, content, mountFrom);
      if (last.includes(blob.digest)) left -= 1;
      if (left === 0) controller.abort();
      return pushResult;
    },
  };
  expect(results(await copy(from, slow, image, controller.signal))).toEqual(['failed cancelled']);
  await new Promise((resolve) => setTimeout(resolve, 20));
  // Without a tag, no one pulls it.
  expect(callsOf(target, 'putManifest')).toEqual([`putManifest a ${image.digest}`]);
});

test('the reported bytes include the image and all its attachments', async () => {
  const source = sourceOf(image, signature, sbom);
  source.add('a', `${fallbackTag(image.digest)}.sig`, other);
  const from = listing(source, new Map([[image.digest, [signature, sbom]]]));
  expect(await copy(from, memoryRegistry('t.io'))).toMatchObject([
    { result: 'copied', bytes: sizeOf(image, signature, sbom, other) },
  ]);
});

test('a target with the referrers API gets no fallback tag', async () => {
  const target = memoryRegistry('t.io');
  const modern: Registry = {
    ...target,
    async putManifest(repository, key, manifest) {
      await target.putManifest(repository, key, manifest);
      return { subject: image.digest };
    },
  };
  await copy(listing(sourceOf(image, signature), new Map([[image.digest, [signature]]])), modern);
  expect(callsOf(target, 'putManifest').filter((call) => call.includes(fallbackTag(image.digest)))).toEqual([]);
  expect(tags(target)).toEqual(['a:1']);
});

test('a referrer of several manifests is copied once and listed once', async () => {
  const arm = await makeImage({ seed: 'image', platform: 'linux/arm64' });
  const index = await makeIndex([image, arm]);
  const target = memoryRegistry('t.io');
  const both = new Map([
    [image.digest, [signature]],
    [arm.digest, [signature]],
  ]);
  expect(results(await copy(listing(sourceOf(index, signature), both), target, index))).toEqual(['copied']);
  expect(callsOf(target, 'putManifest').filter((call) => call.endsWith(signature.digest))).toHaveLength(1);
});

test('an image that is listed as its own referrer is not attached to itself', async () => {
  const target = memoryRegistry('t.io');
  const from = listing(sourceOf(image, signature), new Map([[image.digest, [image, signature]]]));
  expect(results(await copy(from, target))).toEqual(['copied']);
  expect(listedIn(target)).toEqual([signature.digest]);
});

test('signatures by tag count towards the bound too', async () => {
  const source = sourceOf(image);
  source.add('a', `${fallbackTag(image.digest)}.sig`, signature);
  const from: Registry = {
    ...source,
    listReferrers: async (_, digest) =>
      digest !== image.digest
        ? []
        : Array.from({ length: 1000 }, (_, at) => ({ digest: computeDigest(Buffer.from(`${at}`)), descriptor: {} })),
  };
  expect(missing(await copy(from, memoryRegistry('t.io')))).toEqual(['manifest-unsupported']);
});

test.each([
  ['a list with an entry that cannot be read', mediaTypes.ociIndex, '{"manifests":[{"digest":"x"}]}'],
  ['an image', mediaTypes.ociManifest, '{"layers":[]}'],
])('a tag of the target that has %s is not written over', async (_, mediaType, text) => {
  const target = memoryRegistry('t.io');
  target.add('a', fallbackTag(image.digest), { ...other, mediaType, bytes: Buffer.from(text) });
  const from = listing(sourceOf(image, signature), new Map([[image.digest, [signature]]]));
  const outcomes = await copy(from, target);
  expect([results(outcomes), missing(outcomes)]).toEqual([['copied'], ['registry-answer']]);
  expect(String(target.bytesOf(`a:${fallbackTag(image.digest)}`))).toBe(text);
});

test('each of two images arrives with its own signature', async () => {
  const second = await makeImage({ seed: 'second' });
  const target = memoryRegistry('t.io');
  const lists = new Map([
    [image.digest, [signature]],
    [second.digest, [sbom]],
  ]);
  const from = listing(sourceOf(image, second, signature, sbom), lists);
  const copies = [image, second].map((part, at) => ({ image: part, from: 's.io/a', to: `t.io/a:${at}` }));
  const outcomes = await copyImages(planOf(...copies), memoryRegistries(from, target), {
    attachments: 'all',
    concurrency: 4,
    log: silentLog,
    signal: new AbortController().signal,
  });
  expect(results(outcomes)).toEqual(['copied', 'copied']);
  expect([listedIn(target, image), listedIn(target, second)]).toEqual([[signature.digest], [sbom.digest]]);
});

test('without attachments only the image is read', async () => {
  const source = sourceOf(image, signature);
  source.add('a', `${fallbackTag(image.digest)}.sig`, signature);
  const target = memoryRegistry('t.io');
  await copyImages(planOf({ image, from: 's.io/a', to: 't.io/a:1' }), memoryRegistries(source, target), {
    concurrency: 4,
    log: silentLog,
    signal: new AbortController().signal,
  });
  expect(tags(target)).toEqual(['a:1']);
});

test('a signature that the target has under the same tag already is left as it is', async () => {
  const source = sourceOf(image);
  const tag = `${fallbackTag(image.digest)}.sig`;
  source.add('a', tag, signature);
  const target = memoryRegistry('t.io');
  target.add('a', tag, other);
  expect(results(await copy(source, target))).toEqual(['copied']);
  expect(target.bytesOf(`a:${tag}`)).toEqual(Buffer.from(other.bytes));
});
