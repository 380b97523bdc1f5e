/** Uploads in chunks to registries that say strange things about what has arrived. */
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { computeDigest, type Digest } from '../../../src/core/oci/digest.ts';
import { type FaultServer, type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const mebibyte = 2 ** 20;
const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

interface Upload {
  readonly server: FaultServer;
  readonly result: Promise<unknown>;
  /** The content ranges of the chunks, in order, without those that went nowhere. */
  ranges(): readonly unknown[];
}

/**
 * Uploads the bytes to a registry that wants chunks; `answers` is asked for everything but the beginning and the end.
 */
async function upload(bytes: Buffer, answers: (request: SeenRequest, patches: number) => Reply): Promise<Upload> {
  let patches = 0;
  const server = await startFaultServer((request) => {
    if (request.path === '/v2/') return { status: 200, body: '{}' };
    if (request.method === 'POST') return { status: 202, headers: { location: '/up/1' } };
    if (request.method === 'PUT') return { status: request.headers['content-length'] === '0' ? 201 : 413 };
    if (request.method === 'PATCH') patches += 1;
    return answers(request, patches);
  });
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  const blob: { readonly digest: Digest; readonly size: number } = { digest: computeDigest(bytes), size: bytes.length };
  const result = registries.get(server.host).putBlob('a', blob, async () => Readable.from([bytes]));
  result.catch(() => {});
  return {
    server,
    result,
    ranges: () =>
      server.requests.filter(({ method }) => method === 'PATCH').map(({ headers }) => headers['content-range']),
  };
}

const taken: Reply = { status: 202, headers: { location: '/up/2' } };
const small = Buffer.alloc(300, 'layer');

test.each([
  ['more than was sent', '0-9999'],
  ['the middle alone', '100-199'],
  ['nothing that can be read', 'bytes'],
  ['no place at all', undefined],
])('an upload is begun anew where the registry claims to have %s, and no wrong piece is sent', async (_, range) => {
  const state: Reply = { status: 204, headers: { location: '/up/3', ...(range === undefined ? {} : { range }) } };
  const { server, result, ranges } = await upload(small, ({ method }, patches) =>
    method === 'GET' ? state : patches === 1 ? { status: 416 } : taken,
  );
  expect(await result).toBe('uploaded');
  expect(ranges()).toEqual(['0-299', '0-299']);
  expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
});

test('an upload is begun anew where the registry has lost an earlier chunk', async () => {
  const bytes = Buffer.alloc(17 * mebibyte, 'layer');
  const { result, ranges } = await upload(bytes, ({ method }, patches) => {
    if (method === 'GET') return { status: 204, headers: { location: '/up/3', range: '0-99' } };
    return patches === 2 ? { status: 416 } : taken;
  });
  expect(await result).toBe('uploaded');
  const [first, second] = [`0-${16 * mebibyte - 1}`, `${16 * mebibyte}-${17 * mebibyte - 1}`];
  expect(ranges()).toEqual([first, second, first, second]);
});

test('a chunk that has arrived although its answer was lost is not sent again', async () => {
  const { server, result, ranges } = await upload(small, ({ method }) =>
    method === 'GET' ? { status: 204, headers: { location: '/up/3', range: '0-299' } } : { status: 416 },
  );
  expect(await result).toBe('uploaded');
  expect(ranges()).toEqual(['0-299']);
  expect(server.requests.at(-1)?.path).toMatch(/^\/up\/3\?digest=/);
});

test.each(['0-199', 'bytes=0-199'])('a chunk is resumed after the received bytes in the range %s', async (range) => {
  const { server, result, ranges } = await upload(small, ({ method }, patches) => {
    if (method === 'GET') return { status: 204, headers: { location: '/up/3', range } };
    return patches === 1 ? { status: 416 } : taken;
  });
  expect(await result).toBe('uploaded');
  expect(ranges()).toEqual(['0-299', '200-299']);
  expect(server.requests.filter(({ method }) => method === 'PATCH').at(-1)?.body).toEqual(small.subarray(200));
});

test('a chunk of which nothing has arrived is sent whole', async () => {
  const { result, ranges } = await upload(small, ({ method }, patches) => {
    if (method === 'GET') return { status: 204, headers: { location: '/up/3', range: '0-0' } };
    return patches === 1 ? { status: 416 } : taken;
  });
  expect(await result).toBe('uploaded');
  expect(ranges()).toEqual(['0-299', '0-299']);
});

test('a registry that never has more of a chunk does not hold the upload for ever', async () => {
  const { result, ranges } = await upload(small, ({ method }) =>
    method === 'GET' ? { status: 204, headers: { location: '/up/3', range: '0-0' } } : { status: 416 },
  );
  await expect(result).rejects.toMatchObject({ code: 'registry-answer' });
  // Six tries of a chunk in each of the three uploads in chunks.
  expect(ranges()).toHaveLength(18);
});

test('a state that is no answer to the question is not believed', async () => {
  const { result, ranges } = await upload(small, ({ method }, patches) => {
    if (method === 'GET') return { status: 200, headers: { range: '0-299' } };
    return patches === 1 ? { status: 416 } : taken;
  });
  expect(await result).toBe('uploaded');
  expect(ranges()).toEqual(['0-299', '0-299']);
});

test('an upload whose start says nowhere to go on is an error of that registry', async () => {
  const server = await startFaultServer(({ path }) =>
    path === '/v2/' ? { status: 200, body: '{}' } : { status: 202, headers: {} },
  );
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  const blob = { digest: computeDigest(small), size: small.length };
  await expect(registries.get(server.host).putBlob('a', blob, small)).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('started an upload without a location'),
  });
});

test('the state that a registry keeps in the query of an upload comes back as it was', async () => {
  const state = '/up/9?_state=a%2Fb+c';
  const server = await startFaultServer(({ path, method }) => {
    if (path === '/v2/') return { status: 200, body: '{}' };
    return method === 'POST' ? { status: 202, headers: { location: state } } : { status: 201 };
  });
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  const blob = { digest: computeDigest(small), size: small.length };
  await registries.get(server.host).putBlob('a', blob, small);
  expect(server.requests.at(-1)?.path).toBe(`${state}&digest=${encodeURIComponent(blob.digest)}`);
});

test('every request with bytes says what they are, for proxies that refuse what has no type', async () => {
  const { server, result } = await upload(small, () => taken);
  await result;
  const withBytes = server.requests.filter(({ body }) => body.length > 0);
  expect(withBytes.map(({ method, headers }) => `${method} ${headers['content-type']}`)).toEqual([
    'PUT application/octet-stream',
    'PATCH application/octet-stream',
  ]);
});

test('an upload of which every answer wants larger chunks gets them, also when a later answer says nothing', async () => {
  const bytes = Buffer.alloc(41 * mebibyte, 'layer');
  const wanted = { 'oci-chunk-min-length': String(20 * mebibyte) };
  const server = await startFaultServer(({ path, method, headers }) => {
    if (path === '/v2/') return { status: 200, body: '{}' };
    if (method === 'POST') return { status: 202, headers: { location: '/up/1', ...wanted } };
    if (method === 'PATCH') return taken;
    return { status: headers['content-length'] === '0' ? 201 : 413 };
  });
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  const blob = { digest: computeDigest(bytes), size: bytes.length };
  await registries.get(server.host).putBlob('a', blob, async () => Readable.from([bytes]));
  const patches = server.requests.filter(({ method }) => method === 'PATCH');
  expect(patches.map(({ body }) => body.length / mebibyte)).toEqual([20, 20, 1]);
});
