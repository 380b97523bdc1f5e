/** What a run says of platforms when many images lack one, when sources differ, and when a registry is silent. */
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ChartImagesError, cancelledError } from '../../src/core/errors.ts';
import { computeDigest, type Digest } from '../../src/core/oci/digest.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import type { Registry } from '../../src/registry/client/registry.ts';
import { checkPlatforms } from '../../src/resolve/check-platforms.ts';
import { listPlatforms, matchesPlatform } from '../../src/resolve/image-platforms.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { makeImage, makeIndex } from '../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';

const amd64 = await makeImage({ seed: 'p', platform: 'linux/amd64' });
const arm64 = await makeImage({ seed: 'p', platform: 'linux/arm64' });
const s390x = await makeImage({ seed: 'p', platform: 'linux/s390x' });
const both = await makeIndex([amd64, arm64]);
const general = 'Use an image that is built for all of the platforms, or remove the platform from the input platforms.';

interface Setting {
  readonly wanted?: readonly string[];
  readonly sources?: readonly string[];
}

async function check(
  texts: readonly string[],
  registries: readonly Registry[],
  { wanted = ['linux/amd64', 'linux/arm64'], sources = registries.map(({ host }) => host) }: Setting = {},
) {
  const all = memoryRegistries(...registries);
  const options = { concurrency: 4 };
  const images = texts.map((text) => discovered(text));
  const { resolutions } = await resolveImages(images, sourcesOf(...sources), all, options);
  return await checkPlatforms(resolutions, wanted, all, options);
}

test('of many images that lack a platform twenty get advice of their own, so that a run does not ask without end', async () => {
  const registry = memoryRegistry('s.io');
  const texts = Array.from({ length: 25 }, (_, at) => `a${String(at).padStart(2, '0')}:1`);
  for (const text of texts) {
    registry.add(text.slice(0, 3), '1', amd64);
    registry.add(text.slice(0, 3), '1-arm64', arm64);
  }
  const { findings } = await check(texts, [registry]);
  expect(findings.map(({ image }) => image)).toEqual(texts);
  expect(findings.filter(({ advice }) => advice === general)).toHaveLength(5);
  expect(findings.slice(20).every(({ advice }) => advice === general)).toBe(true);
});

test('an image that is not found has no platforms to lack', async () => {
  const registry = memoryRegistry('s.io');
  registry.add('a', '1', both);
  const { resolutions, findings } = await check(['gone:1', 'a:1'], [registry]);
  expect(findings).toEqual([]);
  expect(resolutions.map(({ status }) => status)).toEqual(['absent', 'found']);
});

test('an image of nothing but attestations offers no platform', async () => {
  const registry = memoryRegistry('s.io');
  registry.add('a', '1', await makeIndex([]));
  const { findings } = await check(['a:1'], [registry]);
  expect(findings[0]?.message).toMatch(/ is missing linux\/amd64, linux\/arm64: s\.io\/a:1 offers no platform\.$/);
});

test('images whose manifests cannot be read are one finding, at the source where no other of it can be read', async () => {
  const registry = memoryRegistry('s.io');
  for (const name of ['a', 'b', 'c']) registry.add(name, '1', both);
  const error = new ChartImagesError('denied', 's.io answers 403.', { advice: 'Ask.' });
  const closed = (isOpen: (repository: string) => boolean): Registry => ({
    ...registry,
    getManifest: (repository, key) =>
      isOpen(repository) ? registry.getManifest(repository, key) : Promise.reject(error),
  });
  const none = await check(['a:1', 'b:1'], [closed(() => false)]);
  expect(none.findings).toMatchObject([{ code: 'unknown', images: ['a:1', 'b:1'] }]);
  expect(none.findings[0]).not.toHaveProperty('image');
  const one = await check(['a:1', 'b:1', 'c:1'], [closed((repository) => repository === 'c')]);
  expect(one.findings).toMatchObject([{ code: 'unknown', images: ['a:1', 'b:1'], image: 'a:1' }]);
});

