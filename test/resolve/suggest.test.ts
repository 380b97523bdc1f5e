import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/core/errors.ts';
import type { Registries, Registry } from '../../src/registry/client/registry.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { loopbackRegistries } from '../support/loopback-registries.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';
import { untraced } from '../support/path-rules.ts';

const image = await makeImage();
const gone = `sha256:${'0'.repeat(64)}`;

/** The advice of the only finding. */
async function adviceFor(text: string, sources: readonly string[], registries: Registries): Promise<string> {
  const options = { concurrency: 4, pathRule: untraced };
  const { findings } = await resolveImages([discovered(text)], sourcesOf(...sources), registries, options);
  expect(findings.map(({ code }) => code)).toEqual(['absent']);
  return findings[0]?.advice ?? '';
}

function holding(host: string, ...names: readonly string[]): MemoryRegistry {
  const registry = memoryRegistry(host);
  for (const name of names) registry.add(...split(name), image);
  return registry;
}

function split(name: string): [repository: string, tag: string] {
  const [repository = '', tag = ''] = name.split(':');
  return [repository, tag];
}

describe('the advice for a wrong name', () => {
  test.each<[string, string, readonly string[], readonly MemoryRegistry[], string]>([
    [
      'which namespace of the source has the image',
      'repository/test-release/contoso-test:1.0.0',
      ['r.io'],
      [holding('r.io', 'test/test-release/contoso-test:1.0.0', 'release/contoso-a:1.0.0')],
      'r.io/test/test-release/contoso-test:1.0.0 exists: if you mean that image, add r.io/test to image-sources.',
    ],
    [
      'that the source keeps the image below the name of its registry',
      'quay.io/org/app:1',
      ['r.io'],
      [holding('r.io', 'quay.io/org/app:1')],
      'r.io/quay.io/org/app:1 exists: if you mean that image, add r.io/quay.io to image-sources.',
    ],
    [
      'that what was read as a registry is a namespace',
      'team.core/app:1',
      ['r.io/mirror'],
      [holding('r.io', 'mirror/team.core/app:1')],
      'r.io/mirror/team.core/app:1 exists: if you mean that image, add r.io/mirror/team.core to image-sources.',
    ],
    [
      'that what was read as a namespace is the short name of a registry',
      'myregistry/app:1',
      ['myregistry.azurecr.io/mirror'],
      [holding('myregistry.azurecr.io', 'app:1')],
      'myregistry.azurecr.io/app:1 exists: if you mean that image, write myregistry.azurecr.io/app:1 in the chart.',
    ],
    [
      'that the image is outside of the namespace of the source',
      'quay.io/org/app:1',
      ['r.io/mirror'],
      [holding('r.io', 'org/app:1')],
      'r.io/org/app:1 exists: if you mean that image, write r.io/org/app:1 in the chart.',
    ],
    [
      'another repository with the same last name',
      'core/app:1',
      ['r.io'],
      [holding('r.io', 'edge/app:1')],
      'r.io/edge/app:1 exists: if you mean that image, add r.io/edge to image-sources.',
    ],
    [
      'the nearest tags of the repository',
      'core/app:1.2.3',
      ['r.io'],
      [holding('r.io', 'core/app:1.2.4', 'core/app:1.4.0', 'core/app:0.9.0', 'core/app:latest')],
      'r.io/core/app has 1.2.4, 1.4.0 and 0.9.0: fix the tag, or push it.',
    ],
    [
      'that the repository has only other tags',
      'core/app:main',
      ['r.io'],
      [holding('r.io', ...['1', '2', '3', '4'].map((tag) => `core/app:${tag}`))],
      'r.io/core/app has 4 other tags: fix the tag, or push it.',
    ],
    [
      'that the tag is there for single architectures',
      'core/app:1.2.3',
      ['r.io'],
      [holding('r.io', 'core/app:1.2.3-amd64', 'core/app:arm64-1.2.3', 'core/app:1.2.2')],
      'r.io/core/app has 1.2.3-amd64 and arm64-1.2.3, each for one architecture: push an index of them as 1.2.3, or use one of them.',
    ],
    [
      'what the tag beside a wrong digest stands for now',
      `core/app:1@${gone}`,
      ['r.io'],
      [holding('r.io', 'core/app:1')],
      `r.io/core/app:1 is now ${image.digest}: fix the digest, or push the missing content.`,
    ],
    [
      'that the repository is there without a digest',
      `core/app@${gone}`,
      ['r.io'],
      [holding('r.io', 'core/app:1')],
      'r.io/core/app exists without that digest: fix the digest, or push the missing content.',
    ],
    [
      'everything that can be done where nothing is alike',
      'core/app:1',
      ['r.io'],
      [holding('r.io', 'other:1')],
      'Fix the reference in the chart, push the image to one of these repositories, add its registry and namespace to image-sources, or set credentials with access to it.',
    ],
  ])('%s', async (_, text, sources, registries, advice) => {
    expect(await adviceFor(text, sources, memoryRegistries(...registries))).toBe(advice);
  });

  test('the registry that other images of the chart name in full', async () => {
    const registries = memoryRegistries(memoryRegistry('docker.io'), holding('quay.io', 'org/app:1', 'org/tool:1'));
    const images = ['quay/org/app:1', 'quay.io/org/tool:1'].map((text) => discovered(text));
    const { findings } = await resolveImages(images, sourcesOf('upstream'), registries, { concurrency: 4 });
    expect(findings.map(({ advice }) => advice)).toEqual([
      'quay.io/org/app:1 exists: if you mean that image, write quay.io/org/app:1 in the chart.',
    ]);
  });
});

