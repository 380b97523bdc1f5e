import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { OnExisting, Outcome } from '../../../src/mirror/plan/plan.ts';
import { planCopies } from '../../../src/mirror/plan/plan-copies.ts';
import type { Registries } from '../../../src/registry/client/registry.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { loopbackRegistries } from '../../support/loopback-registries.ts';
import { ownValue } from '../../support/path-rules.ts';
import { outputOf } from '../../support/program.ts';

let source: Distribution;
let target: Distribution;

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution({ locations: 'relative' })]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

interface Mirroring {
  readonly images: readonly string[];
  /** Namespaces of the source, in order; the whole of it by default. */
  readonly namespaces?: readonly string[];
  readonly into?: { readonly registry: string; readonly namespace: string };
  readonly onExisting?: OnExisting;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** Stands between the copy and the registries. */
  readonly between?: (registries: Registries) => Registries;
}

/** Resolves, plans and copies as the product does. */
async function mirror(mirroring: Mirroring): Promise<readonly Outcome[]> {
  const { concurrency = 4, signal = new AbortController().signal, between = (same) => same } = mirroring;
  const registries = await loopbackRegistries({ concurrency, signal });
  try {
    const images = mirroring.images.map((image) => discovered(image));
    const sources = sourcesOf(...(mirroring.namespaces ?? ['']).map((namespace) => `${source.host}/${namespace}`));
    const { resolutions } = await resolveImages(images, sources, registries, { concurrency, pathRule: ownValue });
    const into = mirroring.into ?? { registry: target.host, namespace: '' };
    const plan = await planCopies(resolutions, into, mirroring.onExisting ?? 'fail', registries);
    return await copyImages(plan, between(registries), { attachments: 'all', concurrency, log: silentLog, signal });
  } finally {
    await registries.close();
  }
}

async function crane(...args: readonly string[]): Promise<string> {
  return await outputOf(toolPath('crane'), [args[0] ?? '', '--insecure', ...args.slice(1)]);
}

/** What independent readers say: crane for the digest and the manifests, plain HTTP for the bytes of the blobs. */
async function expectLanded(location: string, image: TestImage): Promise<void> {
  expect(await crane('digest', location)).toBe(image.digest);
  const [, host = '', repository = ''] = /^([^/]+)\/([^@]+?)(?:[:@]|$)/.exec(location) ?? [];
  const expectParts = async (name: string, part: TestImage): Promise<void> => {
    expect(await crane('manifest', name)).toBe(Buffer.from(part.bytes).toString());
    for (const blob of part.blobs) {
      const answer = await fetch(`http://${host}/v2/${repository}/blobs/${blob.digest}`);
      expect(Buffer.from(await answer.arrayBuffer()).equals(blob.bytes)).toBe(true);
    }
    for (const child of part.children) await expectParts(`${host}/${repository}@${child.digest}`, child);
  };
  await expectParts(location, image);
}

describe('a copy in a real registry is byte for byte equal to its source', () => {
  test('a multi-platform index with attestations', async () => {
    const images = [await makeImage({ seed: 'multi' }), await makeImage({ seed: 'multi', platform: 'linux/arm64/v8' })];
    const index = await makeIndex(images, { attestations: true });
    await pushImage(source.url, 'multi/app', '1.0', index);
    const outcomes = await mirror({ images: ['placeholder/app:1.0'], namespaces: ['multi'] });
    expect(outcomes).toMatchObject([{ result: 'copied' }]);
    await expectLanded(`${target.host}/app:1.0`, index);
  });

  test("Docker's manifest list", async () => {
    const images = await Promise.all(
      ['linux/amd64', 'linux/arm64'].map((platform) => makeImage({ seed: 'docker', platform, dockerMediaTypes: true })),
    );
    const list = await makeIndex(images, { dockerMediaTypes: true });
    await pushImage(source.url, 'docker/app', '1.0', list);
    await mirror({ images: ['quay.io/docker/app:1.0'] });
    await expectLanded(`${target.host}/docker/app:1.0`, list);
  });

  test('an index inside an index', async () => {
    const inner = await makeIndex([await makeImage({ seed: 'inner' })]);
    const outer = await makeIndex([inner, await makeImage({ seed: 'outer' })]);
    await pushImage(source.url, 'nested', '1', outer);
    await mirror({ images: ['nested:1'] });
    await expectLanded(`${target.host}/nested:1`, outer);
  });

  test('a Docker image with a layer of several megabytes', async () => {
    const image = await makeImage({ seed: 'big', layers: [6_000_000, 10], dockerMediaTypes: true });
    await pushImage(source.url, 'big', '1', image);
    const outcomes = await mirror({ images: ['big:1'], into: { registry: target.host, namespace: 'mirror/here' } });
    const bytes = image.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
    expect(bytes).toBeGreaterThan(6_000_000);
    expect(outcomes).toMatchObject([{ result: 'copied', bytes }]);
    await expectLanded(`${target.host}/mirror/here/big:1`, image);
    await crane('validate', '--remote', `${target.host}/mirror/here/big:1`);
  });

  test('an image that is named by its digest alone', async () => {
    const image = await makeImage({ seed: 'pinned' });
    await pushImage(source.url, 'pinned', 'some', image);
    await mirror({ images: [`pinned@${image.digest}`] });
    await expectLanded(`${target.host}/pinned@${image.digest}`, image);
    // A repository without a tag is unknown to the list of some registries, and an empty list to others.
    expect(await crane('ls', `${target.host}/pinned`).catch((error: Error) => error.message)).toMatch(
      /^$|NAME_UNKNOWN/,
    );
  });
});

