/** Where signatures are looked for in registries that list little or nothing. */
import { expect, test } from 'vitest';
import { ChartImagesError, cancelledError } from '../../../src/core/errors.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { createAttachmentFinder, fallbackTag } from '../../../src/mirror/copy/attachments.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { callsOf } from '../../support/copying.ts';
import { makeImage } from '../../support/images.ts';
import { memoryRegistry } from '../../support/memory-registry.ts';

const [image, second, part] = await Promise.all(['image', 'second', 'part'].map((seed) => makeImage({ seed })));
if (!image || !second || !part) throw new Error('three images were made');

const refuse = (code: 'denied' | 'registry-answer') => async () => {
  throw new ChartImagesError(code, 'No list.', { advice: '' });
};

test('signatures, attestations and SBOMs are found by the tags that cosign gives them', async () => {
  const registry = memoryRegistry('r.io');
  for (const suffix of ['sig', 'att', 'sbom', 'other'])
    registry.add('a', `${fallbackTag(image.digest)}.${suffix}`, part);
  registry.add('a', `${fallbackTag(second.digest)}.sig`, part);
  const { tags } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(tags).toEqual(['sig', 'att', 'sbom'].map((suffix) => `${fallbackTag(image.digest)}.${suffix}`));
});

test.each([
  ['lets nobody list tags', 'denied'],
  ['has more tags than can be listed', 'registry-answer'],
] as const)('a signature is found in a registry that %s', async (_, code) => {
  const memory = memoryRegistry('r.io');
  memory.add('a', `${fallbackTag(image.digest)}.sig`, part);
  const registry: Registry = { ...memory, listTags: refuse(code) };
  const { tags } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(tags).toEqual([`${fallbackTag(image.digest)}.sig`]);
});

test('a signature whose tag cannot be listed or checked fails instead of counting as missing', async () => {
  const error = new ChartImagesError('timeout', 'No answer.', { advice: '' });
  const registry: Registry = {
    ...memoryRegistry('r.io'),
    listTags: refuse('denied'),
    headManifest: async () => ({ result: 'unknown', error }),
  };
  const finding = createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  await expect(finding).rejects.toBe(error);
});

test('a registry that lists its tags gets no request per tag', async () => {
  const registry = memoryRegistry('r.io');
  await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(callsOf(registry, 'headManifest')).toEqual([]);
});

test('all pages of tags are read, because the last one may have the signature', async () => {
  const asked: unknown[] = [];
  const registry: Registry = {
    ...memoryRegistry('r.io'),
    listTags: async (...given) => {
      asked.push(given);
      return [];
    },
  };
  await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(asked).toEqual([['a', 'all']]);
});

test('the tags of a repository are listed once for all of its images, and those of another are its own', async () => {
  let lists = 0;
  const memory = memoryRegistry('r.io');
  memory.add('b', `${fallbackTag(image.digest)}.sig`, part);
  const registry: Registry = {
    ...memory,
    listTags: async (repository) => {
      lists += 1;
      return memory.listTags(repository);
    },
  };
  const finder = createAttachmentFinder();
  const found = await Promise.all([
    finder.find({ registry, repository: 'a' }, image.digest),
    finder.find({ registry, repository: 'a' }, second.digest),
    finder.find({ registry, repository: 'b' }, image.digest),
  ]);
  expect(found.map(({ tags }) => tags.length)).toEqual([0, 0, 1]);
  expect(lists).toBe(2);
});

test('the referrers API of a registry without it is tried once, and fallback tags are read instead', async () => {
  const memory = memoryRegistry('r.io');
  const bytes = Buffer.from(JSON.stringify({ manifests: [{ digest: part.digest, size: 1 }] }));
  for (const { digest } of [image, second])
    memory.add('a', fallbackTag(digest), { ...part, mediaType: mediaTypes.ociIndex, bytes });
  let asked = 0;
  const registry: Registry = {
    ...memory,
    listReferrers: async () => {
      asked += 1;
      return undefined;
    },
  };
  const finder = createAttachmentFinder();
  for (const { digest } of [image, second]) {
    const { referrers } = await finder.find({ registry, repository: 'a' }, digest);
    expect(referrers).toEqual([{ digest: part.digest, descriptor: { digest: part.digest, size: 1 } }]);
  }
  expect(asked).toBe(1);
});

test('a registry that lists referrers has its word, and no fallback tag is read beside it', async () => {
  const memory = memoryRegistry('r.io');
  memory.add('a', fallbackTag(image.digest), part);
  const registry: Registry = { ...memory, listReferrers: async () => [] };
  const { referrers } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(referrers).toEqual([]);
  expect(callsOf(memory, 'getManifest')).toEqual([]);
});

test('an interrupted run does not look for signatures one by one', async () => {
  const memory = memoryRegistry('r.io');
  const registry: Registry = {
    ...memory,
    listReferrers: async () => [],
    listTags: async () => {
      throw cancelledError();
    },
  };
  const finding = createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  await expect(finding).rejects.toMatchObject({ code: 'cancelled' });
  expect(memory.calls).toEqual([]);
});

test('the tag for a digest of another algorithm is no longer than a tag may be', () => {
  const [algorithm, hash] = ['sha512', 'a'.repeat(128)];
  expect(fallbackTag(`${algorithm}:${hash}` as typeof image.digest)).toBe(`${algorithm}-${hash}`.slice(0, 128));
});

test.each([
  ['is broken', '{'],
  ['names something by no digest', '{"manifests":[{"digest":"x"}]}'],
])('a list of signatures that %s is told, and not taken for an empty one', async (_, text) => {
  const memory = memoryRegistry('r.io');
  memory.add('a', fallbackTag(image.digest), { ...part, mediaType: mediaTypes.ociIndex, bytes: Buffer.from(text) });
  const finding = createAttachmentFinder().find({ registry: memory, repository: 'a' }, image.digest);
  await expect(finding).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining(`r.io/a:${fallbackTag(image.digest)}`),
  });
});

test('an image that has such a tag by chance lists nothing', async () => {
  const memory = memoryRegistry('r.io');
  memory.add('a', fallbackTag(image.digest), part);
  const { referrers } = await createAttachmentFinder().find({ registry: memory, repository: 'a' }, image.digest);
  expect(referrers).toEqual([]);
});
