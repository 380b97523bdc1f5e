import { describe, expect, test } from 'vitest';
import { formatReference } from '../../src/core/oci/registry-reference.ts';
import { type PathRule, wholePaths } from '../../src/resolve/path-rule.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { makeImage } from '../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';
import { ownValue, partOfValue, templateText, untraced } from '../support/path-rules.ts';

const one = await makeImage({ seed: 'one' });
const two = await makeImage({ seed: 'two' });

/** A registry with these names and tags; every second image has other content. */
function holding(host: string, ...names: readonly string[]): MemoryRegistry {
  const registry = memoryRegistry(host);
  for (const [index, name] of names.entries()) {
    const [repository = '', tag = ''] = name.split(':');
    registry.add(repository, tag, index % 2 === 0 ? one : two);
  }
  return registry;
}

async function resolve(image: string, pathRule: PathRule, ...registries: readonly MemoryRegistry[]) {
  const sources = sourcesOf(...registries.map(({ host }) => host));
  const images = [discovered(image)];
  const { resolutions, findings } = await resolveImages(images, sources, memoryRegistries(...registries), {
    concurrency: 4,
    pathRule,
  });
  const [found] = resolutions;
  return {
    place: found?.status === 'found' ? formatReference(found.candidate.reference) : found?.status,
    target: found?.status === 'found' ? found.candidate.targetRepository : undefined,
    codes: findings.map(({ code, severity }) => `${code} ${severity}`),
    message: findings[0]?.message ?? '',
    advice: findings[0]?.advice ?? '',
  };
}

describe('without an AOSM input file', () => {
  test.each([
    ['bitnami/redis', 'redis'],
    ['curlimages/curl', 'curl'],
    ['jenkins/inbound-agent', 'inbound-agent'],
    ['oamdev/vela-core', 'vela-core'],
  ])('%s is never copied as %s', async (whole, stripped) => {
    const both = holding('s.io', `${stripped}:7.2`, `${whole}:7.2`);
    expect(await resolve(`${whole}:7.2`, wholePaths, both)).toMatchObject({
      place: `s.io/${whole}:7.2`,
      target: whole,
      codes: [],
    });
  });

  test('missingorg/redis is absent although the source has redis, and the advice names both ways to mean it', async () => {
    const { place, codes, advice } = await resolve('missingorg/redis:7.2', wholePaths, holding('s.io', 'redis:7.2'));
    expect([place, codes]).toEqual(['absent', ['absent error']]);
    expect(advice).toBe(
      's.io/redis:7.2 exists: if you mean that image, add missingorg to placeholder-registries, or write s.io/redis:7.2 in the chart.',
    );
  });

  test('a first component that placeholder-registries lists is left out', async () => {
    const rule = { placeholders: new Set(['repository']), traceFirst: undefined };
    const registry = holding('s.io', 'release/contoso-a:1', 'repository/release/contoso-a:1');
    expect(await resolve('repository/release/contoso-a:1', rule, registry)).toMatchObject({
      place: 's.io/release/contoso-a:1',
      target: 'release/contoso-a',
      codes: [],
    });
  });

  test('a listed placeholder has no registry of its own to ask', async () => {
    const rule = { placeholders: new Set(['repository']), traceFirst: undefined };
    const images = [discovered('repository/release/contoso-a:1')];
    const { findings } = await resolveImages(images, sourcesOf('upstream'), memoryRegistries(), {
      concurrency: 1,
      pathRule: rule,
    });
    expect(findings).toMatchObject([{ code: 'absent', severity: 'error' }]);
    expect(findings[0]?.message).toContain('a placeholder, so the source upstream has no registry to check');
    expect(findings[0]?.advice).toContain('Add the registry that has the image to image-sources');
  });

  test.each([
    ['OVERWRITE_ME/release/app:1.0', 'release/app'],
    ['ToBeReplaced/app:1.0', 'app'],
    ['/contosoapp:1.14.2', 'contosoapp'],
  ])('what stands before the path in %s is no part of it', async (image, target) => {
    const [, tag = ''] = image.split(':');
    expect(await resolve(image, wholePaths, holding('s.io', `${target}:${tag}`))).toMatchObject({
      place: `s.io/${target}:${tag}`,
      target,
      codes: [],
    });
  });
});

