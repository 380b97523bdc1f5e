/** What the advice for an absent image costs, and what it never says of registries that list nothing. */
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../src/core/errors.ts';
import { notFoundReason, type Registry } from '../../src/registry/client/registry.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { makeImage } from '../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';
import { untraced } from '../support/path-rules.ts';

const image = await makeImage();
const gone = `sha256:${'0'.repeat(64)}`;

interface Listed {
  readonly registry: Registry;
  readonly held: MemoryRegistry;
  /** `tags core/app` and `catalog`, in order. */
  readonly lists: readonly string[];
}

/** A registry with these names, which keeps what lists it was asked for. */
function listing(host: string, ...names: readonly string[]): Listed {
  const held = memoryRegistry(host);
  for (const name of names) {
    const [repository = '', tag = ''] = name.split(':');
    held.add(repository, tag, image);
  }
  const lists: string[] = [];
  const registry: Registry = {
    ...held,
    listTags: async (repository) => {
      lists.push(`tags ${repository}`);
      return held.listTags(repository);
    },
    listRepositories: async () => {
      lists.push('catalog');
      return held.listRepositories();
    },
  };
  return { registry, held, lists };
}

async function adviceFor(
  texts: readonly string[],
  registries: readonly Registry[],
  sources = registries.map(({ host }) => host),
  isAosm = false,
) {
  const options = { concurrency: 4, ...(isAosm ? { pathRule: untraced } : {}) };
  const images = texts.map((text) => discovered(text));
  const { findings } = await resolveImages(images, sourcesOf(...sources), memoryRegistries(...registries), options);
  return findings.map(({ advice, part }) => ({ advice, part }));
}

test('a chart without a tag gets the tags that are nearest to latest as advice', async () => {
  const { registry } = listing('r.io', 'core/app:latest-1', 'core/app:2');
  expect(await adviceFor(['core/app'], [registry])).toEqual([
    { advice: 'r.io/core/app has latest-1: fix the tag, or push it.', part: 'tag' },
  ]);
});

test('the catalog of a registry is read once for all images, and that of Docker Hub never, because it has none', async () => {
  const [hub, own] = [listing('docker.io'), listing('r.io', 'edge/app:1', 'edge/tool:1')];
  const advice = await adviceFor(['core/app:1', 'core/tool:1'], [hub.registry, own.registry], ['upstream', 'r.io']);
  expect(advice.map(({ part }) => part)).toEqual(['namespace', 'namespace']);
  expect(own.lists.filter((list) => list === 'catalog')).toHaveLength(1);
  expect(hub.lists.filter((list) => list === 'catalog')).toEqual([]);
});

test('the tags of a repository are asked for only where no other repository has the image', async () => {
  const { registry, lists } = listing('r.io', 'edge/app:1', 'core/app:2');
  expect((await adviceFor(['core/app:1'], [registry]))[0]?.part).toBe('namespace');
  expect(lists).toEqual(['catalog']);
});

test('the tags of the first source that has the repository are shown, and the later ones are not asked', async () => {
  const [none, first, second] = [listing('a.io'), listing('b.io', 'core/app:2'), listing('c.io', 'core/app:3')];
  const registries = [none.registry, first.registry, second.registry];
  expect(await adviceFor(['core/app:1'], registries)).toEqual([
    { advice: 'b.io/core/app has 2: fix the tag, or push it.', part: 'tag' },
  ]);
  expect([none, first, second].map(({ lists }) => lists.filter((list) => list !== 'catalog'))).toEqual([
    ['tags core/app'],
    ['tags core/app'],
    [],
  ]);
});

test('of five sources the tags of four are listed, and then nobody can say that the name is wrong', async () => {
  const sources = ['a.io', 'b.io', 'c.io', 'd.io', 'e.io'].map((host) => listing(host));
  const [advice] = await adviceFor(
    ['core/app:1'],
    sources.map(({ registry }) => registry),
  );
  expect(advice?.part).toBeUndefined();
  expect(sources.map(({ lists }) => lists.includes('tags core/app'))).toEqual([true, true, true, true, false]);
  const four = sources.slice(0, 4).map(({ registry }) => registry);
  expect((await adviceFor(['core/app:1'], four))[0]?.part).toBe('repository');
});

