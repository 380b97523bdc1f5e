import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { createHttpClient, type HttpClient, type HttpOptions } from '../../../src/core/http/http.ts';
import type { RetryPolicy } from '../../../src/core/http/retry-policy.ts';
import { type Log, silentLog } from '../../../src/core/log.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { type FaultServer, type FaultServerOptions, inOrder, startFaultServer } from '../../support/fault-server.ts';

/** So short that a test which waits for its end takes no time that a person notices. */
const impatient: RetryPolicy = { firstDelay: 5, maximumDelay: 20, whenThrottled: 400, whenFailing: 200 };
const maximumBytes = 1000;

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function client(options: Partial<HttpOptions> = {}): Promise<HttpClient> {
  const signal = new AbortController().signal;
  const http = await createHttpClient({ log: silentLog, signal, proxyEnv: {}, retryPolicy: impatient, ...options });
  open.push({ stop: () => http.close() });
  return http;
}

async function server(
  answer: Parameters<typeof startFaultServer>[0],
  options?: FaultServerOptions,
): Promise<FaultServer> {
  const started = await startFaultServer(answer, options);
  open.push(started);
  return started;
}

function certificates() {
  const made = makeCertificates();
  onTestFinished(() => made.remove());
  return { ...made, pem: { certificate: readFileSync(made.certificate), key: readFileSync(made.key) } };
}

function get(base: FaultServer, path = '/'): { method: 'GET'; url: URL } {
  return { method: 'GET', url: new URL(path, base.url) };
}

test('a server learns which program asks', async () => {
  const { http, base } = { http: await client(), base: await server(() => ({ status: 200 })) };
  await http.fetch(get(base), maximumBytes);
  expect(base.requests[0]?.headers['user-agent']).toMatch(/^chart-images\/\d+\.\d+\.\d+$/);
});

test.each([408, 429, 499, 500, 502, 503, 504, 522])('an answer %i is asked for again', async (status) => {
  const base = await server(inOrder({ status }, { status }, { status: 200, body: 'here' }));
  const answer = await (await client()).fetch(get(base), maximumBytes);
  expect([answer.status, answer.bytes.toString(), base.requests.length]).toEqual([200, 'here', 3]);
});

test.each([400, 401, 403, 404, 405])('an answer %i is final', async (status) => {
  const base = await server(() => ({ status, body: 'no' }));
  const answer = await (await client()).fetch(get(base), maximumBytes);
  expect([answer.status, answer.bytes.toString(), base.requests.length]).toEqual([status, 'no', 1]);
});

test('a connection that ends without an answer is tried again', async () => {
  const base = await server(inOrder('hang-up', { status: 200 }));
  expect((await (await client()).fetch(get(base), maximumBytes)).status).toBe(200);
});

test('a body that breaks off is read again', async () => {
  const whole = Buffer.alloc(600, 'x');
  const base = await server(inOrder({ halfOf: whole }, { status: 200, body: whole }));
  expect((await (await client()).fetch(get(base), maximumBytes)).bytes).toEqual(whole);
});

test('the last response is the result when the time for retries is used up', async () => {
  const base = await server(() => ({ status: 429, body: 'slow down' }));
  const answer = await (await client()).fetch(get(base), maximumBytes);
  expect([answer.status, answer.bytes.toString()]).toEqual([429, 'slow down']);
  expect(base.requests.length).toBeGreaterThan(2);
});

