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
  ['denies lists of tags', 'denied'],
  ['has more tags than can be listed', 'registry-answer'],
] as const)('a signature is found in a registry that %s', async (_, code) => {
  const memory = memoryRegistry('r.io');
  memory.add('a', `${fallbackTag(image.digest)}.sig`, part);
  const registry: Registry = { ...memory, listTags: refuse(code) };
  const { tags } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(tags).toEqual([`${fallbackTag(image.digest)}.sig`]);
});

test('a signature whose tag cannot be listed or checked is reported instead of counting as missing', async () => {
  const error = new ChartImagesError('timeout', 'No answer.', { advice: '' });
  const registry: Registry = {
    ...memoryRegistry('r.io'),
    listTags: refuse('denied'),
    headManifest: async () => ({ result: 'unknown', error }),
  };
  const { failures } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  const names = ['', '.sig', '.att', '.sbom'].map((suffix) => `${fallbackTag(image.digest)}${suffix}`);
  expect(failures).toEqual(names.map((name) => ({ name, error })));
});

test('a registry that lists its tags gets no request per tag', async () => {
  const registry = memoryRegistry('r.io');
  registry.add('a', '1', image);
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

test('the referrers tag of a sha512 digest has the first 64 characters of its hash', () => {
  const [algorithm, hash] = ['sha512', 'a'.repeat(128)];
  // OCI distribution-spec, "Referrers Tag Schema": 64 characters of the hash.
  expect(fallbackTag(`${algorithm}:${hash}` as typeof image.digest)).toBe(`sha512-${'a'.repeat(64)}`);
});

test.each([
  ['is broken', '{'],
  ['names something by no digest', '{"manifests":[{"digest":"x"}]}'],
])('a list of signatures that %s is reported, and does not count as empty', async (_, text) => {
  const memory = memoryRegistry('r.io');
  memory.add('a', fallbackTag(image.digest), { ...part, mediaType: mediaTypes.ociIndex, bytes: Buffer.from(text) });
  const { failures } = await createAttachmentFinder().find({ registry: memory, repository: 'a' }, image.digest);
  const message = expect.stringContaining(`r.io/a:${fallbackTag(image.digest)}`);
  expect(failures).toMatchObject([{ error: { code: 'registry-answer', message } }]);
});

test('referrers under the fallback tag are found although the referrers API fails', async () => {
  const memory = memoryRegistry('r.io');
  const bytes = Buffer.from(JSON.stringify({ manifests: [{ digest: part.digest, size: 1 }] }));
  memory.add('a', fallbackTag(image.digest), { ...part, mediaType: mediaTypes.ociIndex, bytes });
  const registry: Registry = { ...memory, listReferrers: refuse('registry-answer') };
  const { referrers, failures } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(referrers.map(({ digest }) => digest)).toEqual([part.digest]);
  expect(failures).toHaveLength(1);
});

test('an image that has such a tag by chance lists nothing', async () => {
  const memory = memoryRegistry('r.io');
  memory.add('a', fallbackTag(image.digest), part);
  const { referrers } = await createAttachmentFinder().find({ registry: memory, repository: 'a' }, image.digest);
  expect(referrers).toEqual([]);
});

test.each([50, 100, 1000])(
  'a signature is found in a registry that cuts its list after %i tags without a link to the rest',
  async (count) => {
    const memory = memoryRegistry('r.io');
    memory.add('a', `${fallbackTag(image.digest)}.sig`, part);
    const registry: Registry = {
      ...memory,
      listTags: async () => Array.from({ length: count }, (_, index) => `1.0.${index}`),
    };
    const { tags } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
    expect(tags).toEqual([`${fallbackTag(image.digest)}.sig`]);
  },
);

test('a referrers list that is refused in one repository is reported, and the lists of the others are read', async () => {
  const memory = memoryRegistry('r.io');
  const registry: Registry = {
    ...memory,
    listReferrers: async (repository) => {
      if (repository === 'a') throw new ChartImagesError('denied', 'r.io returned 403.', { advice: '' });
      return [{ digest: part.digest, descriptor: {} }];
    },
  };
  const finder = createAttachmentFinder();
  const refused = await finder.find({ registry, repository: 'a' }, image.digest);
  const listed = await finder.find({ registry, repository: 'b' }, image.digest);
  expect(listed.referrers.map(({ digest }) => digest)).toEqual([part.digest]);
  expect(refused.failures.map(({ name, counts }) => [name, counts?.()])).toEqual([
    [`the referrers of ${image.digest}`, true],
  ]);
});

test('a referrers list that is refused for one image is asked for the next image of the repository', async () => {
  const registry: Registry = { ...memoryRegistry('r.io'), listReferrers: refuse('denied') };
  const finder = createAttachmentFinder();
  for (const { digest } of [image, second]) {
    const { failures } = await finder.find({ registry, repository: 'a' }, digest);
    expect(failures).toMatchObject([{ name: `the referrers of ${digest}` }]);
  }
});

test('a refused referrers list does not count in a registry that lists referrers nowhere', async () => {
  const registry: Registry = { ...memoryRegistry('r.io'), listReferrers: refuse('denied') };
  const { failures } = await createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  expect(failures.map(({ counts }) => counts?.())).toEqual([false]);
});

test.each([1, 10])(
  'the referrers of a repository are found after %i repositories of its host without the referrers API',
  async (count) => {
    const registry: Registry = {
      ...memoryRegistry('r.io'),
      listReferrers: async (repository) =>
        repository === 'local' ? [{ digest: part.digest, descriptor: {} }] : undefined,
    };
    const finder = createAttachmentFinder();
    for (let at = 0; at < count; at += 1) await finder.find({ registry, repository: `remote-${at}` }, image.digest);
    const { referrers } = await finder.find({ registry, repository: 'local' }, image.digest);
    expect(referrers.map(({ digest }) => digest)).toEqual([part.digest]);
  },
);

test('an internal error while tags are listed ends the run', async () => {
  const registry: Registry = {
    ...memoryRegistry('r.io'),
    listTags: async () => {
      throw new ChartImagesError('internal', 'A bug.', { advice: '' });
    },
  };
  const finding = createAttachmentFinder().find({ registry, repository: 'a' }, image.digest);
  await expect(finding).rejects.toMatchObject({ code: 'internal' });
});