describe('with an AOSM input file', () => {
  test('a first component that is a value of its own is left out first', async () => {
    expect(await resolve('repository/release/a:1', ownValue, holding('s.io', 'release/a:1'))).toMatchObject({
      place: 's.io/release/a:1',
      target: 'release/a',
      codes: [],
    });
  });

  test.each([
    ['part of the value image.repository', partOfValue],
    ['contains "core" as text', templateText],
  ])('a first component that is %s is kept first, in every source', async (reason, rule) => {
    const registries = [holding('s.io', 'contoso-a:1'), holding('t.io', 'core/contoso-a:1')];
    expect(await resolve('core/contoso-a:1', rule, ...registries)).toMatchObject({
      place: 't.io/core/contoso-a:1',
      target: 'core/contoso-a',
      codes: [],
    });
    const { place, codes, message, advice } = await resolve('core/contoso-a:1', rule, holding('s.io', 'contoso-a:1'));
    expect([place, codes]).toEqual(['s.io/contoso-a:1', ['unexpected-path notice']]);
    expect(message).toContain(reason);
    expect(message).toContain('so s.io/core/contoso-a:1 was looked up first');
    expect(advice).toContain('push the right one as s.io/core/contoso-a:1');
  });

  test('an image found only with the value that AOSM overwrites has a notice that says why it will not be pulled', async () => {
    const { place, codes, message, advice } = await resolve('core/a:1', ownValue, holding('s.io', 'core/a:1'));
    expect([place, codes]).toEqual(['s.io/core/a:1', ['unexpected-path notice']]);
    expect(message).toContain('found only as s.io/core/a:1, with its first component "core"');
    expect(message).toContain('The value global.registryPath is only "core"');
    expect(advice).toContain('push it as s.io/a:1');
  });

  test('upstream is asked for the whole path, and a notice says that AOSM overwrites a part of it', async () => {
    const images = [discovered('bitnami/redis:1')];
    const registries = memoryRegistries(holding('docker.io', 'bitnami/redis:1'));
    const options = { concurrency: 1, pathRule: ownValue };
    const { findings } = await resolveImages(images, sourcesOf('upstream'), registries, options);
    expect(findings).toMatchObject([{ code: 'unexpected-path', severity: 'notice' }]);
    expect(findings[0]?.message).toMatch(/with its first component "bitnami"\. The value .* would be\.$/);
    expect(
      (await resolveImages(images, sourcesOf('upstream'), registries, { ...options, pathRule: untraced })).findings,
    ).toEqual([]);
  });

  test('without traced values the path without the first component is first, as in az aosm', async () => {
    expect(await resolve('core/a:1', untraced, holding('s.io', 'a:1'))).toMatchObject({
      place: 's.io/a:1',
      codes: [],
    });
    expect(await resolve('core/a:1', untraced, holding('s.io', 'core/a:1'))).toMatchObject({
      place: 's.io/core/a:1',
      codes: ['unexpected-path notice'],
    });
  });

  test.each([
    ['left out', ownValue, 's.io/a:1', 's.io/core/a:1'],
    ['kept', partOfValue, 's.io/core/a:1', 's.io/a:1'],
  ])(
    'both forms with different content are ambiguous where the first component is %s',
    async (_, rule, used, other) => {
      const { place, codes, message, advice } = await resolve('core/a:1', rule, holding('s.io', 'a:1', 'core/a:1'));
      expect([place, codes]).toEqual([used, ['ambiguous error']]);
      expect(message).toMatch(new RegExp(`two images: ${used} .*, which is used, and ${other} `));
      expect(advice).toContain('placeholder-registries');
    },
  );

  test('both forms with the same content are one image', async () => {
    const registry = memoryRegistry('s.io');
    for (const repository of ['a', 'core/a']) registry.add(repository, '1', one);
    expect((await resolve('core/a:1', ownValue, registry)).codes).toEqual([]);
  });

  test('without traced values other content in another source is ambiguous too', async () => {
    const registries = [holding('s.io', 'core/a:1'), holding('t.io', 'x:1', 'a:1')];
    expect((await resolve('core/a:1', untraced, ...registries)).codes).toEqual([
      'ambiguous error',
      'unexpected-path notice',
    ]);
    expect((await resolve('core/a:1', partOfValue, ...registries)).codes).toEqual([]);
  });

  test('a listed placeholder is left out whatever the values show', async () => {
    const rule = { ...partOfValue, placeholders: new Set(['core']) };
    const registry = holding('s.io', 'a:1', 'core/a:1');
    expect(await resolve('core/a:1', rule, registry)).toMatchObject({ place: 's.io/a:1', codes: [] });
  });
});
