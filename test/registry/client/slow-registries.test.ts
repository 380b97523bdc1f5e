import { afterEach, expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import {
  type Drip,
  type DripServer,
  drips,
  interimAnswers,
  shortDeadlines,
  startDripServer,
} from '../../support/drip-server.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { type OpenOptions, openRegistries } from '../../support/registries.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const greeting = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

/** A registry that greets like any other, and then answers this way. */
async function slowRegistry(answer: (request: string) => Drip | string): Promise<DripServer> {
  const started = await startDripServer((line) => (line.includes(' /v2/ ') ? greeting : answer(line)));
  open.push(started);
  return started;
}

async function client(options: OpenOptions = {}) {
  const opened = await openRegistries({ deadlines: shortDeadlines, ...options });
  open.push({ stop: () => opened.registries.close() });
  return opened.registries;
}

const manifest = Buffer.from('{"schemaVersion":2}');

async function honestRegistry() {
  const headers = {
    'content-type': mediaTypes.ociManifest,
    'docker-content-digest': computeDigest(manifest),
    'content-length': String(manifest.length),
  };
  const server = await startFaultServer(() => ({ status: 200, headers, body: manifest }));
  open.push(server);
  return server;
}

test.each([...Object.entries(drips), ['interim answers without end', interimAnswers] as const])(
  'a registry that sends %s holds up neither a manifest nor a list of tags',
  async (_, drip) => {
    const slow = await slowRegistry(() => drip);
    const registry = (await client()).get(slow.host);
    const code = drip === interimAnswers ? expect.stringMatching(/^(registry-answer|timeout)$/) : 'timeout';
    const asked = [registry.getManifest('a', '1'), registry.listTags('a')];
    for (const each of asked) each.catch(() => {});
    for (const each of asked) await expect(each).rejects.toMatchObject({ code });
  },
);

test('a registry that sends /v2/ byte by byte costs one time-out for all images', async () => {
  const slow = await startDripServer(() => drips['a body that comes byte by byte']);
  open.push(slow);
  const registry = (await client()).get(slow.host);
  const heads = await Promise.all(['a', 'b', 'c', 'd'].map((name) => registry.headManifest(name, '1')));
  expect(heads.map((head) => head.result === 'unknown' && head.error.code)).toEqual(Array(4).fill('timeout'));
  expect(slow.requests.length).toBeLessThanOrEqual(2);
});

test('a token server that drips does not hold up the registry that named it', async () => {
  const tokens = await startDripServer(() => drips['a body that comes byte by byte']);
  const server = await startFaultServer(() => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="${tokens.url}/token",service="s"` },
  }));
  open.push(tokens, server);
  const answer = await (await client()).get(server.host).headManifest('a', '1');
  expect(answer).toMatchObject({ result: 'unknown', error: { code: 'timeout' } });
});

test('a blob that drips is given up though each of its bytes is right', async () => {
  const content = Buffer.alloc(100_000, ' ');
  const slow = await slowRegistry(() => ({
    sent: `HTTP/1.1 200 OK\r\ncontent-length: ${content.length}\r\n\r\n`,
    dripped: ' ',
  }));
  const blob = { digest: computeDigest(content), size: content.length };
  const stream = await (await client()).get(slow.host).getBlob('a', blob);
  await expect(stream.toArray()).rejects.toMatchObject({ code: 'timeout' });
});

test('64 connections that a registry holds open do not keep the images of another one waiting', async () => {
  const slow = await slowRegistry(() => drips['headers that come byte by byte']);
  const honest = await honestRegistry();
  const registries = await client({ concurrency: 64, deadlines: { ...shortDeadlines, response: 20_000 } });
  const waiting = Array.from({ length: 64 }, (_, index) => registries.get(slow.host).headManifest('a', String(index)));
  await expect.poll(() => slow.dripping(), { timeout: 15_000 }).toBe(64);
  const found = await Promise.all(
    Array.from({ length: 64 }, (_, index) => registries.get(honest.host).headManifest('a', String(index))),
  );
  expect(found.every(({ result }) => result === 'found')).toBe(true);
  // They still drip while the others are known already.
  expect(slow.dripping()).toBe(64);
  await slow.stop();
  expect((await Promise.all(waiting)).every(({ result }) => result === 'unknown')).toBe(true);
});

test('a registry that lets every request run out of time is given up, not waited for once for each of its images', async () => {
  const slow = await slowRegistry(() => drips['headers that come byte by byte']);
  const registry = (await client({ concurrency: 2, deadlines: { ...shortDeadlines, response: 150 } })).get(slow.host);
  const heads = await Promise.all(Array.from({ length: 100 }, (_, index) => registry.headManifest('a', String(index))));
  expect(heads.every((head) => head.result === 'unknown' && head.error.code === 'timeout')).toBe(true);
  // Two at a time, three stalls.
  expect(slow.requests.filter((line) => line.includes('/manifests/')).length).toBeLessThanOrEqual(8);
});

test('a registry all of whose blobs drip is given up, not waited for once for each of them', async () => {
  const slow = await slowRegistry(() => drips['a body that comes byte by byte']);
  const registry = (await client({ deadlines: { ...shortDeadlines, progressTime: 50 } })).get(slow.host);
  const codes: string[] = [];
  for (let count = 0; count < 30; count += 1) {
    const blob = { digest: computeDigest(Buffer.from(String(count))), size: 1_000_000 };
    const read = registry.getBlob('a', blob).then((stream) => stream.toArray());
    codes.push(
      await read.then(
        () => 'read',
        ({ code }: { code: string }) => code,
      ),
    );
  }
  expect(new Set(codes)).toEqual(new Set(['timeout']));
  expect(slow.requests.filter((line) => line.includes('/blobs/')).length).toBeLessThan(10);
});

test('a registry that stalled once is asked again when it is well', async () => {
  let isWell = false;
  const headers = `content-type: ${mediaTypes.ociManifest}\r\ndocker-content-digest: ${computeDigest(manifest)}\r\n`;
  const found = `HTTP/1.1 200 OK\r\n${headers}content-length: ${manifest.length}\r\n\r\n`;
  const slow = await slowRegistry(() => (isWell ? found : drips['headers that come byte by byte']));
  const registry = (await client({ concurrency: 16 })).get(slow.host);
  const during = await Promise.all(Array.from({ length: 16 }, (_, index) => registry.headManifest('a', String(index))));
  expect(during.every(({ result }) => result === 'unknown')).toBe(true);
  isWell = true;
  expect((await registry.headManifest('a', 'after')).result).toBe('found');
});
