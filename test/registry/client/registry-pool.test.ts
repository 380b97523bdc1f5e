import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import type { Registries, Registry } from '../../../src/registry/client/registry.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { openRegistries } from '../../support/registries.ts';

let distribution: Distribution;
let relative: Distribution;
let registries: Registries;
let registry: Registry;
let image: TestImage;
let index: TestImage;

beforeAll(async () => {
  distribution = await startDistribution();
  relative = await startDistribution({ locations: 'relative' });
  registries = (await openRegistries()).registries;
  registry = registries.get(distribution.host);
  image = await makeImage({ seed: 'one', layers: [200_000] });
  index = await makeIndex([image, await makeImage({ seed: 'two', platform: 'linux/arm64', dockerMediaTypes: true })]);
  await pushImage(distribution.url, 'release/contoso-a', '1.0.0', image);
  await pushImage(distribution.url, 'release/contoso-a', 'multi', index);
});

afterAll(async () => {
  await registries.close();
  await distribution.stop();
  await relative.stop();
});

test('a manifest is found by tag and by digest', async () => {
  const { digest, mediaType } = image;
  const found = { result: 'found', value: { digest, mediaType, size: image.bytes.length } };
  expect(await registry.headManifest('release/contoso-a', '1.0.0')).toEqual(found);
  expect(await registry.headManifest('release/contoso-a', digest)).toEqual(found);
});

test.each([
  ['release/contoso-a', '2.0.0'],
  ['release/none', '1.0.0'],
  ['release/contoso-a', computeDigest(Buffer.from('else'))],
])('a manifest that the registry does not have is absent: %s:%s', async (repository, key) => {
  expect((await registry.headManifest(repository, key)).result).toBe('absent');
});

test('a manifest is read byte for byte, whatever its type', async () => {
  const manifest = await registry.getManifest('release/contoso-a', 'multi');
  expect(manifest).toEqual({
    digest: index.digest,
    mediaType: index.mediaType,
    size: index.bytes.length,
    bytes: Buffer.from(index.bytes),
  });
});

test('a manifest that must be there and is not is an error with the place', async () => {
  await expect(registry.getManifest('release/contoso-a', '2.0.0')).rejects.toMatchObject({
    code: 'not-found',
    message: `Cannot read the manifest ${distribution.host}/release/contoso-a:2.0.0: ${distribution.host} returned 404 (MANIFEST_UNKNOWN: manifest unknown).`,
  });
});

test('a blob is streamed', async () => {
  for (const blob of image.blobs) {
    const content = await registry.getBlob('release/contoso-a', { digest: blob.digest, size: blob.bytes.length });
    expect(computeDigest(await buffer(content))).toBe(blob.digest);
  }
});

test('a blob that is not there is an error', async () => {
  const blob = { digest: computeDigest(Buffer.from('else')), size: 4 };
  await expect(registry.getBlob('release/contoso-a', blob)).rejects.toMatchObject({ code: 'not-found' });
  expect(await registry.hasBlob('release/contoso-a', blob)).toBe(false);
});

test.each(['absolute', 'relative'])('an image put with %s upload locations is what crane reads', async (locations) => {
  const target = locations === 'absolute' ? distribution : relative;
  const writer = registries.get(target.host);
  for (const { digest, bytes } of image.blobs) {
    const blob = { digest, size: bytes.length };
    expect(await writer.hasBlob('copy', blob)).toBe(false);
    await writer.putBlob('copy', blob, Readable.from([Buffer.from(bytes)]));
    expect(await writer.hasBlob('copy', blob)).toBe(true);
  }
  const { digest, mediaType } = image;
  const manifest = { digest, mediaType, size: image.bytes.length, bytes: Buffer.from(image.bytes) };
  await writer.putManifest('copy', '1.0.0', manifest);
  const read = execFileSync(toolPath('crane'), ['manifest', `${target.host}/copy:1.0.0`, '--insecure']);
  expect(read).toEqual(Buffer.from(image.bytes));
  execFileSync(toolPath('crane'), ['validate', '--remote', `${target.host}/copy:1.0.0`, '--insecure']);
});

test('a copy within one registry does not wait for itself, however few requests may be in flight', async () => {
  const { registries: narrow } = await openRegistries({ concurrency: 1 });
  const here = narrow.get(distribution.host);
  for (const { digest, bytes } of image.blobs) {
    const blob = { digest, size: bytes.length };
    await here.putBlob('within', blob, await here.getBlob('release/contoso-a', blob));
    expect(await here.hasBlob('within', blob)).toBe(true);
  }
  await narrow.close();
});

test('an empty blob can be put', async () => {
  const blob = { digest: computeDigest(Buffer.alloc(0)), size: 0 };
  await registry.putBlob('empty', blob, Readable.from([]));
  expect(await registry.hasBlob('empty', blob)).toBe(true);
});

test('content with another digest is refused by the registry, in its own words', async () => {
  const blob = { digest: computeDigest(Buffer.from('right')), size: 5 };
  await expect(registry.putBlob('wrong', blob, Readable.from([Buffer.from('wrong')]))).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('DIGEST_INVALID'),
  });
  expect(await registry.hasBlob('wrong', blob)).toBe(false);
});

test('content that is shorter than its manifest says is not put', async () => {
  const blob = { digest: computeDigest(Buffer.from('right')), size: 5 };
  await expect(registry.putBlob('wrong', blob, Readable.from([Buffer.from('righ')]))).rejects.toMatchObject({
    code: 'digest-mismatch',
  });
});

test('a manifest whose parts are missing is refused', async () => {
  const { digest, mediaType } = image;
  const manifest = { digest, mediaType, size: image.bytes.length, bytes: Buffer.from(image.bytes) };
  await expect(registry.putManifest('nothing', '1.0.0', manifest)).rejects.toMatchObject({
    message: expect.stringContaining('MANIFEST_BLOB_UNKNOWN'),
  });
});

test('tags are listed', async () => {
  expect([...(await registry.listTags('release/contoso-a'))].sort()).toEqual(['1.0.0', 'multi']);
  await expect(registry.listTags('release/none')).rejects.toMatchObject({ code: 'not-found' });
});

test('a registry that is down is unknown, never absent', async () => {
  const gone = await startDistribution();
  await gone.stop();
  const answer = await registries.get(gone.host).headManifest('release/contoso-a', '1.0.0');
  expect(answer).toMatchObject({ result: 'unknown', error: { code: 'network' } });
});

test('a registry that will be asked later is greeted at once, and once', async () => {
  const server = await startFaultServer(() => ({ status: 404, body: '{}' }));
  onTestFinished(() => server.stop());
  const { registries: opened } = await openRegistries({ later: server.host });
  onTestFinished(() => opened.close());
  await expect.poll(() => server.requests.map(({ path }) => path)).toEqual(['/v2/']);
  await opened.get(server.host).headManifest('a', '1');
  expect(server.requests.filter(({ path }) => path === '/v2/')).toHaveLength(1);
});

test('a registry with a failed ping is an error of the first request', async () => {
  const { registries: opened } = await openRegistries({ later: '127.0.0.1:1' });
  onTestFinished(() => opened.close());
  expect(await opened.get('127.0.0.1:1').headManifest('a', '1')).toMatchObject({
    result: 'unknown',
    error: { code: 'network' },
  });
});
