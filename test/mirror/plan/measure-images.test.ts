import { expect, test } from 'vitest';
import type { RegistryReference } from '../../../src/core/oci/registry-reference.ts';
import { measureTransfer } from '../../../src/mirror/plan/measure-images.ts';
import { makeImage, makeIndex, type TestImage } from '../../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';

const options = { concurrency: 2 };
const shared = new Uint8Array(1000).fill(1);
const old = await makeImage({ seed: 'old', layers: [shared, 100] });
const current = await makeImage({ seed: 'new', layers: [shared, 200] });

function at(repository: string, tag = '1'): RegistryReference {
  return { registry: 'r.io', repository, tag, digest: undefined };
}

/** Everything of an image and its children, each once. */
function bytesOf(...images: readonly TestImage[]): Map<string, number> {
  return new Map(
    images.flatMap((image) => [
      [image.digest, image.bytes.length] as const,
      ...image.blobs.map(({ digest, bytes }) => [digest, bytes.length] as const),
      ...bytesOf(...image.children),
    ]),
  );
}

function sum(bytes: ReadonlyMap<string, number>): number {
  return [...bytes.values()].reduce((total, size) => total + size, 0);
}

function registryWith(images: Readonly<Record<string, TestImage>>) {
  const registry = memoryRegistry('r.io');
  for (const [name, image] of Object.entries(images)) registry.add(name, '1', image);
  return memoryRegistries(registry);
}

test('the size of an image excludes content that exists in the target', async () => {
  const registries = registryWith({ a: old, b: current });
  const alone = sum(bytesOf(current));
  expect(await measureTransfer([at('b')], [], registries, options)).toEqual({ each: [alone], total: alone });
  const less = alone - shared.length;
  expect(await measureTransfer([at('b')], [at('a')], registries, options)).toEqual({ each: [less], total: less });
});

test('shared content counts once in the total', async () => {
  const registries = registryWith({ a: old, b: current });
  const { each, total } = await measureTransfer([at('a'), at('b')], [], registries, options);
  expect(each).toEqual([sum(bytesOf(old)), sum(bytesOf(current))]);
  expect(total).toBe(sum(bytesOf(old, current)));
});

test('the size of an index includes all platforms and attestations', async () => {
  const index = await makeIndex([current, await makeImage({ platform: 'linux/arm64' })], { attestations: true });
  const { total } = await measureTransfer([at('a')], [], registryWith({ a: index }), options);
  expect(total).toBe(sum(bytesOf(index)));
});

test('an unreadable manifest has no size, and then there is no total', async () => {
  const measured = await measureTransfer([at('a'), at('none')], [], registryWith({ a: old }), options);
  expect(measured).toEqual({
    each: [sum(bytesOf(old)), undefined],
    total: undefined,
    unmeasured: 'a manifest cannot be read',
  });
});

test('a change of very many images is not measured, as reading a manifest may count as a pull', async () => {
  const registry = memoryRegistry('r.io');
  const many = Array.from({ length: 51 }, (_, index) => at(`i${index}`));
  const { total, unmeasured } = await measureTransfer(many, [], memoryRegistries(registry), options);
  expect([total, unmeasured, registry.calls]).toEqual([
    undefined,
    'more than 50 images changed, and measuring each costs a pull',
    [],
  ]);
});
