import { PassThrough, Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { defaultDeadlines } from '../../../src/core/http/deadlines.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { startDistribution } from '../../support/distribution.ts';
import { type FaultServer, type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const bytes = Buffer.alloc(300, 'layer');
const blob = { digest: computeDigest(bytes), size: bytes.length };
const began: Reply = { status: 202, headers: { location: '/up/1' } };

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function registryThat(
  answers: (request: SeenRequest) => Reply | Promise<Reply>,
): Promise<{ registry: Registry; server: FaultServer }> {
  const server = await startFaultServer((request) =>
    request.path === '/v2/' ? { status: 200, body: '{}' } : answers(request),
  );
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  return { registry: registries.get(server.host), server };
}

/** `POST /v2/a/blobs/uploads/?mount=…`, in order, without the greeting; the digest as `<digest>`. */
function asked({ requests }: FaultServer): readonly string[] {
  return requests
    .filter(({ path }) => path !== '/v2/')
    .map(({ method, path }) => `${method} ${decodeURIComponent(path).replaceAll(blob.digest, '<digest>')}`);
}

const content = () => Promise.resolve(Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]));

test('one request shows that a blob exists, and its content is not opened', async () => {
  const { registry, server } = await registryThat(() => ({ status: 201 }));
  const unwanted = () => Promise.reject(new Error('nobody wants it'));
  expect(await registry.putBlob('a', blob, unwanted, 'a')).toBe('exists');
  expect(await registry.putBlob('a', blob, unwanted, 'b')).toBe('mounted');
  expect(asked(server)).toEqual([
    'POST /v2/a/blobs/uploads/?mount=<digest>&from=a',
    'POST /v2/a/blobs/uploads/?mount=<digest>&from=b',
  ]);
});

test('the same request begins the upload where it is not there, and the answer is proven once', async () => {
  const stored = new Set<string>();
  const { registry, server } = await registryThat(({ method, path }) => {
    if (method === 'POST') return stored.has(path) ? { status: 201 } : began;
    stored.add(`/v2/a/blobs/uploads/?mount=${blob.digest}&from=a`);
    return { status: 201 };
  });
  expect(await registry.putBlob('a', blob, bytes, 'a')).toBe('uploaded');
  expect(await registry.putBlob('a', blob, bytes, 'a')).toBe('exists');
  expect(asked(server)).toEqual([
    'POST /v2/a/blobs/uploads/?mount=<digest>&from=a',
    'PUT /up/1?digest=<digest>',
    'POST /v2/a/blobs/uploads/?mount=<digest>&from=a',
    'POST /v2/a/blobs/uploads/?mount=<digest>&from=a',
  ]);
});

test('a registry that begins an upload of what it has is asked by HEAD from then on', async () => {
  const { registry, server } = await registryThat(({ method }) => {
    if (method === 'HEAD') return { status: 200 };
    return method === 'POST' ? began : { status: method === 'PUT' ? 201 : 204 };
  });
  expect(await registry.putBlob('a', blob, bytes, 'a')).toBe('uploaded');
  expect(await registry.putBlob('a', blob, bytes, 'a')).toBe('exists');
  expect(asked(server).slice(2)).toEqual([
    'POST /v2/a/blobs/uploads/?mount=<digest>&from=a',
    'DELETE /up/1',
    'HEAD /v2/a/blobs/<digest>',
  ]);
});

test('a large blob is asked for by HEAD until it is known what mounts mean', async () => {
  const large = { digest: blob.digest, size: 2 * 1024 * 1024 };
  const { registry, server } = await registryThat(() => ({ status: 200 }));
  expect(await registry.putBlob('a', large, bytes, 'a')).toBe('exists');
  expect(asked(server)).toEqual(['HEAD /v2/a/blobs/<digest>']);
});

test.each([
  ['begins an upload instead of a mount', began],
  ['refuses to mount', { status: 403 }],
  ['does not know the query', { status: 400 }],
])('a registry that %s gets the bytes, and is not asked to mount without end', async (_, reply) => {
  const { registry, server } = await registryThat(({ method, path }) => {
    if (method !== 'POST') return { status: 201 };
    return path.includes('mount=') ? reply : began;
  });
  expect(registry.supportsMount()).toBe(true);
  for (const name of ['a', 'c', 'd']) expect(await registry.putBlob(name, blob, bytes, 'b')).toBe('uploaded');
  expect(registry.supportsMount()).toBe(false);
  await registry.putBlob('e', blob, bytes, 'b');
  expect(asked(server).filter((line) => line.includes('mount='))).toHaveLength(3);
});

