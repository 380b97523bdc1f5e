/** Answers to requests for manifests that registries really give. */
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { writerOf } from '../../../src/registry/client/registry.ts';
import type { Credential } from '../../../src/registry/credentials/credential.ts';
import { type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { faultOf } from '../../support/faults.ts';
import { makeImage } from '../../support/images.ts';
import { openRegistries } from '../../support/registries.ts';
import { registryThat } from './registry-fixtures.ts';

const image = await makeImage();
const bytes = Buffer.from(image.bytes);
const manifest = { digest: image.digest, mediaType: image.mediaType, size: bytes.length, bytes };
const headers = { 'content-type': image.mediaType, 'docker-content-digest': image.digest };
const robot: Credential = { kind: 'basic', username: 'robot', password: 'word' };

test.each([200, 201, 202])('a manifest is pushed if the registry returns %i', async (status) => {
  const { registry } = await registryThat(() => ({ status }));
  expect(await registry.putManifest('a', '1', manifest)).toEqual({ subject: undefined });
});

test('a manifest that a cache compresses is found and read', async () => {
  const compressed = gzipSync(bytes);
  const { registry } = await registryThat(({ method }) => ({
    status: 200,
    headers: { ...headers, 'content-encoding': 'gzip', 'content-length': String(compressed.length) },
    ...(method === 'HEAD' ? {} : { body: compressed }),
  }));
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'found', value: { size: bytes.length } });
  expect((await registry.getManifest('a', '1')).bytes).toEqual(bytes);
});

test('a compressed manifest that unpacks to more than any manifest is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const { registry } = await registryThat(() => ({
    status: 200,
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: bomb,
  }));
  expect(await faultOf(registry.getManifest('a', '1'))).toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('cannot be decompressed'),
  });
});

test('a manifest of 5 MiB is found and read, as other clients do', async () => {
  const long = Buffer.from(
    JSON.stringify({ ...JSON.parse(bytes.toString()), annotations: { a: 'x'.repeat(5 << 20) } }),
  );
  const { registry } = await registryThat(({ method }) => ({
    status: 200,
    headers: { ...headers, 'docker-content-digest': computeDigest(long), 'content-length': String(long.length) },
    ...(method === 'HEAD' ? {} : { body: long }),
  }));
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'found', value: { size: long.length } });
  expect((await registry.getManifest('a', '1')).size).toBe(long.length);
});

test('response headers of 200 KiB, as those of registries of clouds, are read', async () => {
  const policy = 'p'.repeat(50 * 1024);
  const long = { ...headers, 'x-policy-1': policy, 'x-policy-2': policy, 'x-policy-3': policy, 'x-policy-4': policy };
  const { registry } = await registryThat(() => ({ status: 200, headers: long, body: bytes }));
  expect((await registry.getManifest('a', '1')).digest).toBe(image.digest);
});

/** A registry that redirects reads to a storage, and what the storage answers. */
async function redirecting(storage: (request: SeenRequest) => Reply) {
  const elsewhere = await startFaultServer(storage);
  const { registry, server } = await registryThat(
    ({ path, headers: { authorization } }) =>
      authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
        : { status: 307, headers: { location: `${elsewhere.url.replace('127.0.0.1', 'localhost')}${path}` } },
    { credential: robot },
  );
  onTestFinished(() => elsewhere.stop());
  return { registry, server };
}

/** A URL that is signed for GET, as those of S3. */
const signedForGet = ({ method }: SeenRequest): Reply =>
  method === 'GET'
    ? { status: 200, headers, body: bytes }
    : { status: 403, headers: { 'content-type': 'application/xml' } };

test('a manifest behind a redirect that is signed for GET only is found', async () => {
  const { registry } = await redirecting(signedForGet);
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'found', value: { digest: image.digest } });
});

test('a blob behind a redirect that is signed for GET only exists', async () => {
  const { registry } = await redirecting(signedForGet);
  expect(await registry.hasBlob('a', { digest: image.digest, size: 10 })).toBe(true);
});

test('a storage that denies access after a redirect did not see the user, so its error has no user', async () => {
  const { registry } = await redirecting(() => ({ status: 403, body: '<Error>AccessDenied</Error>' }));
  const error = await faultOf(registry.getManifest('a', '1'));
  expect(error.message).toContain('returned 403');
  expect(error.message).not.toContain('robot');
});

