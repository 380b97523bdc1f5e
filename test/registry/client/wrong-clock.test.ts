import { afterEach, expect, test, vi } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { type FaultServer, inOrder, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0).reverse()) await one.stop();
});

const day = 86_400;
const seconds = () => Math.floor(Date.now() / 1000);

function webToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/**
 * A registry with its token server, whose every answer to a token request is this, and which takes each of its tokens.
 */
async function registryWith(answer: () => object, offset = 0) {
  let tokens = 0;
  const date = { date: new Date(Date.now() + offset * 1000).toUTCString() };
  const server: FaultServer = await startFaultServer(({ path, headers }) => {
    if (path.startsWith('/token')) {
      tokens += 1;
      return { status: 200, headers: date, body: JSON.stringify(answer()) };
    }
    if (headers.authorization !== undefined) return { status: 404, headers: date };
    return { status: 401, headers: { ...date, 'www-authenticate': `Bearer realm="${server.url}/token"` } };
  });
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  return { registry: registries.get(server.host), tokens: () => tokens };
}

test.each([
  ['a day behind', -day],
  ['a day ahead', day],
  ['forty years behind', -40 * 365 * day],
])('a token server whose clock is %s costs one token for many images, not one for each', async (_, offset) => {
  const issued = seconds() + offset;
  const answer = () => ({ token: webToken({ iat: issued, exp: issued + 300 }) });
  const { registry, tokens } = await registryWith(answer, offset);
  for (const tag of ['1', '2', '3', '4']) expect((await registry.headManifest('a', tag)).result).toBe('absent');
  expect(tokens()).toBe(1);
});

test.each([
  ['issued a day ago', () => ({ expires_in: 300, issued_at: new Date(Date.now() - day * 1000).toISOString() })],
  ['issued tomorrow', () => ({ expires_in: 300, issued_at: new Date(Date.now() + day * 1000).toISOString() })],
  ['issued at no date', () => ({ expires_in: 300, issued_at: 'yesterday' })],
  ['good for no time', () => ({ expires_in: 0 })],
  ['ended before it was issued', () => ({ expires_in: -300 })],
  ['good for longer than there is time', () => ({ expires_in: 1e308 })],
  ['good for a text', () => ({ expires_in: '300' })],
])('a token that is %s by its server is used for many images all the same', async (_, says) => {
  const { registry, tokens } = await registryWith(() => ({ token: 'opaque-token-of-the-test', ...says() }));
  for (const tag of ['1', '2', '3', '4']) expect((await registry.headManifest('a', tag)).result).toBe('absent');
  expect(tokens()).toBe(1);
});

test('a token that a clock behind takes for good, and the registry does not, is replaced once', async () => {
  let tokens = 0;
  let current = '';
  const server: FaultServer = await startFaultServer(({ path, headers }) => {
    if (path.startsWith('/token')) {
      tokens += 1;
      current = webToken({ exp: seconds() + day, tokens });
      return { status: 200, body: JSON.stringify({ token: current }) };
    }
    if (headers.authorization === `Bearer ${current}`) return { status: 404 };
    return { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/token"` } };
  });
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  const registry = registries.get(server.host);
  expect((await registry.headManifest('a', '1')).result).toBe('absent');
  // It has ended there, whatever this machine takes for the time.
  current = 'another';
  const heads = await Promise.all(Array.from({ length: 20 }, (_, index) => registry.headManifest('a', String(index))));
  expect(heads.every(({ result }) => result === 'absent')).toBe(true);
  expect(tokens).toBe(2);
});

async function asked(server: FaultServer) {
  const patience = { firstDelay: 5, maximumDelay: 20, whenThrottled: 3_000, whenFailing: 150 };
  const http = await createHttpClient({
    log: silentLog,
    signal: new AbortController().signal,
    proxyEnv: {},
    retryPolicy: patience,
  });
  open.push(server, { stop: () => http.close() });
  return await http.fetch({ method: 'GET', url: new URL(server.url) }, 1000);
}

test('a server whose clock is an hour ahead is waited for as long as it means, not an hour', async () => {
  const at = (milliseconds: number) => new Date(Date.now() + 3_600_000 + milliseconds).toUTCString();
  const busy = { status: 429, headers: { date: at(0), 'retry-after': at(1_000) } };
  const server = await startFaultServer(inOrder(busy, { status: 200 }));
  expect((await asked(server)).status).toBe(200);
  expect(server.requests).toHaveLength(2);
});

test('setting the clock back during a run does not extend the retries', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const server = await startFaultServer((_, count) => {
    vi.setSystemTime(Date.now() - 3_600_000);
    return { status: count < 500 ? 500 : 200 };
  });
  expect((await asked(server)).status).toBe(500);
});