describe('what is wrong of a reference is', () => {
  async function partOf(text: string, sources: readonly string[], ...registries: readonly Registry[]) {
    const options = { concurrency: 4 };
    const asked = memoryRegistries(...registries);
    const { findings } = await resolveImages([discovered(text)], sourcesOf(...sources), asked, options);
    return findings.map(({ part }) => part);
  }

  test.each<[string, string, readonly string[], readonly Registry[], string | undefined]>([
    ['its tag where the repository has others', 'core/app:1', ['r.io'], [holding('r.io', 'core/app:2')], 'tag'],
    [
      'its digest where the tag stands for another',
      `core/app:1@${gone}`,
      ['r.io'],
      [holding('r.io', 'core/app:1')],
      'digest',
    ],
    [
      'its digest where the repository has others',
      `core/app@${gone}`,
      ['r.io'],
      [holding('r.io', 'core/app:2')],
      'digest',
    ],
    [
      'its name where no repository has the digest',
      `r.io/core/app@${gone}`,
      ['upstream'],
      [holding('r.io', 'x:1')],
      'repository',
    ],
    ['its namespace where another has the image', 'core/app:1', ['r.io'], [holding('r.io', 'edge/app:1')], 'namespace'],
    [
      'its namespace where the registry that it names has the image in another',
      'r.io/core/app:1',
      ['upstream'],
      [holding('r.io', 'edge/app:1')],
      'namespace',
    ],
    ['its name where no repository is there', 'r.io/core/app:1', ['upstream'], [holding('r.io', 'x:1')], 'repository'],
    [
      'its registry where that was meant as a namespace',
      'q.io/a:1',
      ['r.io'],
      [holding('r.io', 'q.io/a:1')],
      'registry',
    ],
    ['its registry where that cannot be asked', 'q.io/core/app:1', ['upstream'], [silent('q.io')], 'registry'],
    ['unknown where a source cannot be asked', 'q.io/core/app:1', ['r.io'], [silent('r.io')], undefined],
    ['unknown where a registry does not list', 'core/app:1', ['r.io'], [listless('r.io')], undefined],
  ])('%s', async (_, text, sources, registries, part) => {
    expect(await partOf(text, sources, ...registries)).toEqual([part]);
  });
});