test('a registry that finds a blob too large gets it in chunks, and so all that follow', async () => {
  const { registry, server } = await registryThat(({ method, headers }) => {
    if (method === 'POST') return began;
    if (method === 'PATCH') return { status: 202, headers: { location: '/up/2', range: '0-299' } };
    return { status: headers['content-length'] === '0' ? 201 : 413 };
  });
  await registry.putBlob('a', blob, content);
  await registry.putBlob('a', blob, content);
  expect(asked(server)).toEqual([
    'POST /v2/a/blobs/uploads/',
    'PUT /up/1?digest=<digest>',
    'POST /v2/a/blobs/uploads/',
    'PATCH /up/1',
    'PUT /up/2?digest=<digest>',
    'POST /v2/a/blobs/uploads/',
    'PATCH /up/1',
    'PUT /up/2?digest=<digest>',
  ]);
  const patches = server.requests.filter(({ method }) => method === 'PATCH');
  expect(patches.map(({ body, headers }) => [body, headers['content-range']])).toEqual([
    [bytes, '0-299'],
    [bytes, '0-299'],
  ]);
});

test('few uploads hold a chunk in memory at once', async () => {
  let underway = 0;
  let most = 0;
  const { registry } = await registryThat(async ({ method, headers }) => {
    if (method === 'POST') return began;
    if (method === 'PUT') return { status: headers['content-length'] === '0' ? 201 : 413 };
    underway += 1;
    most = Math.max(most, underway);
    await setTimeout(20);
    underway -= 1;
    return { status: 202, headers: { location: '/up/2' } };
  });
  await Promise.all(Array.from({ length: 12 }, () => registry.putBlob('a', blob, content)));
  expect(most).toBe(4);
});

test('chunks are never so large that memory ends, whatever a registry wants', async () => {
  const mebibyte = 2 ** 20;
  const large = Buffer.alloc(65 * mebibyte);
  const { registry, server } = await registryThat(({ method, headers }) => {
    if (method === 'POST')
      return { ...began, headers: { ...began.headers, 'oci-chunk-min-length': '9007199254740991' } };
    if (method === 'PATCH') return { status: 202, headers: { location: '/up/2' } };
    return { status: headers['content-length'] === '0' ? 201 : 413 };
  });
  await registry.putBlob('a', { digest: computeDigest(large), size: large.length }, async () => Readable.from([large]));
  const patches = server.requests.filter(({ method }) => method === 'PATCH');
  expect(patches.map(({ headers }) => Number(headers['content-length']) / mebibyte)).toEqual([64, 1]);
});

test('an upload with a lost response is resumed at the offset of the registry', async () => {
  let patches = 0;
  const { registry, server } = await registryThat(({ method, headers }) => {
    if (method === 'POST') return began;
    if (method === 'GET') return { status: 204, headers: { location: '/up/3', range: '0-199' } };
    if (method === 'PUT') return { status: headers['content-length'] === '0' ? 201 : 413 };
    patches += 1;
    return patches === 1 ? 'hang-up' : { status: patches === 2 ? 416 : 202, headers: { location: '/up/4' } };
  });
  await registry.putBlob('a', blob, content);
  const last = server.requests.filter(({ method }) => method === 'PATCH').at(-1);
  expect([last?.path, last?.headers['content-range'], last?.body]).toEqual(['/up/3', '200-299', bytes.subarray(200)]);
});

test.each<[string, Reply]>([
  ['is lost', { status: 404 }],
  ['fails', { status: 500 }],
  ['outlives its token', { status: 401 }],
  ['ends without an answer', 'hang-up'],
])('an upload that %s begins anew with the content from its beginning', async (_, reply) => {
  let puts = 0;
  const { registry, server } = await registryThat(({ method }) => {
    if (method === 'HEAD') return { status: 404 };
    if (method === 'POST') return began;
    if (method === 'PATCH') return { status: 202, headers: { location: '/up/2' } };
    puts += 1;
    return puts === 1 ? reply : { status: 201 };
  });
  await registry.putBlob('a', blob, content);
  const sent = server.requests.filter(({ method }) => method === 'PUT').map(({ body }) => body);
  expect(sent.at(-1)).toEqual(bytes);
});

