import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { computeDigest } from '../../src/core/oci/digest.ts';
import type { Platform } from '../../src/core/oci/platform.ts';
import type { Registry } from '../../src/registry/client/registry.ts';
import { listPlatforms, matchesPlatform } from '../../src/resolve/image-platforms.ts';
import { makeImage, makeIndex, type TestImage } from '../support/images.ts';
import { inPieces, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';

test.each<[string, string, boolean]>([
  ['linux/arm', 'linux/arm64', false],
  ['linux/arm', 'linux/arm64/v8', false],
  ['linux/arm', 'linux/arm/v7', true],
  ['linux/arm64', 'linux/arm64', true],
  ['linux/arm64', 'linux/arm64/v8', true],
  ['linux/arm64/v8', 'linux/arm64', true],
  ['linux/arm64/v9', 'linux/arm64', false],
  ['linux/amd64/v1', 'linux/amd64', true],
  ['linux/amd64/v3', 'linux/amd64', false],
  ['linux/arm/v7', 'linux/arm', true],
  ['linux/arm/v6', 'linux/arm', false],
  ['linux/arm/v7', 'linux/arm/v6', false],
  ['linux/amd64', 'windows/amd64', false],
])('whether nodes of %s can run an image for %s: %s', (wanted, offered, isServed) => {
  expect(matchesPlatform([offered as Platform], wanted as Platform)).toBe(isServed);
});

test('one fitting platform of several is enough', () => {
  expect(matchesPlatform(['linux/amd64', 'linux/arm64/v8'] as Platform[], 'linux/arm64' as Platform)).toBe(true);
  expect(matchesPlatform([], 'linux/arm64' as Platform)).toBe(false);
});

function platformsOf(image: TestImage, spoil: Partial<Registry> = {}) {
  const registry = memoryRegistry('s.io');
  registry.add('a', '1', image);
  const location = { registry: 's.io', repository: 'a', tag: '1', digest: undefined };
  return listPlatforms(location, image.digest, memoryRegistries({ ...registry, ...spoil }));
}

const image = await makeImage({ seed: 'p', platform: 'linux/amd64' });

/** The image with a manifest whose configuration is described like this. */
function describing(config: { readonly digest: string; readonly size: number }): TestImage {
  const bytes = Buffer.from(JSON.stringify({ config, layers: [] }));
  return { ...image, bytes, digest: computeDigest(bytes) };
}

test('a platform that an index has twice is offered once, and entries without a platform are none', async () => {
  const index = await makeIndex([image, await makeImage({ seed: 'q', platform: 'linux/amd64' })]);
  const json = JSON.parse(Buffer.from(index.bytes).toString());
  const manifests = [...json.manifests, { ...json.manifests[0], platform: undefined }];
  const bytes = Buffer.from(JSON.stringify({ ...json, manifests }));
  expect(await platformsOf({ ...index, bytes, digest: computeDigest(bytes) })).toEqual(['linux/amd64']);
});

test.each([
  ['has no usable digest', { digest: 'sha256:x', size: 10 }],
  ['is larger than any configuration', { digest: image.blobs[0]?.digest ?? '', size: 4 * 1024 * 1024 + 1 }],
])('an image whose configuration %s is broken in its source, and nothing of it is read', async (_, config) => {
  let reads = 0;
  const getBlob = async () => {
    reads += 1;
    return inPieces(Buffer.alloc(0));
  };
  await expect(platformsOf(describing(config), { getBlob })).rejects.toMatchObject({ code: 'registry-answer' });
  expect(reads).toBe(0);
});

test('a configuration that does not end is not read to its end', async () => {
  const config = image.blobs[0];
  if (config === undefined) throw new Error('an image has a configuration');
  let sent = 0;
  async function* endless() {
    for (; sent < 1000; sent += 1) yield Buffer.from(config?.bytes ?? '');
  }
  const getBlob = async () => Readable.from(endless(), { highWaterMark: 1 });
  await expect(platformsOf(image, { getBlob })).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('larger than its manifest states'),
  });
  expect(sent).toBeLessThan(10);
});

test('a configuration of the largest size that is read still counts', async () => {
  const padding = ' '.repeat(4 * 1024 * 1024);
  const text = Buffer.from(`${padding}{"os":"linux","architecture":"arm64","variant":"v8"}`).subarray(-4 * 1024 * 1024);
  const registry = { getBlob: async () => inPieces(text, 64 * 1024) };
  const whole = describing({ digest: computeDigest(text), size: text.length });
  expect(await platformsOf(whole, registry)).toEqual(['linux/arm64/v8']);
});

test.each([{ variant: null }, null])('an index entry whose platform has null (%j) is read', async (platform) => {
  const index = await makeIndex([image]);
  const json = JSON.parse(Buffer.from(index.bytes).toString());
  const entry = platform === null ? null : { os: 'linux', architecture: 'arm64', ...platform };
  const manifests = [...json.manifests, { ...json.manifests[0], platform: entry }];
  const bytes = Buffer.from(JSON.stringify({ ...json, manifests }));
  const offered = await platformsOf({ ...index, bytes, digest: computeDigest(bytes) });
  expect(offered).toEqual(platform === null ? ['linux/amd64'] : ['linux/amd64', 'linux/arm64']);
});

test('an index whose list is null offers no platform', async () => {
  const index = await makeIndex([image]);
  const bytes = Buffer.from('{"schemaVersion":2,"manifests":null}');
  expect(await platformsOf({ ...index, bytes, digest: computeDigest(bytes), children: [] })).toEqual([]);
});
