import { expect, test } from 'vitest';
import { ChartImagesError, type ErrorCode } from '../../src/core/errors.ts';
import type { RegistryReference } from '../../src/core/oci/registry-reference.ts';
import type { Registry } from '../../src/registry/client/registry.ts';
import { createCachedLookup } from '../../src/resolve/lookup-manifest.ts';
import { makeImage } from '../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';

const image = await makeImage({ seed: 'ask' });

function at(place: string): RegistryReference {
  const [registry = '', repository = '', tag = '1'] = place.split(/[/:]/);
  return { registry, repository, tag, digest: undefined };
}

/** A registry that fails each question with this error, and counts them. */
function failing(host: string, code: ErrorCode) {
  const asked: string[] = [];
  const root = new ChartImagesError(code, `${host} is not well.`, { advice: '' });
  const registry: Registry = {
    ...memoryRegistry(host),
    async headManifest(repository, key) {
      asked.push(`${repository}:${key}`);
      const error = new ChartImagesError(code, `Could not ask for ${repository}.`, { advice: '', cause: root });
      return { result: 'unknown', error };
    },
  };
  return { registry, asked };
}

test('a manifest of several images is requested once, also by concurrent lookups', async () => {
  const registry = memoryRegistry('r.io');
  registry.add('a', '1', image);
  const ask = createCachedLookup(memoryRegistries(registry));
  const answers = await Promise.all([ask(at('r.io/a:1')), ask(at('r.io/a:1'))]);
  expect([...answers, await ask(at('r.io/a:1'))].map(({ result }) => result)).toEqual(['found', 'found', 'found']);
  expect(registry.calls).toEqual(['headManifest a 1']);
});

test('another tag, repository or registry is another question', async () => {
  const registries = [memoryRegistry('r.io'), memoryRegistry('q.io')];
  registries[0]?.add('a', '1', image);
  const ask = createCachedLookup(memoryRegistries(...registries));
  const places = ['r.io/a:1', 'r.io/a:2', 'r.io/b:1', 'q.io/a:1'];
  const answers = await Promise.all(places.map((place) => ask(at(place))));
  expect(answers.map(({ result }) => result)).toEqual(['found', 'absent', 'absent', 'absent']);
});

test.each<ErrorCode>(['unauthorized', 'denied', 'registry-answer', 'network', 'throttled'])(
  'a registry that answered one image with "%s" is asked for the others',
  async (code) => {
    const { registry, asked } = failing('r.io', code);
    const ask = createCachedLookup(memoryRegistries(registry));
    await ask(at('r.io/a:1'));
    await ask(at('r.io/b:1'));
    expect(asked).toEqual(['a:1', 'b:1']);
  },
);

test('a registry without one image is still checked for the others', async () => {
  const registry = memoryRegistry('r.io');
  registry.add('b', '1', image);
  const ask = createCachedLookup(memoryRegistries(registry));
  expect(await ask(at('r.io/a:1'))).toMatchObject({ result: 'absent' });
  expect(await ask(at('r.io/b:1'))).toMatchObject({ result: 'found' });
});
