import { afterEach, expect, test, vi } from 'vitest';
import type { Credential } from '../../../src/registry/credentials/credential.ts';
import { type FaultServer, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0).reverse()) await one.stop();
});

const identity: Credential = { kind: 'azure-access-token', token: 'entra', identity: 'the identity of the test' };

/**
 * A registry of Azure's kind, which gives a new refresh token for each exchange, and takes those of them that the test
 * says.
 */
async function azureRegistry(
  takes: (refreshToken: string) => boolean,
  refreshToken = (count: number) => `refresh-${count}`,
  failsExchange = () => false,
) {
  let exchanges = 0;
  let tokens = 0;
  const server: FaultServer = await startFaultServer(({ method, path, body, headers }) => {
    if (path === '/oauth2/exchange') {
      exchanges += 1;
      if (failsExchange()) return { status: 503 };
      return { status: 200, body: JSON.stringify({ refresh_token: refreshToken(exchanges) }) };
    }
    if (path === '/oauth2/token') {
      tokens += 1;
      if (method === 'GET') return { status: 401, body: '{"errors":[{"code":"UNAUTHORIZED"}]}' };
      if (!takes(new URLSearchParams(body.toString()).get('refresh_token') ?? ''))
        return { status: 401, body: '{"errors":[{"code":"UNAUTHORIZED"}]}' };
      return { status: 200, body: JSON.stringify({ access_token: `access-token-${tokens}` }) };
    }
    if (headers.authorization !== undefined) return { status: 404 };
    return { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/oauth2/token",service="s"` } };
  });
  const { registries } = await openRegistries({ credential: identity });
  open.push(server, { stop: () => registries.close() });
  return { registry: registries.get(server.host), exchanges: () => exchanges, tokens: () => tokens };
}

test('a registry that rejects its own refresh tokens gets a limited number of exchanges', async () => {
  const { registry, exchanges, tokens } = await azureRegistry(() => false);
  for (const repository of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const answer = await registry.headManifest(repository, '1');
    expect(answer).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
  }
  expect(exchanges()).toBeLessThanOrEqual(4);
  expect(tokens()).toBeLessThanOrEqual(4);
});

test('many images at once whose login has ended are looked up with one new login', async () => {
  const ended = new Set<string>();
  const { registry, exchanges } = await azureRegistry((refreshToken) => !ended.has(refreshToken));
  expect((await registry.headManifest('before', '1')).result).toBe('absent');
  ended.add('refresh-1');
  const repositories = Array.from({ length: 12 }, (_, index) => `a${index}`);
  const heads = await Promise.all(repositories.map((repository) => registry.headManifest(repository, '1')));
  expect(heads.map(({ result }) => result)).toEqual(heads.map(() => 'absent'));
  expect(exchanges()).toBe(2);
});

test('many images at once after a login has reached its end are looked up with one new login', async () => {
  const claims = (count: number) => ({ count, exp: Math.floor(Date.now() / 1000) + 3 * 3600 });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const webToken = (count: number) => `${encode({ alg: 'none' })}.${encode(claims(count))}.c2lnbmF0dXJl`;
  const { registry, exchanges } = await azureRegistry(() => true, webToken);
  expect((await registry.headManifest('before', '1')).result).toBe('absent');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 4 * 3600 * 1000 });
  const repositories = Array.from({ length: 12 }, (_, index) => `a${index}`);
  await Promise.all(repositories.map((repository) => registry.headManifest(repository, '1')));
  expect(exchanges()).toBe(2);
});

test('a login that ends three times in a long run is replaced each time', async () => {
  const ended = new Set<string>();
  const { registry, exchanges } = await azureRegistry((refreshToken) => !ended.has(refreshToken));
  for (const count of [1, 2, 3, 4]) {
    expect((await registry.headManifest(`a${count}`, '1')).result).toBe('absent');
    ended.add(`refresh-${count}`);
  }
  expect(exchanges()).toBe(4);
});

test("an Entra token goes to no token server on another host than the registry's, whatever the registry is called", async () => {
  const elsewhere = await startFaultServer(() => ({
    status: 200,
    body: '{"refresh_token":"r","access_token":"a-token"}',
  }));
  const realm = `http://localhost:${new URL(elsewhere.url).port}/oauth2/token`;
  const server = await startFaultServer(() => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="${realm}",service="s"` },
  }));
  const { registries } = await openRegistries({ credential: identity });
  open.push(elsewhere, server, { stop: () => registries.close() });
  expect(await registries.get(server.host).headManifest('a', '1')).toMatchObject({
    result: 'unknown',
    error: { code: 'registry-answer', message: expect.stringContaining('not on the host of the registry') },
  });
  expect(elsewhere.requests).toEqual([]);
});

test('an exchange that fails for a moment is tried again after it, and not given up for the run', async () => {
  let isFailing = true;
  const { registry } = await azureRegistry(
    () => true,
    (count) => `refresh-${count}`,
    () => isFailing,
  );
  expect(await registry.headManifest('a', '1')).toMatchObject({
    result: 'unknown',
    error: { message: expect.stringContaining('with the identity of the test') },
  });
  isFailing = false;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  expect((await registry.headManifest('a', '1')).result).toBe('absent');
});

test('a login that ends more often than a registry may reject new ones is replaced each time', async () => {
  const ended = new Set<string>();
  const { registry } = await azureRegistry((refreshToken) => !ended.has(refreshToken));
  for (const count of [1, 2, 3, 4, 5, 6]) {
    expect((await registry.headManifest(`a${count}`, '1')).result).toBe('absent');
    ended.add(`refresh-${count}`);
  }
});
