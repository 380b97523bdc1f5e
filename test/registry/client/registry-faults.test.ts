import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { type FaultServer, type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';
import { registryThat } from './registry-fixtures.ts';

const manifest = Buffer.from(
  JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: {}, layers: [] }),
);
const digest = computeDigest(manifest);
const head = {
  'content-type': mediaTypes.ociManifest,
  'content-length': String(manifest.length),
  'docker-content-digest': digest,
};
const other = computeDigest(Buffer.from('other'));
const here: Reply = { status: 200, headers: head, body: manifest };

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** What was asked after the greeting. */
function asked(server: FaultServer, method: string): readonly SeenRequest[] {
  return server.requests.filter((request) => request.path !== '/v2/' && request.method === method);
}

test('all types of manifest are accepted, deprecated attachments too, so that no registry converts one', async () => {
  const { registry, server } = await registryThat(() => here);
  await registry.headManifest('a', '1');
  const { ociIndex, ociManifest, dockerList, dockerManifest, ociArtifact, orasArtifact } = mediaTypes;
  expect(asked(server, 'HEAD')[0]?.headers.accept?.split(', ')).toEqual([
    ociIndex,
    ociManifest,
    dockerList,
    dockerManifest,
    ociArtifact,
    orasArtifact,
  ]);
});

test.each<[string, Record<string, string>]>([
  ['no digest', { 'content-type': mediaTypes.ociManifest }],
  ['a digest that is none', { ...head, 'docker-content-digest': 'sha256:short' }],
  ['no type', { 'docker-content-digest': digest }],
  [
    'no length',
    { 'content-type': mediaTypes.ociManifest, 'docker-content-digest': digest, 'transfer-encoding': 'chunked' },
  ],
  ['a length of 0', { ...head, 'content-length': '0' }],
  ['the type of a file (Artifactory behind some proxies)', { ...head, 'content-type': 'application/octet-stream' }],
])('where HEAD tells %s the manifest itself is read and hashed', async (_, headers) => {
  const { registry, server } = await registryThat(({ method }) =>
    method === 'HEAD' ? { status: 200, headers } : { ...here, headers: { 'content-type': mediaTypes.ociManifest } },
  );
  expect(await registry.headManifest('a', '1')).toEqual({
    result: 'found',
    value: { digest, mediaType: mediaTypes.ociManifest, size: manifest.length },
  });
  expect(asked(server, 'GET')).toHaveLength(1);
});

const kinds = { image: mediaTypes.ociManifest, index: mediaTypes.ociIndex } as const;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test.each<[string, keyof typeof kinds, Buffer]>([
  ['100 zero bytes', 'image', Buffer.alloc(100)],
  ['no bytes', 'image', Buffer.alloc(0)],
  ['a JSON text', 'image', json('manifest')],
  ['an object without layers', 'image', json({ schemaVersion: 2, config: {} })],
  ['the error of another API', 'image', json({ error: 'not found', schemaVersion: 2 })],
  ['a manifest of schema 1', 'image', json({ schemaVersion: 1, config: {}, layers: [] })],
  ['an image that calls itself an index', 'index', json({ schemaVersion: 2, config: {}, layers: [] })],
  ['an index that calls itself an image', 'image', json({ schemaVersion: 2, manifests: [] })],
])('%s under the type of an %s are not an image: unknown, neither found nor absent', async (_, kind, body) => {
  const headers = { 'content-type': kinds[kind] };
  const { registry } = await registryThat(() => ({ status: 200, headers, body }));
  const answer = await registry.headManifest('a', '1');
  expect(answer).toMatchObject({ result: 'unknown', error: { code: 'registry-answer' } });
  expect(answer.result === 'unknown' && answer.error.message).toContain(kinds[kind]);
});

test('a manifest that HEAD says is longer than any manifest is not found', async () => {
  const headers = { ...head, 'content-length': String(9 * 1024 * 1024) };
  const { registry } = await registryThat(({ method }) =>
    method === 'HEAD' ? { status: 200, headers } : { ...here, body: Buffer.alloc(9 * 1024 * 1024), headers },
  );
  expect(await registry.headManifest('a', '1')).toMatchObject({
    result: 'unknown',
    error: { code: 'registry-answer' },
  });
});

test.each([mediaTypes.ociArtifact, mediaTypes.orasArtifact])(
  'an attachment of the deprecated type %s without its digest is read and hashed',
  async (mediaType) => {
    const body = json({ mediaType, artifactType: 'application/spdx+json', blobs: [] });
    const { registry } = await registryThat(() => ({ status: 200, headers: { 'content-type': mediaType }, body }));
    expect(await registry.headManifest('a', '1')).toEqual({
      result: 'found',
      value: { digest: computeDigest(body), mediaType, size: body.length },
    });
  },
);

test('an index without its digest is read and hashed', async () => {
  const body = json({ schemaVersion: 2, manifests: [{ digest }] });
  const headers = { 'content-type': mediaTypes.dockerList };
  const { registry } = await registryThat(() => ({ status: 200, headers, body }));
  expect(await registry.headManifest('a', '1')).toEqual({
    result: 'found',
    value: { digest: computeDigest(body), mediaType: mediaTypes.dockerList, size: body.length },
  });
});

