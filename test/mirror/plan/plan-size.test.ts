import { expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import { describeCopy } from '../../../src/mirror/copy/copy-summary.ts';
import type { ForeignLayers } from '../../../src/mirror/plan/image-blobs.ts';
import type { Plan } from '../../../src/mirror/plan/plan.ts';
import { planCopies } from '../../../src/mirror/plan/plan-copies.ts';
import { createSizeEstimator, type SizerOptions } from '../../../src/mirror/plan/plan-size.ts';
import { cacheManifests } from '../../../src/registry/client/manifest-cache.ts';
import type { Registries, Registry } from '../../../src/registry/client/registry.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { makeForeignImage } from '../../support/foreign-image.ts';
import { makeImage, makeIndex, type TestImage } from '../../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';

const shared = new Uint8Array(1_000_000).fill(1);
const one = await makeImage({ seed: 'one', layers: [shared, 300_000] });
const two = await makeImage({ seed: 'two', layers: [shared, 200_000] });
const arm = await makeImage({ seed: 'one', platform: 'linux/arm64', layers: [50_000] });
const index = await makeIndex([one, arm], { attestations: true });

interface Sizing {
  readonly source: Registry;
  readonly target?: Registry;
  readonly images: readonly string[];
  readonly foreignLayers?: ForeignLayers;
  readonly purpose?: SizerOptions['purpose'];
}

async function sized(sizing: Sizing): Promise<{ readonly plan: Plan; readonly registries: Registries }> {
  const { source, target = memoryRegistry('t.io'), images, foreignLayers = 'left out', purpose = 'copy' } = sizing;
  const remembering = { ...source, getManifest: cacheManifests(source.getManifest) };
  const registries = memoryRegistries(remembering, target);
  const found = images.map((image) => discovered(`${source.host}/${image}`));
  const { resolutions } = await resolveImages(found, sourcesOf('upstream'), registries, { concurrency: 4 });
  const sizer = createSizeEstimator({ registries, foreignLayers, purpose });
  const into = { registry: 't.io', namespace: '' };
  return { plan: await planCopies(resolutions, into, 'fail', registries, sizer), registries };
}

function holding(images: Readonly<Record<string, TestImage>>, host = 's.io'): MemoryRegistry {
  const registry = memoryRegistry(host);
  for (const [name, image] of Object.entries(images)) registry.add(name, '1', image);
  return registry;
}

/** Bytes of all blobs; one that occurs twice counts once. */
function sizeOf(...images: readonly TestImage[]): number {
  const blobs = images.flatMap((image) => [image, ...image.children]).flatMap((image) => image.blobs);
  return [...new Map(blobs.map(({ digest, bytes }) => [digest, bytes.length])).values()].reduce((a, b) => a + b, 0);
}

test('a plan has its size before the first byte, with shared content counted once', async () => {
  const { plan } = await sized({ source: holding({ a: one, b: two }), images: ['a:1', 'b:1'] });
  expect(plan.size).toMatchObject({ bytes: sizeOf(one, two), completeness: 'all' });
  expect(describeCopy(plan)).toBe('Copying 2 images, at most 1.5 MB');
});

test('an index has the size of all its platforms and attestations', async () => {
  const { plan } = await sized({ source: holding({ a: index }), images: ['a:1'] });
  expect(plan.size?.bytes).toBe(sizeOf(index));
});

test('what was read for the size is not read again by the copy', async () => {
  const source = holding({ a: index, b: two });
  const { plan, registries } = await sized({ source, images: ['a:1', 'b:1'] });
  const outcomes = await copyImages(plan, registries, {
    concurrency: 4,
    log: silentLog,
    signal: new AbortController().signal,
  });
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'copied']);
  const reads = source.calls.filter((call) => call.startsWith('getManifest'));
  expect(reads).toHaveLength(new Set(reads).size);
  expect(reads).toHaveLength(1 + index.children.length + 1);
});

test('images that the target has are not read and not counted', async () => {
  const source = holding({ a: one, b: two });
  const { plan } = await sized({ source, target: holding({ a: one }, 't.io'), images: ['a:1', 'b:1'] });
  expect(describeCopy(plan)).toBe('Copying 1 image, at most 1.2 MB');
  expect(source.calls.filter((call) => call.startsWith('getManifest'))).toEqual([`getManifest b ${two.digest}`]);
});

test('a plan without copies is described as nothing to copy', async () => {
  const { plan } = await sized({ source: holding({ a: one }), target: holding({ a: one }, 't.io'), images: ['a:1'] });
  expect([describeCopy(plan), plan.size]).toEqual(['Nothing to copy', undefined]);
});

test('foreign layers count where they are to be copied', async () => {
  const { image, layer } = await makeForeignImage({ layers: [1000, 5000], urls: () => ['https://example.com/l'] });
  const source = holding({ a: image });
  const without = await sized({ source, images: ['a:1'] });
  const including = await sized({ source, images: ['a:1'], foreignLayers: 'included' });
  expect(without.plan.size?.bytes).toBe(sizeOf(image));
  expect(including.plan.size?.bytes).toBe(sizeOf(image) + layer.bytes.length);
});

test('an image that cannot be read makes the size a lower one, and is still planned', async () => {
  const source = holding({ a: one, b: two });
  const broken: Registry = {
    ...source,
    getManifest: async (repository, key) => {
      const manifest = await source.getManifest(repository, key);
      return repository === 'b' ? { ...manifest, bytes: Buffer.from('{}') } : manifest;
    },
  };
  const { plan } = await sized({ source: broken, images: ['a:1', 'b:1'] });
  expect(plan.copies.map(({ step }) => step.action)).toEqual(['copy', 'copy']);
  expect(describeCopy(plan)).toBe('Copying 2 images, more than 1.3 MB');
});

test('a run that ends at the plan reads no manifests from Docker Hub, which would count them as pulls', async () => {
  const hub = holding({ 'library/a': one }, 'docker.io');
  const { plan } = await sized({ source: hub, images: ['library/a:1'], purpose: 'look' });
  expect(hub.calls.filter((call) => call.startsWith('getManifest'))).toEqual([]);
  expect(describeCopy(plan)).toBe('Copying 1 image');
  const other = await sized({ source: holding({ a: one }), images: ['a:1'], purpose: 'look' });
  expect(other.plan.size).toMatchObject({ bytes: sizeOf(one), completeness: 'all' });
});

test('a run that ends at the plan looks into no more than some hundred manifests', async () => {
  const many = await makeIndex(
    await Promise.all(Array.from({ length: 250 }, (_, number) => makeImage({ seed: String(number), layers: [10] }))),
  );
  const source = holding({ a: one, b: many });
  const { plan } = await sized({ source, images: ['a:1', 'b:1'], purpose: 'look' });
  expect(source.calls.filter((call) => call.startsWith('getManifest'))).toHaveLength(200);
  expect(describeCopy(plan)).toBe('Copying 2 images, more than 1.3 MB');
});