test('an upload that was taken although its answer was lost is not sent again', async () => {
  let puts = 0;
  const { registry, server } = await registryThat(({ method }) => {
    if (method === 'HEAD') return { status: 200 };
    if (method === 'POST') return began;
    puts += 1;
    return puts === 1 ? 'hang-up' : { status: 404 };
  });
  await registry.putBlob('a', blob, bytes);
  expect(asked(server).slice(-1)).toEqual(['HEAD /v2/a/blobs/<digest>']);
});

test('an upload that never succeeds ends', async () => {
  const { registry, server } = await registryThat(({ method }) => (method === 'POST' ? began : { status: 404 }));
  await expect(registry.putBlob('a', blob, content)).rejects.toMatchObject({ code: 'not-found' });
  expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(4);
});

test('content that fails ends the upload with its own reason', async () => {
  const { registry } = await registryThat(({ method }) => (method === 'POST' ? began : { status: 201 }));
  const reason = Object.assign(new Error('the source is gone'));
  const failing = async () => {
    const stream = new PassThrough();
    setImmediate(() => stream.destroy(reason));
    return stream;
  };
  await expect(registry.putBlob('a', blob, failing)).rejects.toThrow();
});

test('a real registry takes a blob of several chunks as it is', async () => {
  const distribution = await startDistribution();
  open.push(distribution);
  const { registries } = await openRegistries();
  open.push({ stop: () => registries.close() });
  const large = Buffer.alloc(40 * 1024 * 1024, 'some content ');
  const whole = { digest: computeDigest(large), size: large.length };
  const registry = registries.get(distribution.host);
  let tries = 0;
  const breaking = async () => {
    tries += 1;
    if (tries > 1) return Readable.from([large.subarray(0, 1000), large.subarray(1000)]);
    const stream = new PassThrough();
    stream.write(large.subarray(0, 1000));
    setImmediate(() => stream.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' })));
    return stream;
  };
  expect(await registry.putBlob('a', whole, breaking, 'a')).toBe('uploaded');
  const answer = await fetch(`${distribution.url}/v2/a/blobs/${whole.digest}`);
  expect(Buffer.from(await answer.arrayBuffer()).equals(large)).toBe(true);
});

test('an upload that its registry stops for a second is started again after that second', async () => {
  const starts: number[] = [];
  let limitedAt = 0;
  const { registry } = await registryThat(({ method }) => {
    if (method === 'POST') {
      starts.push(performance.now());
      return began;
    }
    if (method === 'PATCH') return { status: 202, headers: { location: '/up/1' } };
    if (starts.length > 1) return { status: 201 };
    limitedAt = performance.now();
    return { status: 429, headers: { 'retry-after': '1' } };
  });
  const patient = await openRegistries({ patience: 30_000 });
  open.push({ stop: () => patient.registries.close() });
  expect(await patient.registries.get(registry.host).putBlob('a', blob, content)).toBe('uploaded');
  expect(starts).toHaveLength(2);
  // Timers may fire a millisecond early.
  expect((starts[1] ?? 0) - limitedAt).toBeGreaterThan(990);
});

test('the request that closes an upload in chunks may take longer than another request', async () => {
  const { registry, server } = await registryThat(async ({ method, headers }) => {
    if (method === 'POST') return began;
    if (method === 'PATCH') return { status: 202, headers: { location: '/up/1' } };
    if (headers['content-length'] !== '0') return { status: 413 };
    // The registry hashes and stores the whole layer first.
    await setTimeout(2600);
    return { status: 201 };
  });
  const deadlines = { ...defaultDeadlines, response: 2000, uploadResponse: 30_000 };
  const strict = await openRegistries({ deadlines, patience: 30_000 });
  open.push({ stop: () => strict.registries.close() });
  expect(await strict.registries.get(registry.host).putBlob('a', blob, content)).toBe('uploaded');
  expect(asked(server).filter((line) => line.startsWith('PATCH'))).toHaveLength(1);
});