test('parameters of a content type are no part of the media type', async () => {
  const headers = { ...head, 'content-type': `${mediaTypes.ociManifest}; charset=utf-8` };
  const { registry } = await registryThat(() => ({ ...here, headers }));
  expect((await registry.getManifest('a', '1')).mediaType).toBe(mediaTypes.ociManifest);
});

test.each([
  [500, 'registry-answer'],
  [503, 'registry-answer'],
  [401, 'unauthorized'],
  [403, 'denied'],
  [429, 'throttled'],
  [400, 'registry-answer'],
])('a registry that answers %i to the end leaves the image unknown (%s)', async (status, code) => {
  const { registry } = await registryThat(() => ({ status }));
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'unknown', error: { code } });
});

test.each<[string, Reply]>([
  ['hangs up', 'hang-up'],
  ['breaks off', { halfOf: manifest, headers: head }],
])('a registry that %s leaves the image unknown', async (_, reply) => {
  const { registry } = await registryThat(({ method }) => (method === 'HEAD' ? { status: 200 } : reply));
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'unknown', error: { code: 'network' } });
});

test('a registry that fails at first is asked again', async () => {
  let count = 0;
  const { registry } = await registryThat(() => {
    count += 1;
    return count < 3 ? { status: 503, headers: { 'retry-after': '0' } } : here;
  });
  expect((await registry.headManifest('a', '1')).result).toBe('found');
});

test('a cancelled lookup throws, it does not become unknown', async () => {
  const abort = new AbortController();
  const { registry } = await registryThat(
    () => {
      abort.abort();
      return 'silence';
    },
    { signal: abort.signal },
  );
  await expect(registry.headManifest('a', '1')).rejects.toMatchObject({ code: 'cancelled' });
});

test('a manifest that is not what its digest says is refused', async () => {
  const { registry } = await registryThat(() => here);
  await expect(registry.getManifest('a', other)).rejects.toMatchObject({ code: 'digest-mismatch' });
  expect(await registry.headManifest('a', other)).toMatchObject({
    result: 'unknown',
    error: { code: 'digest-mismatch' },
  });
});

test('a manifest that is not what its header says is refused', async () => {
  const { registry } = await registryThat(() => ({ ...here, headers: { ...head, 'docker-content-digest': other } }));
  await expect(registry.getManifest('a', '1')).rejects.toMatchObject({ code: 'digest-mismatch' });
});

test('a manifest longer than 8 MiB is refused', async () => {
  const { registry } = await registryThat(() => ({ status: 200, body: Buffer.alloc(8 * 1024 * 1024 + 1) }));
  await expect(registry.getManifest('a', '1')).rejects.toMatchObject({ code: 'registry-answer' });
});

test('a manifest of schema 1 is refused with what to do', async () => {
  const { registry } = await registryThat(() => ({
    ...here,
    headers: { 'content-type': mediaTypes.dockerSchema1Signed },
  }));
  await expect(registry.getManifest('a', '1')).rejects.toMatchObject({
    code: 'manifest-unsupported',
    advice: expect.stringContaining('push it again'),
  });
});

test('a blob is fetched from where the registry sends us, without the credentials', async () => {
  const store = await startFaultServer(() => ({ status: 200, body: 'blob' }));
  open.push(store);
  const { registry, server } = await registryThat(
    (request) =>
      request.headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : { status: 307, headers: { location: `${store.url}/data?sig=abc` } },
    { credential: { kind: 'basic', username: 'robot', password: 'pass' } },
  );
  const content = await registry.getBlob('a', { digest: computeDigest(Buffer.from('blob')), size: 4 });
  expect((await buffer(content)).toString()).toBe('blob');
  expect(asked(server, 'GET').map(({ headers }) => headers.authorization !== undefined)).toEqual([false, true]);
  expect(store.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/data?sig=abc', undefined],
  ]);
});

test('a blob that breaks off is a network error in its stream', async () => {
  const { registry } = await registryThat(() => ({ halfOf: Buffer.alloc(1000) }));
  const content = await registry.getBlob('a', { digest, size: 1000 });
  await expect(buffer(content)).rejects.toMatchObject({ code: 'network' });
});

test('blobs that are given up make room for others', async () => {
  const { registry } = await registryThat(() => ({ status: 200, body: Buffer.alloc(4_000_000) }), { concurrency: 1 });
  for (let count = 0; count < 3; count += 1) (await registry.getBlob('a', { digest, size: 4_000_000 })).destroy();
  const content = await registry.getBlob('a', { digest, size: 4_000_000 });
  expect((await buffer(content)).length).toBe(4_000_000);
});

test('a blob counts as a request in flight until it has been read', async () => {
  const { registry, server } = await registryThat(
    ({ method }) => (method === 'HEAD' ? here : { status: 200, body: Buffer.alloc(4_000_000) }),
    { concurrency: 1 },
  );
  const content = await registry.getBlob('a', { digest, size: 4_000_000 });
  const lookup = registry.headManifest('a', '1');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked(server, 'HEAD')).toEqual([]);
  await buffer(content);
  expect((await lookup).result).toBe('found');
});

