/** Requests to registries that can't be used for the moment, in whole or for some kinds of requests. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { kindOf } from '../../../src/registry/client/guarded-exchange.ts';
import type { Registries } from '../../../src/registry/client/registry.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';
import { registryThat } from './registry-fixtures.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const manifest = Buffer.from('{"schemaVersion":2,"config":{},"layers":[]}');
const head = {
  'content-type': mediaTypes.ociManifest,
  'content-length': String(manifest.length),
  'docker-content-digest': computeDigest(manifest),
};
const there: Reply = { status: 200, headers: head, body: manifest };
const waitAnHour: Reply = { status: 429, headers: { 'retry-after': '3600' } };

const count = 24;

async function lookUpAll(registries: Registries, host: string) {
  const registry = registries.get(host);
  const names = Array.from({ length: count }, (_, index) => `image-${index}`);
  return await Promise.all(names.map((name) => registry.headManifest(name, '1')));
}

const faults: readonly [string, Reply][] = [
  ['throttled', waitAnHour],
  ['network', 'hang-up'],
  ['registry-answer', { status: 503 }],
];

test.each(faults)('look-ups of 24 images do not each wait for a registry that fails with "%s"', async (code, reply) => {
  const broken = await startFaultServer(({ path }) => (path === '/v2/' ? { status: 200 } : reply));
  const healthy = await startFaultServer(() => there);
  const { registries } = await openRegistries({ concurrency: 2 });
  open.push(broken, healthy, { stop: () => registries.close() });
  const found = await lookUpAll(registries, broken.host);
  expect(found.map((one) => one.result === 'unknown' && one.error.code)).toEqual(Array(count).fill(code));
  const asked = broken.requests.filter(({ path }) => path !== '/v2/').map(({ path }) => path);
  expect(new Set(asked).size).toBeLessThanOrEqual(4);
  expect((await lookUpAll(registries, healthy.host)).every(({ result }) => result === 'found')).toBe(true);
});

test('look-ups of 24 images do not each wait for a registry whose certificate is not trusted', async () => {
  const { certificate, key, remove } = makeCertificates();
  const tls = { certificate: readFileSync(certificate), key: readFileSync(key) };
  const server = await startFaultServer(() => there, { tls });
  let attempts = 0;
  const { registries } = await openRegistries({
    network: (http) => ({
      ...http,
      fetch: async (request, maximumBytes) => {
        attempts += 1;
        return await http.fetch(request, maximumBytes);
      },
    }),
  });
  open.push({ stop: async () => remove() }, server, { stop: () => registries.close() });
  const first = await registries.get(server.host).headManifest('first', '1');
  const found = [first, ...(await lookUpAll(registries, server.host))];
  expect(found.map((one) => one.result === 'unknown' && one.error.code)).toEqual(Array(count + 1).fill('tls'));
  expect(attempts).toBe(1);
});

const isHead = ({ method }: SeenRequest): boolean => method === 'HEAD';
const isGet = ({ method }: SeenRequest): boolean => method === 'GET';

test.each(
  faults.flatMap(([code, reply]) => [
    ['HEAD', code, isHead, reply] as const,
    // HEAD is inconclusive.
    ['GET', code, isGet, reply] as const,
  ]),
)('a registry that fails only for %s of manifests ("%s") leaves each image unknown, never absent', async (...given) => {
  const [, code, isFaulty, reply] = given;
  const { registry } = await registryThat((request) => (isFaulty(request) ? reply : { status: 405 }), {
    concurrency: 2,
  });
  const found = await Promise.all(Array.from({ length: count }, (_, at) => registry.headManifest(`image-${at}`, '1')));
  expect(found.map((one) => (one.result === 'unknown' ? one.error.code : one))).toEqual(Array(count).fill(code));
});

test.each(faults)(
  'a token server that fails with "%s" leaves each image unknown, never absent',
  async (code, reply) => {
    const tokens = await startFaultServer(() => reply);
    const challenge = `Bearer realm="${tokens.url}/token",service="s"`;
    const server = await startFaultServer(({ headers }) =>
      headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': challenge } }
        : { status: 404 },
    );
    const { registries } = await openRegistries({ concurrency: 2 });
    open.push(tokens, server, { stop: () => registries.close() });
    const found = await lookUpAll(registries, server.host);
    expect(found.map((one) => (one.result === 'unknown' ? one.error.code : one))).toEqual(Array(count).fill(code));
  },
);

test('an image is found in a registry that limits only lists of tags, also after such a list was refused', async () => {
  const { registry } = await registryThat(({ path }) => (path.includes('/tags/') ? waitAnHour : there));
  await expect(registry.listTags('a')).rejects.toMatchObject({ code: 'throttled' });
  expect((await registry.headManifest('a', '1')).result).toBe('found');
});

/** A port on which nothing listens. */
async function closedHost(): Promise<string> {
  const server = await startFaultServer(() => 'hang-up');
  await server.stop();
  return server.host;
}

test('a registry whose uploads go to a host that cannot be reached is still read', async () => {
  const gone = await closedHost();
  const { registry } = await registryThat(({ method }) =>
    method === 'POST' ? { status: 202, headers: { location: `http://${gone}/uploads/1` } } : there,
  );
  const content = Buffer.from('layer');
  const blob = { digest: computeDigest(content), size: content.length };
  await expect(registry.putBlob('a', blob, content)).rejects.toMatchObject({ code: 'network' });
  expect((await registry.headManifest('a', '1')).result).toBe('found');
});

test.each([
  ['GET', '/v2/a/manifests/1', 'GET manifests'],
  ['HEAD', '/v2/a/blobs/sha256:abc', 'HEAD blobs'],
  ['POST', '/v2/a/blobs/uploads/?mount=sha256:abc&from=a%2Fb', 'POST uploads'],
  ['PATCH', new URL('https://r.io/v2/a/blobs/uploads/1?state=x/y'), 'PATCH uploads'],
  ['GET', '/v2/a/tags/list?n=1000', 'GET tags'],
  ['GET', '/v2/a/manifests/tags', 'GET manifests'],
  ['GET', '/v2/tags/manifests/manifests/blobs', 'GET manifests'],
  ['GET', '/v2/_catalog?n=1000', 'GET other'],
] as const)('%s %s may have a limit of its own: %s', (method, target, kind) => {
  expect(kindOf({ method, target })).toBe(kind);
});