test('a registry that hides what it has is not asked for tags, and the name is not called wrong', async () => {
  const { registry, lists } = listing('r.io');
  const hiding: Registry = {
    ...registry,
    headManifest: async () => ({ result: 'absent', reason: 'absent, or not visible to these credentials' }),
  };
  expect((await adviceFor(['core/app:1'], [hiding]))[0]?.part).toBeUndefined();
  expect(lists).toEqual(['catalog']);
  expect(notFoundReason).toBe('not found');
});

test('a repository that is not there has no tags, and one whose tags are refused may have some', async () => {
  const answering = (code: 'not-found' | 'denied'): Registry => ({
    ...memoryRegistry('r.io'),
    listTags: () => Promise.reject(new ChartImagesError(code, 'No.', { advice: '' })),
  });
  expect((await adviceFor(['core/app:1'], [answering('not-found')]))[0]?.part).toBe('repository');
  expect((await adviceFor(['core/app:1'], [answering('denied')]))[0]?.part).toBeUndefined();
});

test('a source that refuses its tags does not keep the others from being looked at', async () => {
  const refused: Registry = {
    ...memoryRegistry('a.io'),
    listTags: () => Promise.reject(new ChartImagesError('denied', 'No.', { advice: '' })),
  };
  expect(await adviceFor(['core/app:1'], [refused, listing('b.io', 'core/app:2').registry])).toEqual([
    { advice: 'b.io/core/app has 2: fix the tag, or push it.', part: 'tag' },
  ]);
});

test('a digest beside a tag is compared with what the tag is now, in the first source that has the tag', async () => {
  const [first, second] = [listing('a.io', 'core/app:2'), listing('b.io', 'core/app:1')];
  expect(await adviceFor([`core/app:1@${gone}`], [first.registry, second.registry])).toEqual([
    { advice: `b.io/core/app:1 is now ${image.digest}: fix the digest, or push the missing content.`, part: 'digest' },
  ]);
  expect(first.lists.concat(second.lists).filter((list) => list.startsWith('tags'))).toEqual([]);
});

test('a digest beside a tag that is nowhere is a wrong digest of the repository', async () => {
  const { registry } = listing('a.io', 'core/app:2');
  expect(await adviceFor([`core/app:1@${gone}`], [registry])).toEqual([
    {
      advice: 'a.io/core/app exists without that digest: fix the digest, or push the missing content.',
      part: 'digest',
    },
  ]);
});

test('at most four other repositories are looked at for an image, two of them for the path without its first part', async () => {
  const sources = ['a.io', 'b.io', 'c.io'].map((host) => listing(host, 'x/core/app:2', 'y/core/app:2', 'z/core/app:2'));
  await adviceFor(
    ['core/app:1'],
    sources.map(({ registry }) => registry),
  );
  const asked = sources.flatMap(({ held }) => held.calls.map((call) => `${held.host} ${call}`));
  expect(asked.filter((call) => !call.endsWith('headManifest core/app 1'))).toEqual([
    'a.io headManifest app 1',
    'a.io headManifest x/core/app 1',
    'a.io headManifest y/core/app 1',
    'b.io headManifest app 1',
  ]);
});

test('twenty absent images get advice of their own, and the others the general one', async () => {
  const { registry, lists } = listing('r.io');
  const texts = Array.from({ length: 22 }, (_, at) => `core/app${at}:1`);
  const findings = await adviceFor(texts, [registry]);
  expect(findings.map(({ part }) => part)).toEqual([...Array(20).fill('repository'), undefined, undefined]);
  expect(lists.filter((list) => list.startsWith('tags'))).toHaveLength(20);
});

test('images that were found are not looked for again', async () => {
  const { registry, lists } = listing('r.io', 'core/app:1');
  expect(await adviceFor(['core/app:1'], [registry])).toEqual([]);
  expect(lists).toEqual([]);
});

test('a path whose both forms were looked at is not offered without its first part again', async () => {
  const { registry, held } = listing('r.io', 'other:1');
  await adviceFor(['core/app:1'], [registry], ['r.io'], true);
  expect(held.calls).toEqual(['headManifest app 1', 'headManifest core/app 1']);
});
