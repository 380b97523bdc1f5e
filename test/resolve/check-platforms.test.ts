import { describe, expect, test } from 'vitest';
import { checkPlatforms } from '../../src/resolve/check-platforms.ts';
import type { Resolutions } from '../../src/resolve/resolution.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { makeImage, makeIndex, type TestImage } from '../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../support/memory-registry.ts';

const amd64 = await makeImage({ seed: 'p', platform: 'linux/amd64' });
const armV8 = await makeImage({ seed: 'p', platform: 'linux/arm64/v8' });
const both = await makeIndex([amd64, armV8], { attestations: true });

async function check(
  image: TestImage,
  wanted: readonly string[],
  spoil: (source: MemoryRegistry) => MemoryRegistry = (source) => source,
): Promise<Resolutions & { readonly calls: readonly string[] }> {
  const source = memoryRegistry('s.io');
  source.add('a', '1', image);
  const registries = memoryRegistries(spoil(source));
  const options = { concurrency: 4 };
  const { resolutions } = await resolveImages([discovered('a:1')], sourcesOf('s.io'), registries, options);
  return { ...(await checkPlatforms(resolutions, wanted, registries, options)), calls: source.calls };
}

const platformsIn = ({ resolutions }: Resolutions) =>
  resolutions.map((one) => (one.status === 'found' ? one.platforms : one.status));

test('an index offers what it lists, and its attestations are no platform', async () => {
  const checked = await check(both, ['linux/amd64', 'linux/arm64']);
  expect(platformsIn(checked)).toEqual([['linux/amd64', 'linux/arm64/v8']]);
  expect(checked.findings).toEqual([]);
});

test('an image without an index offers the platform of its configuration', async () => {
  expect(platformsIn(await check(armV8, ['linux/arm64']))).toEqual([['linux/arm64/v8']]);
});

test('a missing platform is reported with the platforms that the image offers', async () => {
  const { findings } = await check(amd64, ['linux/amd64', 'linux/arm64', 'linux/s390x']);
  expect(findings).toMatchObject([{ code: 'platform', image: 'a:1' }]);
  expect(findings[0]?.message).toContain('is missing linux/arm64, linux/s390x: s.io/a:1 offers linux/amd64');
});

test('another variant than the wanted one is not the wanted one', async () => {
  expect((await check(armV8, ['linux/arm64/v7'])).findings).toMatchObject([{ code: 'platform' }]);
});

test('a platform that the index lists and the registry no longer has is reported with its digest, cause, and fix', async () => {
  const withoutArm = (source: MemoryRegistry): MemoryRegistry => ({
    ...source,
    headManifest: async (repository, key) =>
      key === armV8.digest ? { result: 'absent', reason: 'not found' } : source.headManifest(repository, key),
  });
  const { findings } = await check(both, ['linux/amd64', 'linux/arm64'], withoutArm);
  expect(findings).toMatchObject([{ code: 'platform', image: 'a:1' }]);
  expect(findings[0]?.message).toContain(`is missing linux/arm64/v8 (${armV8.digest}): the index s.io/a:1 lists it`);
  expect(findings[0]?.advice).toMatch(/^Push the image again\. Cleanup jobs that delete untagged versions/);
  expect((await check(both, ['linux/amd64'], withoutArm)).findings).toEqual([]);
});

test('an image with an unreadable manifest is unknown, not missing a platform', async () => {
  const { findings } = await check(both, ['linux/amd64'], (source) => ({
    ...source,
    getManifest: async () => ({ digest: both.digest, mediaType: both.mediaType, size: 2, bytes: Buffer.from('[]') }),
  }));
  expect(findings).toMatchObject([{ code: 'unknown', severity: 'error', images: ['a:1'] }]);
  expect(findings[0]?.message).toContain('Cannot check the platforms of a:1');
});

test('with platforms all no manifest is read', async () => {
  const checked = await check(both, []);
  expect(platformsIn(checked)).toEqual([undefined]);
  expect(checked.calls.filter((call) => call.startsWith('getManifest'))).toEqual([]);
});

describe('the advice for a missing platform', () => {
  const general =
    'Use an image that is built for all of the platforms, or remove the platform from the input platforms.';

  /** Of `a:1` with the sources `s.io` and `t.io`, where `s.io` has it for amd64 alone. */
  async function adviceWith(...places: readonly (readonly [host: 's.io' | 't.io', tag: string, image: TestImage])[]) {
    const hosts = { 's.io': memoryRegistry('s.io'), 't.io': memoryRegistry('t.io') };
    hosts['s.io'].add('a', '1', amd64);
    for (const [host, tag, image] of places) hosts[host].add('a', tag, image);
    const registries = memoryRegistries(...Object.values(hosts));
    const options = { concurrency: 4 };
    const { resolutions } = await resolveImages([discovered('a:1')], sourcesOf('s.io', 't.io'), registries, options);
    const { findings } = await checkPlatforms(resolutions, ['linux/amd64', 'linux/arm64'], registries, options);
    return findings.map(({ advice }) => advice);
  }

  test('to take another source that has it for all', async () => {
    expect(await adviceWith(['t.io', '1', both])).toEqual([
      't.io/a:1 offers linux/arm64: put t.io before s.io in image-sources, or push it to s.io.',
    ]);
  });

  test('suggests no source that is missing other platforms', async () => {
    expect(await adviceWith(['t.io', '1', armV8])).toEqual([general]);
  });

  test('to join it with the tag that is for the other architecture', async () => {
    expect(await adviceWith(['s.io', '1-arm64', armV8])).toEqual([
      's.io/a:1-arm64 exists for linux/arm64: push an index of both as 1, or use that tag where the chart runs on linux/arm64.',
    ]);
  });

  test('suggests no tag whose platform differs from its name', async () => {
    expect(await adviceWith(['s.io', '1-arm64', amd64])).toEqual([general]);
    expect(await adviceWith()).toEqual([general]);
  });
});
