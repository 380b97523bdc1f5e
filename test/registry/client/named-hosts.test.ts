import { afterEach, expect, test } from 'vitest';
import type { LookUp } from '../../../src/core/http/reach.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** What a registry may be made to name: by a name whose server says so, and as an address. */
const linkLocal = ['http://metadata.example/latest', 'http://link-local.example/latest', 'http://[fe80::1]/latest'];

const names: Readonly<Record<string, string>> = {
  'metadata.example': '169.254.169.254',
  'link-local.example': '169.254.10.20',
};

const lookUp: LookUp = async (name) => [{ address: names[name] ?? '203.0.113.1', family: 4 }];

async function registryThat(answer: (request: SeenRequest) => Reply) {
  const server = await startFaultServer((request) => (request.path === '/v2/' ? { status: 200 } : answer(request)));
  const { registries } = await openRegistries({ lookUp });
  open.push(server, { stop: () => registries.close() });
  return registries.get(server.host);
}

const refused = { code: 'registry-answer', message: expect.stringMatching(/Cannot follow .* (link-local|metadata)/) };
const bytes = Buffer.from('layer');
const blob = { digest: computeDigest(bytes), size: bytes.length };

test.each(linkLocal)('a registry over http sends a look-up not on to %s: the image is unknown', async (location) => {
  const registry = await registryThat(() => ({ status: 307, headers: { location } }));
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'unknown', error: refused });
});

test.each(linkLocal)('a registry over http sends a blob not on to %s', async (location) => {
  const registry = await registryThat(() => ({ status: 307, headers: { location } }));
  await expect(registry.getBlob('a', blob)).rejects.toMatchObject(refused);
});

test.each(linkLocal)('the Location of an upload does not lead to %s', async (location) => {
  const registry = await registryThat(() => ({ status: 202, headers: { location } }));
  await expect(registry.putBlob('a', blob, bytes)).rejects.toMatchObject(refused);
});

test.each(linkLocal)('the next page of a list is not requested at %s', async (location) => {
  const link = `<${location}>; rel="next"`;
  const registry = await registryThat(() => ({ status: 200, headers: { link }, body: '{"tags":["1"]}' }));
  await expect(registry.listTags('a')).rejects.toMatchObject(refused);
});

test.each(['http://metadata.example/latest', 'http://link-local.example/latest'])(
  'a token server of a registry gets no request at %s',
  async (realm) => {
    const registry = await registryThat(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${realm}"` },
    }));
    expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'unknown', error: refused });
  },
);

test('a token server on the own host of a registry does not send the login on to a metadata service', async () => {
  const server = await startFaultServer(({ path }) =>
    path.startsWith('/token')
      ? { status: 302, headers: { location: 'http://metadata.example/latest' } }
      : { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/token"` } },
  );
  const { registries } = await openRegistries({ lookUp });
  open.push(server, { stop: () => registries.close() });
  expect(await registries.get(server.host).headManifest('a', '1')).toMatchObject({ result: 'unknown', error: refused });
});