test('a server whose Retry-After exceeds the time for retries gets no second request', async () => {
  const base = await server(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
  expect((await (await client()).fetch(get(base), maximumBytes)).status).toBe(429);
  expect(base.requests).toHaveLength(1);
});

test('a caller is notified of each response that limits the request rate', async () => {
  const base = await server(
    inOrder({ status: 429 }, { status: 500 }, { status: 503, headers: { 'retry-after': '0' } }, { status: 200 }),
  );
  let told = 0;
  const onThrottled = () => {
    told += 1;
  };
  await (await client()).fetch({ ...get(base), onThrottled }, maximumBytes);
  expect([told, base.requests.length]).toEqual([2, 4]);
});

test('a long pause before a retry is logged as info, and a short one as debug', async () => {
  const interrupt = new AbortController();
  const told: string[] = [];
  const log: Log = {
    debug: (line) => void told.push(`debug: ${line}`),
    info: (line) => {
      told.push(`info: ${line}`);
      interrupt.abort();
    },
    warning: () => {},
  };
  const base = await server(
    inOrder({ status: 429, headers: { 'retry-after': '0' } }, { status: 429, headers: { 'retry-after': '45' } }),
  );
  const http = await client({ log, signal: interrupt.signal, retryPolicy: { ...impatient, whenThrottled: 60_000 } });
  await expect(http.fetch(get(base), maximumBytes)).rejects.toMatchObject({ code: 'cancelled' });
  expect(told).toEqual([
    `debug: ${base.host} limits the request rate; retrying in 0.0 s`,
    `info: ${base.host} limits the request rate; retrying in 45.0 s`,
  ]);
});

test('a streamed body is sent once, whatever the answer', async () => {
  const base = await server(() => ({ status: 503 }));
  const answer = await (await client()).fetch(
    {
      method: 'PUT',
      url: new URL(base.url),
      headers: { 'content-length': '5' },
      body: Readable.from([Buffer.from('bytes')]),
    },
    maximumBytes,
  );
  expect([answer.status, base.requests.map((request) => request.body.toString())]).toEqual([503, ['bytes']]);
});

test('a port without a server is a network error with advice', async () => {
  const base = await startFaultServer(() => 'silence');
  await base.stop();
  await expect((await client()).fetch(get(base), maximumBytes)).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining(base.host),
    advice: expect.stringContaining('port'),
  });
});

test('a host name that does not exist is a network error', async () => {
  const request = { method: 'GET', url: new URL('http://registry.invalid/') } as const;
  await expect((await client()).fetch(request, maximumBytes)).rejects.toMatchObject({ code: 'network' });
});

test('a body longer than its bound is refused', async () => {
  const base = await server(() => ({ status: 200, body: 'x'.repeat(maximumBytes + 1) }));
  await expect((await client()).fetch(get(base), maximumBytes)).rejects.toMatchObject({ code: 'registry-answer' });
});

test.each([
  ['explains an error', { endless: 404 }],
  ['answers', { endless: 200 }],
])('a server that %s without end is given up', async (_, reply) => {
  const base = await server(() => reply);
  const asked = (await client()).fetch(get(base), maximumBytes);
  if (reply.endless === 404) expect((await asked).bytes.length).toBeLessThan(100_000);
  else await expect(asked).rejects.toMatchObject({ code: 'registry-answer' });
  await expect.poll(() => base.abandoned()).toBe(1);
});

test('a redirect with a body without end is followed, and its body given up', async () => {
  const base = await server((request) =>
    request.path === '/' ? { endless: 302, headers: { location: '/b' } } : { status: 200, body: 'b' },
  );
  expect((await (await client()).fetch(get(base), maximumBytes)).bytes.toString()).toBe('b');
  await expect.poll(() => base.abandoned()).toBe(1);
});

test('cancelling ends a request that waits for its answer', async () => {
  const abort = new AbortController();
  const base = await server(() => {
    abort.abort();
    return 'silence';
  });
  const http = await client({ signal: abort.signal });
  await expect(http.fetch(get(base), maximumBytes)).rejects.toMatchObject({ code: 'cancelled' });
});

test('cancelling ends the pause before the next try', async () => {
  const abort = new AbortController();
  const base = await server(() => ({ status: 429, headers: { 'retry-after': '60' } }));
  const patience = { ...impatient, whenThrottled: 120_000 };
  const log = { ...silentLog, info: () => abort.abort() };
  const http = await client({ signal: abort.signal, retryPolicy: patience, log });
  await expect(http.fetch(get(base), maximumBytes)).rejects.toMatchObject({ code: 'cancelled' });
});