test('a layer that two images share is moved once, and a second run moves nothing', async () => {
  const base = (await makeImage({ seed: 'base', layers: [50_000] })).blobs.slice(1).map((blob) => blob.bytes);
  const [one, two] = [
    await makeImage({ seed: 'one', layers: [...base, 100] }),
    await makeImage({ seed: 'two', layers: [...base, 200] }),
  ];
  await pushImage(source.url, 'shared', '1', one);
  await pushImage(source.url, 'shared', '2', two);
  const images = ['shared:1', 'shared:2'];
  const moved = await mirror({ images });
  const sizes = new Map([...one.blobs, ...two.blobs].map((blob) => [blob.digest, blob.bytes.length]));
  const total = moved.reduce((sum, outcome) => sum + (outcome.result === 'copied' ? outcome.bytes : 0), 0);
  expect(total).toBe([...sizes.values()].reduce((sum, size) => sum + size, 0));
  await expectLanded(`${target.host}/shared:1`, one);
  await expectLanded(`${target.host}/shared:2`, two);
  expect(await mirror({ images })).toMatchObject([{ result: 'present' }, { result: 'present' }]);
});

test('images are copied within one registry even when it is asked one thing at a time', async () => {
  const images = await Promise.all(['x', 'y', 'z'].map((seed) => makeImage({ seed, layers: [300_000, 300_000] })));
  for (const [number, image] of images.entries()) await pushImage(source.url, `near/${number}`, '1', image);
  const outcomes = await mirror({
    images: images.map((_, number) => `quay.io/${number}:1`),
    namespaces: ['near'],
    into: { registry: source.host, namespace: 'far' },
    concurrency: 1,
  });
  expect(outcomes.map((outcome) => outcome.result)).toEqual(['copied', 'copied', 'copied']);
  for (const [number, image] of images.entries()) await expectLanded(`${source.host}/far/${number}:1`, image);
});

test('other content under the tag is kept, or replaced if on-existing allows it', async () => {
  const [old, fresh] = [await makeImage({ seed: 'old' }), await makeImage({ seed: 'fresh' })];
  await pushImage(source.url, 'moved', '1', fresh);
  await pushImage(target.url, 'moved', '1', old);
  for (const onExisting of ['fail', 'skip'] as const) {
    expect(await mirror({ images: ['moved:1'], onExisting })).toMatchObject([{ result: 'skipped' }]);
    await expectLanded(`${target.host}/moved:1`, old);
  }
  expect(await mirror({ images: ['moved:1'], onExisting: 'replace' })).toMatchObject([{ result: 'copied' }]);
  await expectLanded(`${target.host}/moved:1`, fresh);
});

test('an interrupted copy leaves no tag, and the next run reuses its blobs', async () => {
  const index = await makeIndex([
    await makeImage({ seed: 'first', layers: [2_000_000] }),
    await makeImage({ seed: 'second', layers: [2_000_000], platform: 'linux/arm64' }),
  ]);
  await pushImage(source.url, 'halfway', '1', index);
  const controller = new AbortController();
  let uploads = 0;
  const interrupting = (registries: Registries): Registries => ({
    ...registries,
    get(host) {
      const registry = registries.get(host);
      return {
        ...registry,
        async putBlob(repository, blob, content, from) {
          uploads += 1;
          // The third blob: some have arrived, some are on their way.
          if (uploads === 3) setImmediate(() => controller.abort());
          return await registry.putBlob(repository, blob, content, from);
        },
      };
    },
  });
  const outcomes = await mirror({
    images: ['halfway:1'],
    signal: controller.signal,
    between: interrupting,
    concurrency: 1,
  });
  expect(outcomes).toMatchObject([{ result: 'failed', error: { code: 'cancelled' } }]);
  await expect(crane('digest', `${target.host}/halfway:1`)).rejects.toThrow(/404|MANIFEST_UNKNOWN|NAME_UNKNOWN/);

  const all = index.children.flatMap((child) => child.blobs).reduce((sum, blob) => sum + blob.bytes.length, 0);
  const again = await mirror({ images: ['halfway:1'] });
  expect(again).toMatchObject([{ result: 'copied' }]);
  expect(again[0]?.result === 'copied' && again[0].bytes).toBeLessThan(all);
  await expectLanded(`${target.host}/halfway:1`, index);
});