describe('advice costs', () => {
  test('nothing when everything is found', async () => {
    const registry = holding('r.io', 'app:1');
    const closed: Registry = { ...registry, listTags: unexpected, listRepositories: unexpected };
    const images = [discovered('app:1')];
    const { findings } = await resolveImages(images, sourcesOf('r.io'), memoryRegistries(closed), { concurrency: 4 });
    expect(findings).toEqual([]);
  });

  test('a bounded number of requests, however many images are absent and however many places are alike', async () => {
    const registry = holding('r.io', ...Array.from({ length: 50 }, (_, index) => `n${index}/app:other`));
    let lists = 0;
    const counting: Registry = {
      ...registry,
      listTags: async (repository) => {
        lists += 1;
        return registry.listTags(repository);
      },
      listRepositories: async () => {
        lists += 1;
        return registry.listRepositories();
      },
    };
    const images = Array.from({ length: 100 }, (_, index) => discovered(`core/app:${index}`));
    await resolveImages(images, sourcesOf('r.io'), memoryRegistries(counting), { concurrency: 4 });
    // Two forms of the path for each image, then for 20 of them two lists of tags and four other places; one catalog.
    expect(registry.calls.length).toBeLessThanOrEqual(100 * 2 + 20 * 4);
    expect(lists).toBeLessThanOrEqual(1 + 20 * 2);
  });

  test('no error where a registry does not list what it has', async () => {
    const error = new ChartImagesError('denied', 'r.io answers 403.', { advice: 'Ask.' });
    const refuse = () => Promise.reject(error);
    const registry: Registry = { ...memoryRegistry('r.io'), listTags: refuse, listRepositories: refuse };
    expect(await adviceFor('app:1', ['r.io'], memoryRegistries(registry))).toContain('Fix the reference');
  });

  test('and an interrupted run stops it', async () => {
    const cancelled = new ChartImagesError('cancelled', 'The run was interrupted.', { advice: '' });
    const registry: Registry = { ...memoryRegistry('r.io'), listRepositories: () => Promise.reject(cancelled) };
    await expect(adviceFor('app:1', ['r.io'], memoryRegistries(registry))).rejects.toBe(cancelled);
  });
});

/** Nobody is there. */
function silent(host: string): Registry {
  const error = new ChartImagesError('network', `${host} could not be reached.`, { advice: 'Check the name.' });
  return { ...memoryRegistry(host), headManifest: async () => ({ result: 'unknown', error }) };
}

/** Has nothing, and tells nobody what it has. */
function listless(host: string): Registry {
  const error = new ChartImagesError('denied', `${host} answers 403.`, { advice: 'Ask.' });
  const refuse = () => Promise.reject(error);
  return { ...memoryRegistry(host), listTags: refuse, listRepositories: refuse };
}

function unexpected(): Promise<never> {
  throw new Error('this was not to be asked');
}

describe('a real registry', () => {
  let registry: Distribution;
  beforeAll(async () => {
    registry = await startDistribution();
    await pushImage(registry.url, 'test/release/app', '1.0.0', image);
    await pushImage(registry.url, 'release/tool', '2.0.0', image);
  });
  afterAll(() => registry?.stop());

  test.each([
    [
      'repository/release/app:1.0.0',
      (host: string) => `${host}/test/release/app:1.0.0 exists: if you mean that image, add ${host}/test to`,
    ],
    ['repository/release/tool:2.0.1', (host: string) => `${host}/release/tool has 2.0.0: fix the tag`],
    [
      `repository/release/tool:2.0.0@${gone}`,
      (host: string) => `${host}/release/tool:2.0.0 is now ${image.digest}: fix the digest`,
    ],
  ])('tells where %s is, or what there is in its place', async (text, expected) => {
    const registries = await loopbackRegistries();
    try {
      expect(await adviceFor(text, [registry.host], registries)).toContain(expected(registry.host));
    } finally {
      await registries.close();
    }
  });
});