test('cancelling ends a stream that is being read', async () => {
  const abort = new AbortController();
  const base = await server(() => ({ status: 200, body: Buffer.alloc(8_000_000) }));
  const http = await client({ signal: abort.signal });
  const { body: stream } = await http.stream(get(base));
  stream.once('data', () => abort.abort());
  await expect(stream.toArray()).rejects.toMatchObject({ code: 'cancelled' });
});

test('a stream that ends early has a network error', async () => {
  const base = await server(() => ({ halfOf: Buffer.alloc(600) }));
  const http = await client();
  await expect(text((await http.stream(get(base))).body)).rejects.toMatchObject({ code: 'network' });
});

test('a redirect to another host is followed without the credentials', async () => {
  const store = await server(() => ({ status: 200, body: 'blob' }));
  const base = await server(() => ({ status: 307, headers: { location: `${store.url}/blob?sig=abc` } }));
  const request = { ...get(base), headers: { authorization: 'Bearer secret', accept: 'x/y' } };
  const answer = await (await client()).fetch(request, maximumBytes);
  expect(answer.bytes.toString()).toBe('blob');
  expect(store.requests[0]).toMatchObject({ path: '/blob?sig=abc', headers: { accept: 'x/y' } });
  expect(store.requests[0]?.headers).not.toHaveProperty('authorization');
});

test('credentials dropped once do not come back when a redirect returns', async () => {
  const base = await server((request) =>
    request.path === '/' ? { status: 302, headers: { location: `${away.url}/away` } } : { status: 200 },
  );
  const away = await server(() => ({ status: 302, headers: { location: `${base.url}/back` } }));
  await (await client()).fetch({ ...get(base), headers: { authorization: 'Bearer secret' } }, maximumBytes);
  expect(base.requests.map((request) => [request.path, request.headers.authorization])).toEqual([
    ['/', 'Bearer secret'],
    ['/back', undefined],
  ]);
});

test('a form, which holds what proves an identity, is sent to no other host than it was meant for', async () => {
  const other = await server(() => ({ status: 200, body: 'thanks' }));
  const base = await server(() => ({ status: 307, headers: { location: `${other.url}/token` } }));
  const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };
  const form = { ...get(base), method: 'POST', headers, body: 'refresh_token=secret' } as const;
  expect((await (await client()).fetch(form, maximumBytes)).status).toBe(307);
  expect(other.requests).toEqual([]);
});

test('a redirect within one host keeps the credentials', async () => {
  const base = await server((request) =>
    request.path === '/' ? { status: 302, headers: { location: '/b' } } : { status: 200 },
  );
  await (await client()).fetch({ ...get(base), headers: { authorization: 'Bearer secret' } }, maximumBytes);
  expect(base.requests[1]).toMatchObject({ path: '/b', headers: { authorization: 'Bearer secret' } });
});

test('endless redirects end', async () => {
  const base = await server((_, count) => ({ status: 302, headers: { location: `/${count}` } }));
  await expect((await client()).fetch(get(base), maximumBytes)).rejects.toMatchObject({ code: 'registry-answer' });
  expect(base.requests).toHaveLength(11);
});

test('an authority from ca-file is trusted, besides the public ones', async () => {
  const { authority, pem } = certificates();
  const base = await server(() => ({ status: 200, body: 'safe' }), { tls: pem });
  const answer = await (await client({ caFile: authority })).fetch(get(base), maximumBytes);
  expect(answer.bytes.toString()).toBe('safe');
});

test('an unknown authority is a tls error whose advice is ca-file, and is not tried again', async () => {
  const base = await server(() => ({ status: 200 }), { tls: certificates().pem });
  await expect((await client()).fetch(get(base), maximumBytes)).rejects.toMatchObject({
    code: 'tls',
    advice: expect.stringContaining('ca-file'),
  });
});

