import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { defaultDeadlines } from '../../../src/core/http/deadlines.ts';
import { downloadFile, downloadText } from '../../../src/core/http/download.ts';
import { createHttpClient, type HttpClient, type HttpOptions } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import {
  type Drip,
  type DripServer,
  drips,
  interimAnswers,
  shortDeadlines,
  startDripServer,
} from '../../support/drip-server.ts';
import { startFaultServer } from '../../support/fault-server.ts';

const impatient = { firstDelay: 5, maximumDelay: 20, whenThrottled: 400, whenFailing: 200 };

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function client(options: Partial<HttpOptions> = {}): Promise<HttpClient> {
  const signal = new AbortController().signal;
  const given = { log: silentLog, signal, proxyEnv: {}, patience: impatient, deadlines: shortDeadlines, ...options };
  const http = await createHttpClient(given);
  open.push({ stop: () => http.close() });
  return http;
}

async function dripServer(answer: (request: string) => Drip | string): Promise<DripServer> {
  const started = await startDripServer(answer);
  open.push(started);
  return started;
}

function get(url: string) {
  return { method: 'GET', url: new URL(url) } as const;
}

test.each(Object.entries(drips))('%s does not hold up a request whose answer is read whole', async (_, drip) => {
  const server = await dripServer(() => drip);
  const http = await client();
  await expect(http.fetch(get(server.url), 2_000_000)).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining(server.host),
  });
  // None where this machine was so busy that the connection came too late.
  expect(server.requests.length).toBeLessThanOrEqual(1);
  await expect.poll(() => server.dripping()).toBe(0);
});

test('endless interim responses end the request long before the deadline', async () => {
  const server = await dripServer(() => interimAnswers);
  const http = await client({ deadlines: defaultDeadlines });
  await expect(http.fetch(get(server.url), 1000)).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('interim responses'),
  });
  expect(server.requests).toHaveLength(1);
});

test('interim answers that each come just in time do not make a deadline anew', async () => {
  const server = await dripServer(() => ({ ...interimAnswers, every: 60 }));
  await expect((await client()).fetch(get(server.url), 1000)).rejects.toMatchObject({ code: 'timeout' });
});

test('a few interim answers before the one that counts are no fault', async () => {
  const hint = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
  const server = await dripServer(() => `${hint.repeat(3)}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok`);
  const http = await client({ deadlines: defaultDeadlines });
  expect((await http.fetch(get(server.url), 1000)).bytes.toString()).toBe('ok');
});

test('redirects that each come slowly share one deadline', async () => {
  let hops = 0;
  const server = await startFaultServer(async () => {
    hops += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { status: 302, headers: { location: `/${hops}` } };
  });
  open.push(server);
  await expect((await client()).fetch(get(server.url), 1000)).rejects.toMatchObject({ code: 'timeout' });
  expect(hops).toBeLessThan(11);
});

test('a response that timed out is not retried, so that retries do not multiply the wait', async () => {
  const server = await dripServer(() => drips['a body that comes byte by byte']);
  const patience = { ...impatient, whenFailing: 60_000, whenThrottled: 60_000 };
  await expect((await client({ retryPolicy: patience })).fetch(get(server.url), 2_000_000)).rejects.toMatchObject({
    code: 'timeout',
  });
  expect(server.requests.length).toBeLessThanOrEqual(1);
});

test('a streamed body that comes byte by byte ends while the server still sends', async () => {
  const server = await dripServer(() => drips['a body that comes byte by byte']);
  const { body } = await (await client()).stream(get(server.url));
  await expect(buffer(body)).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('less than') });
  await expect.poll(() => server.dripping()).toBe(0);
});

test.each(['headers that come byte by byte', 'a redirect whose headers come byte by byte'] as const)(
  '%s do not hold up a download',
  async (kind) => {
    const server = await dripServer(() => drips[kind]);
    await expect((await client()).stream(get(server.url))).rejects.toMatchObject({ code: 'timeout' });
  },
);

test('a streamed body that is slow and steady arrives, however long it takes', async () => {
  const server = await dripServer(() => ({ sent: 'HTTP/1.1 200 OK\r\ncontent-length: 60\r\n\r\n', dripped: 'x' }));
  // More than the deadline of an answer that is read whole.
  const deadlines = { ...shortDeadlines, answer: 300, progressTime: 300, progressBytes: 1 };
  const { body } = await (await client({ deadlines })).stream(get(server.url));
  expect((await buffer(body)).toString()).toBe('x'.repeat(60));
});

test('a streamed body whose reader is slow is not the fault of the server', async () => {
  const server = await startFaultServer(() => ({ status: 200, body: Buffer.alloc(2_000_000) }));
  open.push(server);
  // Less than a busy machine sends in this time, and more than a reader that waits for three times as long takes.
  const deadlines = { ...shortDeadlines, response: 30_000, progressTime: 500 };
  const { body } = await (await client({ deadlines })).stream(get(server.url));
  let size = 0;
  for await (const piece of body) {
    if (size === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
    size += piece.length;
  }
  expect(size).toBe(2_000_000);
});

test('a download of a helm release that drips ends, and leaves no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drip-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = await dripServer(() => drips['a body that comes byte by byte']);
  const http = await client();
  const file = join(folder, 'helm.tar.gz');
  const limits = { maximumBytes: 2_000_000 };
  await expect(downloadFile(http, new URL(server.url), file, limits)).rejects.toMatchObject({ code: 'timeout' });
  await expect(downloadText(http, new URL(server.url), 2_000_000)).rejects.toMatchObject({ code: 'timeout' });
});

/** Takes connections and answers nothing; reads what comes or leaves it. */
async function silentServer(reads: 'everything' | 'nothing'): Promise<URL> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (reads === 'everything') socket.resume();
    else socket.pause();
    open.push({ stop: async () => void socket.destroy() });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  // A listening TCP server has an address of this form.
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/upload`);
}

test.each([
  ['takes none of it', 'nothing', 'accepted no bytes of an upload'],
  ['takes it and says nothing', 'everything', 'did not respond to an upload'],
] as const)('an upload to a registry that %s ends', async (_, reads, message) => {
  const piece = Buffer.alloc(64 * 1024);
  const content = Readable.from(Array.from({ length: 256 }, () => piece));
  const headers = { 'content-length': String(256 * piece.length) };
  const request = { method: 'PUT', url: await silentServer(reads), headers, body: content } as const;
  await expect((await client()).fetch(request, 1000)).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining(message),
  });
});

test('a proxy that never opens its tunnel does not hold up a request', async () => {
  const proxy = await dripServer(() => ({ sent: 'HTTP/1.1 200 OK\r\nx-slow: ', dripped: 'x' }));
  const http = await client({ proxyEnv: { HTTPS_PROXY: proxy.url } });
  await expect(http.fetch(get('https://registry.invalid/v2/'), 1000)).rejects.toMatchObject({ code: 'timeout' });
});