test('an encrypted registry cannot send an upload to a place that is not', async () => {
  const { authority, certificate, key, remove } = makeCertificates();
  const uploads = await startFaultServer(() => ({ status: 201 }));
  const server = await startFaultServer(() => ({ status: 202, headers: { location: `${uploads.url}/up` } }), {
    tls: { certificate: readFileSync(certificate), key: readFileSync(key) },
  });
  const { registries } = await openRegistries({ caFile: authority });
  open.push({ stop: async () => remove() }, uploads, server, { stop: () => registries.close() });
  const content = Readable.from([Buffer.from('layer')]);
  await expect(registries.get(server.host).putBlob('a', { digest, size: 5 }, content)).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('not encrypted'),
  });
  expect(uploads.requests).toEqual([]);
});

test('an upload keeps the query of its location, sends the length, and sends no credentials to another host', async () => {
  const uploads = await startFaultServer(() => ({ status: 201 }));
  const { registry, server } = await registryThat(
    (request) =>
      request.headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : { status: 202, headers: { location: `${uploads.url}/up?_state=a%2Fb%20c==&x` } },
    { credential: { kind: 'basic', username: 'robot', password: 'pass' } },
  );
  open.push(uploads);
  const bytes = Buffer.from('layer');
  const blob = { digest: computeDigest(bytes), size: bytes.length };
  await registry.putBlob('a', blob, Readable.from([bytes]));
  expect(asked(server, 'POST').at(-1)?.headers['content-length']).toBe('0');
  const [put] = uploads.requests;
  expect(put?.path).toBe(`/up?_state=a%2Fb%20c==&x&digest=${encodeURIComponent(blob.digest)}`);
  expect(put?.headers).toMatchObject({ 'content-length': '5' });
  expect(put?.headers).not.toHaveProperty('authorization');
  expect(put?.headers).not.toHaveProperty('transfer-encoding');
  expect(put?.body).toEqual(bytes);
});

test('an upload that the registry needs no content for ends at once', async () => {
  const { registry, server } = await registryThat(() => ({ status: 201 }));
  const content = Readable.from([Buffer.from('layer')]);
  await registry.putBlob('a', { digest, size: 5 }, content);
  expect([asked(server, 'PUT').length, content.destroyed]).toEqual([0, true]);
});

test.each([202, 500])('an upload that ends with %i fails, and its content is given up', async (status) => {
  const { registry } = await registryThat(({ method }) =>
    method === 'POST' ? { status: 202, headers: { location: '/up' } } : { status },
  );
  const content = Readable.from([Buffer.from('layer')]);
  await expect(registry.putBlob('a', { digest, size: 5 }, content)).rejects.toMatchObject({ code: 'registry-answer' });
  expect(content.destroyed).toBe(true);
});

test('an upload without a location is an error', async () => {
  const { registry } = await registryThat(() => ({ status: 202 }));
  await expect(registry.putBlob('a', { digest, size: 5 }, Readable.from([]))).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('started an upload without a location'),
  });
});

test('a registry that stores a manifest under a different digest is an error', async () => {
  const { registry } = await registryThat(() => ({ status: 201, headers: { 'docker-content-digest': other } }));
  const value = { digest, mediaType: mediaTypes.ociManifest, size: manifest.length, bytes: manifest };
  await expect(registry.putManifest('a', '1', value)).rejects.toMatchObject({ code: 'digest-mismatch' });
});

test('a manifest is put with its own type and exactly its bytes', async () => {
  const { registry, server } = await registryThat(() => ({ status: 201 }));
  const value = { digest, mediaType: mediaTypes.ociManifest, size: manifest.length, bytes: manifest };
  await registry.putManifest('a', '1', value);
  expect(asked(server, 'PUT')).toMatchObject([
    { path: '/v2/a/manifests/1', headers: { 'content-type': mediaTypes.ociManifest }, body: manifest },
  ]);
});

test('tags are read page by page', async () => {
  const { registry } = await registryThat(({ path }) =>
    path.includes('last=')
      ? { status: 200, body: '{"name":"a","tags":["2"]}' }
      : { status: 200, headers: { link: '</v2/a/tags/list?last=1&n=1000>; rel="next"' }, body: '{"tags":["1"]}' },
  );
  expect(await registry.listTags('a')).toEqual(['1', '2']);
});

test('endless pages of tags end', async () => {
  const { registry, server } = await registryThat(() => ({
    status: 200,
    headers: { link: '</v2/a/tags/list?last=1>; rel="next"' },
    body: '{"tags":["1"]}',
  }));
  expect(await registry.listTags('a')).toHaveLength(asked(server, 'GET').length);
});

test.each(['{"tags":null}', '{}'])('%s is a list without tags', async (body) => {
  const { registry } = await registryThat(() => ({ status: 200, body }));
  expect(await registry.listTags('a')).toEqual([]);
});

test('a page that is not a list of tags is an error', async () => {
  const { registry } = await registryThat(() => ({ status: 200, body: '<html>' }));
  await expect(registry.listTags('a')).rejects.toMatchObject({ code: 'registry-answer' });
});