test('an interrupted check ends the run', async () => {
  const registry = memoryRegistry('s.io');
  registry.add('a', '1', both);
  const cancelled = cancelledError();
  const ended: Registry = { ...registry, getManifest: () => Promise.reject(cancelled) };
  await expect(check(['a:1'], [ended])).rejects.toBe(cancelled);
});

describe('the advice for a missing platform', () => {
  async function adviceFor(text: string, registries: readonly Registry[], setting: Setting = {}) {
    return (await check([text], registries, setting)).findings.map(({ advice }) => advice);
  }

  function holding(host: string, images: Readonly<Record<string, typeof amd64>>) {
    const registry = memoryRegistry(host);
    for (const [name, image] of Object.entries(images)) {
      const [repository = '', tag = ''] = name.split(':');
      registry.add(repository, tag, image);
    }
    return registry;
  }

  test('names the second of the other sources, and not the third', async () => {
    const [first, second, third] = [
      holding('s.io', { 'a:1': amd64 }),
      holding('t.io', { 'a:1': arm64 }),
      holding('u.io', { 'a:1': both }),
    ];
    const later = 'u.io/a:1 offers linux/arm64: put u.io before s.io in image-sources, or push it to s.io.';
    expect(await adviceFor('a:1', [first, second, third])).toEqual([later]);
    const fourth = holding('v.io', { 'a:1': s390x });
    expect(await adviceFor('a:1', [first, second, fourth, third])).toEqual([general]);
  });

  test('does not name a source with the same content, or one that cannot be read', async () => {
    const first = holding('s.io', { 'a:1': amd64 });
    expect(await adviceFor('a:1', [first, holding('t.io', { 'a:1': amd64 })])).toEqual([general]);
    const broken: Registry = {
      ...holding('t.io', { 'a:1': both }),
      getManifest: () => Promise.reject(new ChartImagesError('timeout', 'No answer.', { advice: '' })),
    };
    expect(await adviceFor('a:1', [first, broken])).toEqual([general]);
  });

  test('in the same source names the other path, to be pushed to the one that the chart means', async () => {
    const registry = holding('s.io', { 'core/a:1': both, 'a:1': amd64 });
    const all = memoryRegistries(registry);
    const options = {
      concurrency: 4,
      pathRule: { placeholders: new Set<string>(), traceFirst: async () => ({ role: 'unclear' as const }) },
    };
    const { resolutions } = await resolveImages([discovered('core/a:1')], sourcesOf('s.io'), all, options);
    const { findings } = await checkPlatforms(resolutions, ['linux/amd64', 'linux/arm64'], all, options);
    expect(findings.map(({ advice }) => advice)).toEqual(['s.io/core/a:1 offers linux/arm64: push it to s.io/a:1.']);
  });

  test('looks at no other tag of an image that is meant by its digest', async () => {
    const registry = holding('s.io', { 'a:1': amd64, 'a:1-arm64': arm64 });
    expect(await adviceFor(`a:1@${amd64.digest}`, [registry])).toEqual([general]);
    expect(registry.calls.filter((call) => call.includes('arm64'))).toEqual([]);
  });

  test('is for the first platform that is missing', async () => {
    const registry = holding('s.io', { 'a:1': amd64, 'a:1-s390x': s390x, 'a:1-arm64': arm64 });
    const [advice] = await adviceFor('a:1', [registry], { wanted: ['linux/s390x', 'linux/arm64'] });
    expect(advice).toContain('s.io/a:1-s390x exists for linux/s390x');
  });

  test('names no tag of a platform that is not linux, and none that cannot be read', async () => {
    const registry = holding('s.io', { 'a:1': amd64, 'a:1-arm64': arm64 });
    expect(await adviceFor('a:1', [registry], { wanted: ['windows/arm64'] })).toEqual([general]);
    const broken: Registry = {
      ...registry,
      getManifest: (repository, key) =>
        key === arm64.digest
          ? Promise.reject(new ChartImagesError('timeout', 'No answer.', { advice: '' }))
          : registry.getManifest(repository, key),
    };
    expect(await adviceFor('a:1', [broken])).toEqual([general]);
  });
});

