import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { silentLog } from '../../../src/core/log.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { Registries, Registry } from '../../../src/registry/client/registry.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { testFolder } from '../../support/folder.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { loopbackRegistries } from '../../support/loopback-registries.ts';
import { memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { type Copying, planOf } from '../../support/planned.ts';
import { outputOf } from '../../support/program.ts';
import { withSubject } from '../../support/referrers.ts';

let source: Distribution;
let target: Distribution;

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

async function copy(registries: Registries, attachments: 'all' | 'none', ...copies: readonly Copying[]) {
  const signal = new AbortController().signal;
  return await copyImages(planOf(...copies), registries, { attachments, concurrency: 4, log: silentLog, signal });
}

async function oras(...args: readonly string[]): Promise<string> {
  return await outputOf(toolPath('oras'), args, { cwd: await folderWithFiles() });
}

async function folderWithFiles(): Promise<string> {
  const folder = await testFolder();
  await writeFile(join(folder, 'sbom.json'), '{"sbom":true}');
  await writeFile(join(folder, 'signature'), 'signed');
  return folder;
}

async function attach(location: string, type: string, file: string): Promise<string> {
  const printed = await oras('attach', '--plain-http', '--artifact-type', type, location, file, '--format', 'json');
  return String(JSON.parse(printed).digest);
}

/** The whole tree of referrers, as oras finds it, without the host. */
async function discover(location: string): Promise<string> {
  const tree = await oras('discover', '--plain-http', '--format', 'json', location);
  return tree.replaceAll(location.slice(0, location.indexOf('/')), 'HOST');
}

function cosignTag({ digest }: TestImage, suffix: string): string {
  return `${digest.replace(':', '-')}.${suffix}`;
}

test('a signed multi-platform image arrives with signatures, attestations, SBOM, and what is attached to those', async () => {
  const index = await makeIndex(
    [await makeImage({ seed: 'x' }), await makeImage({ seed: 'x', platform: 'linux/arm64' })],
    {
      attestations: true,
    },
  );
  await pushImage(source.url, 'signed', '1', index);
  const place = `${source.host}/signed:1`;
  const sbom = await attach(place, 'application/spdx+json', 'sbom.json');
  await attach(`${source.host}/signed@${sbom}`, 'application/vnd.example.signature', 'signature');
  await attach(`${source.host}/signed@${index.children[0]?.digest}`, 'application/spdx+json', 'sbom.json');
  for (const suffix of ['sig', 'att', 'sbom']) {
    await pushImage(source.url, 'signed', cosignTag(index, suffix), await makeImage({ seed: suffix }));
  }
  const registries = await loopbackRegistries();
  const outcomes = await copy(registries, 'all', { image: index, from: place, to: `${target.host}/mirror/signed:1` });
  await registries.close();
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  const tree = await discover(place);
  expect(tree).toContain('application/vnd.example.signature');
  const arrived = `${target.host}/mirror/signed`;
  expect((await discover(`${arrived}:1`)).replaceAll('HOST/mirror/', 'HOST/')).toBe(tree);
  for (const tag of [
    '1',
    `sha256-${index.children[0]?.digest.slice(7)}`,
    cosignTag(index, 'sig'),
    cosignTag(index, 'att'),
  ]) {
    const crane = (host: string) => outputOf(toolPath('crane'), ['manifest', '--insecure', `${host}:${tag}`]);
    expect(await crane(arrived)).toBe(await crane(`${source.host}/signed`));
  }
});

test('without attachments only the image arrives', async () => {
  const image = await makeImage({ seed: 'alone' });
  await pushImage(source.url, 'alone', '1', image);
  await attach(`${source.host}/alone:1`, 'application/spdx+json', 'sbom.json');
  const registries = await loopbackRegistries();
  await copy(registries, 'none', { image, from: `${source.host}/alone:1`, to: `${target.host}/alone:1` });
  await registries.close();
  expect(await outputOf(toolPath('crane'), ['ls', '--insecure', `${target.host}/alone`])).toBe('1');
});

async function referrerOf(subject: TestImage, seed: string): Promise<TestImage> {
  return withSubject(await makeImage({ seed }), subject);
}

/** A registry in memory with the referrers API for the given subjects. */
function listing(registry: Registry, referrers: ReadonlyMap<string, readonly TestImage[]>): Registry {
  return {
    ...registry,
    listReferrers: async (_, digest) =>
      (referrers.get(digest) ?? []).map((image) => ({
        digest: image.digest,
        descriptor: { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length },
      })),
  };
}

test('referrers that a registry lists are listed by tag where the target does not list them itself', async () => {
  const image = await makeImage({ seed: 'subject' });
  const [one, two] = [await referrerOf(image, 'one'), await referrerOf(image, 'two')];
  const [from, to] = [memoryRegistry('s.io'), memoryRegistry('t.io')];
  for (const [tag, part] of Object.entries({ image, one, two })) from.add('a', tag, part);
  const lists = listing(from, new Map([[image.digest, [one, two]]]));
  const outcomes = await copy(memoryRegistries(lists, to), 'all', { image, from: 's.io/a', to: 't.io/a:1' });
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  const index = JSON.parse(String(to.bytesOf(`a:${image.digest.replace(':', '-')}`)));
  expect(index).toMatchObject({
    mediaType: mediaTypes.ociIndex,
    manifests: [{ digest: one.digest }, { digest: two.digest }],
  });
  for (const part of [one, two]) expect(to.bytesOf(`a@${part.digest}`)).toEqual(Buffer.from(part.bytes));
});

test('a target that lists referrers itself gets no tag for them', async () => {
  const image = await makeImage({ seed: 'subject' });
  const signature = await referrerOf(image, 'signature');
  const [from, to] = [memoryRegistry('s.io'), memoryRegistry('t.io')];
  for (const [tag, part] of Object.entries({ image, signature })) from.add('a', tag, part);
  const modern: Registry = {
    ...to,
    async putManifest(repository, key, manifest) {
      await to.putManifest(repository, key, manifest);
      return { subject: image.digest };
    },
  };
  const lists = listing(from, new Map([[image.digest, [signature]]]));
  await copy(memoryRegistries(lists, modern), 'all', { image, from: 's.io/a', to: 't.io/a:1' });
  expect(to.names().filter((name) => /a:/.test(name))).toEqual(['a:1']);
  expect(to.bytesOf(`a@${signature.digest}`)).toEqual(Buffer.from(signature.bytes));
});

test('referrers that refer to each other end', async () => {
  const [image, one, two] = await Promise.all(['image', 'one', 'two'].map((seed) => makeImage({ seed })));
  if (!image || !one || !two) throw new Error('three images were made');
  const [from, to] = [memoryRegistry('s.io'), memoryRegistry('t.io')];
  for (const [tag, part] of Object.entries({ image, one, two })) from.add('a', tag, part);
  const circle = new Map([
    [image.digest, [one]],
    [one.digest, [two]],
    [two.digest, [one, image]],
  ]);
  const registries = memoryRegistries(listing(from, circle), to);
  expect(await copy(registries, 'all', { image, from: 's.io/a', to: 't.io/a:1' })).toMatchObject([
    { result: 'copied' },
  ]);
});

test('attachments of attachments without end are reported, and the image arrives', async () => {
  const chain = await Promise.all(Array.from({ length: 8 }, (_, seed) => makeImage({ seed: `${seed}` })));
  const [image] = chain;
  if (!image) throw new Error('images were made');
  const from = memoryRegistry('s.io');
  for (const [tag, part] of chain.entries()) from.add('a', String(tag), part);
  const next = new Map(chain.map((part, number) => [part.digest as string, chain.slice(number + 1, number + 2)]));
  const registries = memoryRegistries(listing(from, next), memoryRegistry('t.io'));
  const outcomes = await copy(registries, 'all', { image, from: 's.io/a', to: 't.io/a:1' });
  expect(outcomes).toMatchObject([{ result: 'copied', attachments: [{ error: { code: 'manifest-unsupported' } }] }]);
});

test('signatures that the target has under the tag already are left alone, and the others are reported', async () => {
  const image = await makeImage({ seed: 'image' });
  const [old, fresh] = [await makeImage({ seed: 'old' }), await makeImage({ seed: 'fresh' })];
  const [from, to] = [memoryRegistry('s.io'), memoryRegistry('t.io')];
  from.add('a', '1', image);
  from.add('a', cosignTag(image, 'sig'), fresh);
  to.add('a', cosignTag(image, 'sig'), old);
  const outcomes = await copy(memoryRegistries(from, to), 'all', { image, from: 's.io/a', to: 't.io/a:1' });
  expect(to.bytesOf(`a:${cosignTag(image, 'sig')}`)).toEqual(Buffer.from(old.bytes));
  // It has not the signature of the source.
  expect(outcomes).toMatchObject([{ result: 'copied', attachments: [{ name: cosignTag(image, 'sig') }] }]);
});