test('a registry that denies access itself is reported with the user', async () => {
  const { registry } = await registryThat(() => ({ status: 403 }), { credential: robot });
  expect((await faultOf(registry.getManifest('a', '1'))).message).not.toContain('to the user robot');
  const { registry: other } = await registryThat(
    ({ headers: { authorization } }) =>
      authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
        : { status: 403 },
    { credential: robot },
  );
  await other.headManifest('a', '1');
  expect((await faultOf(other.getManifest('a', '1'))).message).toContain('to the user robot');
});

/** A registry whose tokens allow what the test says, and the scopes that were requested. */
async function withTokens(isGranted: (scope: string) => boolean) {
  const scopes: string[] = [];
  const server = await startFaultServer(({ path, headers: { authorization }, method }) => {
    const url = new URL(path, server.url);
    if (url.pathname === '/token') {
      const scope = url.searchParams.getAll('scope').join(' ');
      scopes.push(scope);
      return isGranted(scope) ? { status: 200, body: '{"token":"t"}' } : { status: 401, body: '{}' };
    }
    if (authorization === undefined)
      return { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/token",service="s"` } };
    return method === 'POST' ? { status: 201 } : { status: 404 };
  });
  const { registries } = await openRegistries({ credential: robot });
  onTestFinished(async () => {
    await registries.close();
    await server.stop();
  });
  return { registry: registries.get(server.host), scopes };
}

test('a repository that does not exist yet, to which only a push is granted, is absent for a push', async () => {
  const { registry, scopes } = await withTokens((scope) => scope === '' || scope.endsWith(':pull,push'));
  expect(await registry.headManifest('new', '1')).toMatchObject({ result: 'unknown' });
  expect((await writerOf(registry).headManifest('new', '1')).result).toBe('absent');
  expect(scopes.at(-1)).toBe('repository:new:pull,push');
});

test('a target that the credentials may only read is read with that right', async () => {
  const { registry } = await withTokens((scope) => scope === '' || scope.endsWith(':pull'));
  expect((await writerOf(registry).headManifest('old', '1')).result).toBe('absent');
});

test('a mount requests the right to read the other repository with the right to push', async () => {
  const { registry, scopes } = await withTokens(() => true);
  const blob = { digest: image.digest, size: 10 };
  expect(await registry.putBlob('to', blob, Buffer.alloc(0), 'from')).toBe('mounted');
  expect(scopes).toEqual(['repository:to:pull,push repository:from:pull']);
  expect(await registry.putBlob('to', blob, Buffer.alloc(0), 'to')).toBe('exists');
  expect(scopes.at(-1)).toBe('repository:to:pull,push');
});

test('an index whose list of manifests is null is found', async () => {
  const empty = Buffer.from('{"schemaVersion":2,"manifests":null}');
  // Without its digest, so that it is read and its form is checked.
  const { registry } = await registryThat(() => ({
    status: 200,
    headers: { 'content-type': mediaTypes.ociIndex },
    body: empty,
  }));
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'found' });
});

test('an image whose list of layers is null is found', async () => {
  const empty = Buffer.from('{"schemaVersion":2,"config":{},"layers":null}');
  const { registry } = await registryThat(() => ({
    status: 200,
    headers: { 'content-type': mediaTypes.ociManifest },
    body: empty,
  }));
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'found' });
});

test('a list of referrers that is null is empty', async () => {
  const { registry } = await registryThat(() => ({
    status: 200,
    headers: { 'content-type': mediaTypes.ociIndex },
    body: '{"schemaVersion":2,"manifests":null}',
  }));
  expect(await registry.listReferrers('a', image.digest)).toEqual([]);
});

test.each(['{"token":null,"access_token":"t"}', '{"token":"t","access_token":null,"expires_in":null}'])(
  'a token response with null for what it does not have is accepted: %s',
  async (body) => {
    const server = await startFaultServer(({ path, headers: { authorization } }) => {
      if (path.startsWith('/token')) return { status: 200, body };
      if (authorization === 'Bearer t') return { status: 404 };
      return { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/token",service="s"` } };
    });
    const { registries } = await openRegistries();
    onTestFinished(async () => {
      await registries.close();
      await server.stop();
    });
    expect((await registries.get(server.host).headManifest('a', '1')).result).toBe('absent');
  },
);