describe('the platform of an image without an index', () => {
  async function platformOf(config: unknown, content: string | Buffer = '{"os":"linux","architecture":"arm"}') {
    const blob = Buffer.from(content);
    const stated = { digest: computeDigest(blob), size: blob.length };
    const bytes = Buffer.from(JSON.stringify(config ?? { config: stated }));
    const registry = memoryRegistry('s.io');
    registry.add('a', '1', { ...amd64, digest: computeDigest(bytes), bytes, blobs: [], children: [] });
    const served: Registry = { ...registry, getBlob: async () => Readable.from([blob]) };
    const at = { registry: 's.io', repository: 'a', tag: '1', digest: undefined };
    return await listPlatforms(at, computeDigest(bytes), memoryRegistries(served));
  }

  test('is that of its configuration, with its variant', async () => {
    expect(await platformOf(undefined)).toEqual(['linux/arm']);
    expect(await platformOf(undefined, '{"os":"linux","architecture":"arm","variant":"v7"}')).toEqual(['linux/arm/v7']);
  });

  const stated = (digest: string, size: number) => ({ config: { digest, size } });
  const zeros: Digest = computeDigest(Buffer.from('x'));

  test.each<[string, unknown, string]>([
    ['has a digest that is none', stated('sha256:x', 10), 'its configuration has no usable digest'],
    ['is said to be larger than any', stated(zeros, 4 * 1024 * 1024 + 1), 'its configuration has no usable digest'],
    ['is longer than it is said to be', stated(zeros, 3), 'its configuration is larger than its manifest states'],
    ['is not there', {}, 'Cannot read the image s.io/a:1: '],
  ])('is not believed when its configuration %s', async (_, config, said) => {
    await expect(platformOf(config)).rejects.toMatchObject({
      code: 'registry-answer',
      message: expect.stringContaining(said),
      advice: 'Push the image to its source again.',
    });
  });

  test('is read from a configuration as large as they may be', async () => {
    const content = '{"os":"linux","architecture":"arm"}'.padEnd(4 * 1024 * 1024);
    expect(await platformOf(undefined, content)).toEqual(['linux/arm']);
  });

  test('is an error when the configuration is no JSON', async () => {
    await expect(platformOf(undefined, '{')).rejects.toMatchObject({ code: 'registry-answer' });
  });
});

test('an index names each platform once, and what has none is left out', async () => {
  const bytes = Buffer.from(
    JSON.stringify({
      manifests: [
        { digest: amd64.digest, platform: { os: 'linux', architecture: 'amd64' } },
        { digest: s390x.digest, platform: { os: 'linux', architecture: 'amd64' } },
        { digest: both.digest },
        { digest: arm64.digest, platform: { os: 'unknown', architecture: 'unknown' } },
      ],
    }),
  );
  const registry = memoryRegistry('s.io');
  registry.add('a', '1', {
    ...both,
    digest: computeDigest(bytes),
    bytes,
    children: [],
    mediaType: mediaTypes.ociIndex,
  });
  const at = { registry: 's.io', repository: 'a', tag: '1', digest: undefined };
  expect(await listPlatforms(at, computeDigest(bytes), memoryRegistries(registry))).toEqual(['linux/amd64']);
});

test.each([
  [['linux/arm64/v8'], 'linux/arm64', true],
  [['linux/arm64'], 'linux/arm', false],
  [['linux/arm/v7'], 'linux/arm/v6', false],
  [['linux/arm'], 'linux/arm/v7', true],
  [['linux/arm'], 'linux/arm/v6', false],
  [['linux/amd64'], 'linux/amd64/v3', false],
  [['linux/amd64', 'linux/arm/v7'], 'linux/arm/v7', true],
  [[], 'linux/amd64', false],
])('an image with %j runs on %s: %s', (offered, wanted, runs) => {
  expect(matchesPlatform(offered, wanted)).toBe(runs);
});
