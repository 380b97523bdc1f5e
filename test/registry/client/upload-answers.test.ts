/** Answers to uploads that registries really give. */
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import type { Reply } from '../../support/fault-server.ts';
import { listen } from '../../support/listen.ts';
import { openRegistries } from '../../support/registries.ts';
import { registryThat } from './registry-fixtures.ts';

const mebibyte = 1024 * 1024;
const large = Buffer.alloc(18 * mebibyte, 'layer');
const blob = { digest: computeDigest(large), size: large.length };
const began: Reply = { status: 202, headers: { location: '/up/1' } };

function content(bytes: Buffer = large) {
  return () => Promise.resolve(Readable.from(pieces(bytes)));
}

function* pieces(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}

/** The chunks of a registry that rejects larger ones, and the bytes that it received. */
async function withLargestChunk(largest: number, status: 413 | 416, sameSession = true) {
  const sizes: number[] = [];
  const received: Buffer[] = [];
  let isOver = false;
  const { registry, server } = await registryThat(({ method, headers, body }) => {
    if (method === 'POST') {
      isOver = false;
      received.length = 0;
      return began;
    }
    if (method === 'GET') return { status: 204, headers: { location: '/up/1', range: range(received) } };
    if (method === 'PUT') return { status: headers['content-length'] === '0' ? 201 : 413 };
    sizes.push(body.length);
    if (isOver) return { status: 404 };
    if (body.length > largest) {
      isOver = !sameSession;
      return { status };
    }
    received.push(body);
    return { status: 202, headers: { location: '/up/1', range: range(received) } };
  });
  return { registry, server, sizes, received };
}

function range(received: readonly Buffer[]): string {
  const length = received.reduce((sum, { length }) => sum + length, 0);
  return `0-${Math.max(0, length - 1)}`;
}

test.each([
  [413, 4 * mebibyte, true],
  [416, 4 * mebibyte, true],
  [413, mebibyte, true],
  [416, mebibyte, true],
  [413, 4 * mebibyte, false],
] as const)(
  'a registry that rejects chunks with %i gets smaller ones, of at most %i bytes (same upload: %s)',
  async (status, largest, sameSession) => {
    const { registry, sizes, received } = await withLargestChunk(largest, status, sameSession);
    expect(await registry.putBlob('a', blob, content())).toBe('uploaded');
    expect(Buffer.concat(received).equals(large)).toBe(true);
    const before = sizes.length;
    expect(await registry.putBlob('b', blob, content())).toBe('uploaded');
    // Remembered: the second blob is not tried with larger chunks.
    expect(Math.max(...sizes.slice(before))).toBe(largest);
  },
);

test('after one break the whole blob is sent again in one request', async () => {
  let puts = 0;
  const { registry, server } = await registryThat(({ method }) => {
    if (method === 'POST') return began;
    puts += 1;
    return puts === 1 ? 'hang-up' : { status: 201 };
  });
  expect(await registry.putBlob('a', blob, content())).toBe('uploaded');
  expect(server.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
});

test('a chunk that is rejected for its range does not make all later blobs be sent in chunks', async () => {
  let puts = 0;
  const { registry, server } = await registryThat(({ method, headers }) => {
    if (method === 'POST') return began;
    if (method === 'GET') return { status: 404 };
    if (method === 'PATCH') return { status: 416 };
    puts += headers['content-length'] === '0' ? 0 : 1;
    return puts <= 2 ? 'hang-up' : { status: 201 };
  });
  const small = { digest: computeDigest(Buffer.from('layer')), size: 5 };
  await registry.putBlob('a', small, content(Buffer.from('layer'))).catch(() => {});
  const before = server.requests.length;
  expect(await registry.putBlob('b', small, content(Buffer.from('layer')))).toBe('uploaded');
  expect(server.requests.slice(before).map(({ method }) => method)).not.toContain('PATCH');
});

test('a chunk that arrives in more parts than resumptions without progress are allowed arrives', async () => {
  const bytes = Buffer.alloc(200, 'layer');
  const small = { digest: computeDigest(bytes), size: bytes.length };
  let known = 0;
  const { registry } = await registryThat(({ method, headers }) => {
    if (method === 'POST') return began;
    if (method === 'PUT') return { status: headers['content-length'] === '0' ? 201 : 413 };
    if (method === 'GET') {
      known += 20;
      return { status: 204, headers: { location: '/up/1', range: `0-${known - 1}` } };
    }
    return known >= 180 ? { status: 202, headers: { location: '/up/1' } } : { status: 416 };
  });
  expect(await registry.putBlob('a', small, content(bytes))).toBe('uploaded');
});

test.each([
  ['before it has read the body', 'at once'],
  ['after it has read the body', 'at the end'],
] as const)('the upload of a blob follows a redirect that a registry sends %s', async (_, when) => {
  const stored: Buffer[] = [];
  const storage = await listen(
    createServer(async (request, response) => {
      expect(request.headers.authorization).toBeUndefined();
      stored.push(await buffer(request));
      response.writeHead(201).end();
    }),
  );
  const registry = await listen(
    createServer(async (request, response) => {
      if (request.method === 'PUT') {
        if (when === 'at the end') await buffer(request);
        response.writeHead(307, { location: `http://${storage}/put?signature=1` }).end('moved');
        return;
      }
      await buffer(request);
      response.writeHead(request.method === 'POST' ? 202 : 200, { location: '/up/1' }).end();
    }),
  );
  const { registries } = await openRegistries();
  onTestFinished(() => registries.close());
  expect(await registries.get(registry).putBlob('a', blob, content())).toBe('uploaded');
  expect(stored).toHaveLength(1);
  expect(stored[0]?.equals(large)).toBe(true);
});

test('one mount that a registry ignores does not end mounting', async () => {
  const { registry } = await registryThat(({ method, path }) => {
    if (method !== 'POST') return { status: 201 };
    return path.includes('from=lost') ? began : { status: 201 };
  });
  const bytes = Buffer.from('layer');
  const small = { digest: computeDigest(bytes), size: bytes.length };
  expect(await registry.putBlob('a', small, bytes, 'lost')).toBe('uploaded');
  expect(registry.supportsMount()).toBe(true);
  expect(await registry.putBlob('a', small, bytes, 'other')).toBe('mounted');
  for (const _ of [1, 2, 3, 4]) await registry.putBlob('a', small, bytes, 'lost');
  expect(registry.supportsMount()).toBe(true);
});