test('asking a plain port for TLS is a tls error whose advice is plain-http', async () => {
  const base = await server(() => ({ status: 200 }));
  const request = { method: 'GET', url: new URL(`https://${base.host}/`) } as const;
  await expect((await client()).fetch(request, maximumBytes)).rejects.toMatchObject({
    code: 'tls',
    advice: expect.stringContaining('plain-http'),
  });
});

test('an encrypted request is never redirected to a plain one', async () => {
  const { authority, pem } = certificates();
  const plain = await server(() => ({ status: 200 }));
  const base = await server(() => ({ status: 302, headers: { location: plain.url } }), { tls: pem });
  await expect((await client({ caFile: authority })).fetch(get(base), maximumBytes)).rejects.toMatchObject({
    code: 'registry-answer',
    message: expect.stringContaining('not encrypted'),
  });
  expect(plain.requests).toEqual([]);
});

test.each([
  ['missing', 'file-not-found', undefined],
  ['no PEM file', 'invalid-input', 'package.json'],
])('a ca-file that is %s is told with its path', async (_, code, file) => {
  const caFile = file ?? 'no-such-file.pem';
  await expect(client({ caFile })).rejects.toMatchObject({ code, location: { file: caFile } });
});

test('a proxy is used for encrypted requests, and passed by for the hosts of NO_PROXY and for loopback', async () => {
  const { authority, pem } = certificates();
  const base = await server(() => ({ status: 200, body: 'through' }), { tls: pem });
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    // Every name leads to the one server, as no name but localhost can be looked up here.
    const through = connect(Number(base.host.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(through).pipe(socket);
    });
    socket.on('error', () => through.destroy());
    through.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const address = proxy.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const proxyEnv = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: 'direct.invalid' };
  const http = await client({ caFile: authority, proxyEnv });
  // The certificate is for other names, which shows that the tunnel does not weaken its check.
  const named = { method: 'GET', url: new URL('https://registry.invalid/') } as const;
  await expect(http.fetch(named, maximumBytes)).rejects.toMatchObject({ code: 'tls' });
  expect(tunnels).toEqual(['registry.invalid:443']);
  await http.fetch(get(base), maximumBytes);
  const direct = { method: 'GET', url: new URL('https://direct.invalid/') } as const;
  await expect(http.fetch(direct, maximumBytes)).rejects.toMatchObject({ code: 'network' });
  expect(tunnels).toHaveLength(1);
});

test.each([
  [407, /the proxy requires a login/, /USER:PASSWORD/],
  [403, /the proxy refused the connection/, /NO_PROXY/],
])(
  'a proxy that refuses a tunnel with %i is asked once, and the error says what to do',
  async (status, message, advice) => {
    let tunnels = 0;
    const proxy = createServer();
    proxy.on('connect', (_, socket) => {
      tunnels += 1;
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const address = proxy.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const http = await client({ proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
    const request = { method: 'GET', url: new URL('https://registry.invalid/') } as const;
    await expect(http.fetch(request, maximumBytes)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    });
    expect(tunnels).toBe(1);
  },
);

test('an invalid proxy variable is an error that contains its name', async () => {
  await expect(client({ proxyEnv: { HTTPS_PROXY: 'http://' } })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('HTTPS_PROXY'),
  });
});

test('plain requests go through a proxy as they are, without a tunnel', async () => {
  const proxy = await server(() => ({ status: 200, body: 'through' }));
  const http = await client({ proxyEnv: { http_proxy: proxy.host } });
  const answer = await http.fetch({ method: 'GET', url: new URL('http://registry.invalid/v2/') }, maximumBytes);
  expect(answer.bytes.toString()).toBe('through');
  expect(proxy.requests[0]).toMatchObject({
    path: 'http://registry.invalid/v2/',
    headers: { host: 'registry.invalid' },
  });
});
