import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { type Credential, encodeBasic } from '../../../src/registry/credentials/credential.ts';
import { makeCertificates } from '../../support/certificates.ts';
import {
  type Distribution,
  type DistributionOptions,
  registryUser,
  startDistribution,
} from '../../support/distribution.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeImage, pushImage } from '../../support/images.ts';
import { type OpenOptions, openRegistries } from '../../support/registries.ts';
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../../support/token-server.ts';

const robot: Credential = { kind: 'basic', ...registryUser };
const impostor: Credential = { kind: 'basic', username: registryUser.username, password: 'guess' };
const users = { [registryUser.username]: registryUser.password };

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function distribution(options: DistributionOptions): Promise<Distribution> {
  const started = await startDistribution(options);
  open.push(started);
  return started;
}

async function tokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const started = await startTokenServer({ users, ...options });
  open.push(started);
  return started;
}

async function client(options: OpenOptions = {}) {
  const opened = await openRegistries(options);
  open.push({ stop: () => opened.registries.close() });
  return opened;
}

/** A registry behind a token server, holding `a:1`; what it took to put that there is forgotten. */
async function guarded(options: TokenServerOptions = {}) {
  const tokens = await tokenServer(options);
  const registry = await distribution({ auth: tokens });
  const authorization = await bearer(tokens, 'repository:a:pull,push');
  await pushImage(registry.url, 'a', '1', await makeImage(), { authorization });
  const before = tokens.requests.length;
  const { host } = registry;
  return { host, tokens, requests: () => tokens.requests.slice(before) };
}

async function bearer(tokens: TokenServer, scope: string): Promise<string> {
  const url = `${tokens.realm}?service=${tokens.service}&scope=${scope}`;
  const headers = { authorization: `Basic ${encodeBasic(registryUser.username, registryUser.password)}` };
  return `Bearer ${/"(?:access_)?token":"([^"]+)"/.exec(await (await fetch(url, { headers })).text())?.[1]}`;
}

function blobOf(text: string) {
  const bytes = Buffer.from(text);
  return { blob: { digest: computeDigest(bytes), size: bytes.length }, content: () => Readable.from([bytes]) };
}

test('a registry with user names and passwords takes the right ones', async () => {
  const { host } = await distribution({ auth: 'htpasswd' });
  const registry = (await client({ credential: robot })).registries.get(host);
  const { blob, content } = blobOf('layer');
  await registry.putBlob('a', blob, content());
  expect((await buffer(await registry.getBlob('a', blob))).toString()).toBe('layer');
  expect((await registry.headManifest('a', '1')).result).toBe('absent');
});

test.each([
  ['no credentials', undefined],
  ['a wrong password', impostor],
])('a registry with passwords and %s is unknown, never absent', async (_, credential) => {
  const { host } = await distribution({ auth: 'htpasswd' });
  const registry = (await client(credential ? { credential } : {})).registries.get(host);
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
  await expect(registry.putBlob('a', ...put('layer'))).rejects.toMatchObject({ code: 'unauthorized' });
});

test('a rejected password is sent once, and is an error for every image', async () => {
  const challenge = { 'www-authenticate': 'Basic realm="r"' };
  const server = await startFaultServer(() => ({ status: 401, headers: challenge, body: '{}' }));
  open.push(server);
  const registry = (await client({ credential: impostor })).registries.get(server.host);
  const heads = await Promise.all(['a', 'b', 'c'].map((name) => registry.headManifest(name, '1')));
  for (const head of [...heads, await registry.headManifest('d', '1')]) {
    const error = { code: 'unauthorized', advice: expect.stringContaining('Check the user name and the password') };
    expect(head).toMatchObject({ result: 'unknown', error });
  }
  expect(server.requests.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(1);
});

function put(text: string) {
  const { blob, content } = blobOf(text);
  return [blob, content()] as const;
}

test('a public registry with tokens allows anonymous pulls', async () => {
  const { host, requests } = await guarded();
  const registry = (await client()).registries.get(host);
  expect((await registry.headManifest('a', '1')).result).toBe('found');
  expect((await registry.getManifest('a', '1')).digest).toBe((await makeImage()).digest);
  expect(requests()).toMatchObject([{ method: 'GET', path: '/oauth2/token', authorization: undefined }]);
  expect(requests()[0]?.parameters.getAll('scope')).toEqual(['repository:a:pull']);
});

test('one token serves many requests at once, and each repository and right has its own', async () => {
  const { host, requests } = await guarded();
  const { registries, masked } = await client({ credential: robot });
  const registry = registries.get(host);
  const heads = await Promise.all(Array.from({ length: 20 }, () => registry.headManifest('a', '1')));
  expect(new Set(heads.map(({ result }) => result))).toEqual(new Set(['found']));
  await registry.putBlob('b', ...put('layer'));
  expect(requests().map(({ parameters }) => parameters.get('scope'))).toEqual([
    'repository:a:pull',
    'repository:b:pull,push',
  ]);
  expect(masked).toHaveLength(2);
});

test('a token server may name the token access_token', async () => {
  const { host } = await guarded({ field: 'access_token' });
  expect((await (await client()).registries.get(host).headManifest('a', '1')).result).toBe('found');
});

test('a token is renewed before it ends', async () => {
  const { host, requests } = await guarded({ expiresIn: 1 });
  const registry = (await client()).registries.get(host);
  await registry.headManifest('a', '1');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect((await registry.headManifest('a', '1')).result).toBe('found');
  expect(requests()).toHaveLength(2);
});

test('credentials that the token server refuses make everything unknown, never absent', async () => {
  const { host } = await guarded();
  const registry = (await client({ credential: impostor })).registries.get(host);
  expect(await registry.headManifest('none', '1')).toMatchObject({
    result: 'unknown',
    error: {
      code: 'unauthorized',
      message: expect.stringMatching(/^Cannot look up .*none:1: the token server .* returned 401 .*incorrect username/),
      advice: expect.stringContaining('password'),
    },
  });
});

test('an image in a private registry that issues anonymous tokens is unknown, never absent', async () => {
  const { host } = await guarded({ anonymous: 'nothing' });
  const answer = await (await client()).registries.get(host).headManifest('a', '1');
  expect(answer).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
});

test('no password appears in errors and logs', async () => {
  const { host } = await guarded();
  const registry = (await client({ credential: impostor })).registries.get(host);
  const answer = await registry.headManifest('a', '1');
  expect(answer.result).toBe('unknown');
  expect(inspect(answer, { depth: 20 })).not.toMatch(/guess|cm9ib3Q6/);
});

test('an identity token is exchanged by POST', async () => {
  const { host, requests } = await guarded({ refreshTokens: ['refresh'] });
  const { registries } = await client({ credential: { kind: 'identity-token', token: 'refresh' } });
  await registries.get(host).putBlob('b', ...put('layer'));
  expect(requests().map(({ method }) => method)).toEqual(['POST']);
  expect(Object.fromEntries(requests()[0]?.parameters ?? [])).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'refresh',
    client_id: 'chart-images',
    service: 'test-registry',
    scope: 'repository:b:pull,push',
  });
});

test('where the token server knows no POST an identity token goes by GET', async () => {
  const { host, requests } = await guarded({ users: { ...users, '<token>': 'refresh' } });
  const { registries } = await client({ credential: { kind: 'identity-token', token: 'refresh' } });
  expect((await registries.get(host).headManifest('a', '1')).result).toBe('found');
  expect(requests().map(({ method }) => method)).toEqual(['POST', 'GET']);
});

test('a registry token is used as it is', async () => {
  const { host, tokens, requests } = await guarded();
  const token = (await bearer(tokens, 'repository:a:pull')).replace('Bearer ', '');
  const before = requests().length;
  const { registries } = await client({ credential: { kind: 'registry-token', token } });
  expect((await registries.get(host).headManifest('a', '1')).result).toBe('found');
  expect(requests()).toHaveLength(before);
});

function azureToken(token: string): Credential {
  return { kind: 'azure-access-token', token, identity: 'the identity of the test' };
}

test("a token of Azure's identity is exchanged once, then used like an identity token", async () => {
  const { host, requests } = await guarded({ exchange: { entra: 'refresh' } });
  const { registries, masked } = await client({ credential: azureToken('entra') });
  await registries.get(host).putBlob('b', ...put('layer'));
  expect((await registries.get(host).headManifest('a', '1')).result).toBe('found');
  expect(requests().map(({ path }) => path)).toEqual(['/oauth2/exchange', '/oauth2/token', '/oauth2/token']);
  expect(masked).toContain('refresh');
});

test('an Azure identity that the registry rejects is ignored if anonymous pulls are allowed', async () => {
  const { host } = await guarded({ exchange: { entra: 'refresh' } });
  const { registries, warnings } = await client({ credential: azureToken('stranger') });
  expect((await registries.get(host).headManifest('a', '1')).result).toBe('found');
  expect(warnings).toEqual([]);
});

test('an Azure identity that the registry rejects is the reason if anonymous pulls are not allowed', async () => {
  const { host } = await guarded({ exchange: { entra: 'refresh' }, anonymous: 'refused' });
  const { registries } = await client({ credential: azureToken('stranger') });
  const answer = await registries.get(host).headManifest('a', '1');
  expect(answer).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
  expect(inspect(answer)).toContain(`Cannot log in to ${host} with the identity of the test`);
});

test('a registry with a certificate of an authority from ca-file is asked by HTTPS, also on loopback', async () => {
  const { authority, certificate, key, remove } = makeCertificates();
  open.push({ stop: async () => remove() });
  const { host } = await distribution({ auth: 'htpasswd', tls: { certificate, key } });
  const trusting = (await client({ credential: robot, caFile: authority })).registries.get(host);
  await trusting.putBlob('a', ...put('layer'));
  expect((await trusting.headManifest('a', '1')).result).toBe('absent');
});

test('a registry with an unknown certificate is unknown, and is never asked by HTTP instead', async () => {
  const { certificate, key, remove } = makeCertificates();
  open.push({ stop: async () => remove() });
  const { host } = await distribution({ tls: { certificate, key } });
  expect(await (await client()).registries.get(host).headManifest('a', '1')).toMatchObject({
    result: 'unknown',
    error: { code: 'tls', advice: expect.stringContaining('ca-file') },
  });
});

/** A scope as a token can hold it. */
function inToken(scope: string): string {
  return Buffer.from(scope).toString('base64url');
}

/**
 * A registry and its token server in one, which takes a token for as many requests as told and wants a scope of its
 * own.
 */
async function pickyRegistry(options: { readonly takesTokenTimes: number; readonly wants: string }) {
  const uses = new Map<string, number>();
  const scopes: (readonly string[])[] = [];
  const server = await startFaultServer((request) => {
    const url = new URL(request.path, server.url);
    if (url.pathname === '/token') {
      scopes.push(url.searchParams.getAll('scope'));
      return {
        status: 200,
        body: JSON.stringify({ token: `t${scopes.length}.${(scopes.at(-1) ?? []).map(inToken).join('.')}` }),
      };
    }
    const token = request.headers.authorization ?? '';
    uses.set(token, (uses.get(token) ?? 0) + 1);
    const good = token.includes(inToken(options.wants)) && (uses.get(token) ?? 0) <= options.takesTokenTimes;
    const challenge = `Bearer realm="${server.url}/token",service="s",scope="${options.wants}"`;
    return good ? { status: 404 } : { status: 401, headers: { 'www-authenticate': challenge } };
  });
  open.push(server);
  return { host: server.host, scopes };
}

test('a kept token that the registry no longer takes is renewed once', async () => {
  const { host, scopes } = await pickyRegistry({ takesTokenTimes: 1, wants: 'repository:a:pull' });
  const registry = (await client()).registries.get(host);
  expect((await registry.headManifest('a', '1')).result).toBe('absent');
  expect((await registry.headManifest('a', '2')).result).toBe('absent');
  expect(scopes).toHaveLength(2);
});

test('a new token that the registry does not take is the end', async () => {
  const { host, scopes } = await pickyRegistry({ takesTokenTimes: 0, wants: 'repository:a:pull' });
  const answer = await (await client()).registries.get(host).headManifest('a', '1');
  expect(answer).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
  expect(scopes).toHaveLength(1);
});

test('a registry that wants another scope gets it, and is asked with it from then on', async () => {
  const { host, scopes } = await pickyRegistry({ takesTokenTimes: 9, wants: 'aws' });
  const registry = (await client()).registries.get(host);
  expect((await registry.headManifest('a', '1')).result).toBe('absent');
  expect((await registry.headManifest('a', '2')).result).toBe('absent');
  expect(scopes).toEqual([['repository:a:pull'], ['repository:a:pull', 'aws']]);
});

test('an expired identity token is an error that suggests a new login', async () => {
  const server = await startFaultServer(({ path }) =>
    path === '/token'
      ? { status: 400, body: '{"error":"invalid_grant","error_description":"expired"}' }
      : { status: 401, headers: { 'www-authenticate': `Bearer realm="http://${server.host}/token"` } },
  );
  open.push(server);
  const { registries } = await client({ credential: { kind: 'identity-token', token: 'old' } });
  expect(await registries.get(server.host).headManifest('a', '1')).toMatchObject({
    result: 'unknown',
    error: {
      code: 'unauthorized',
      message: expect.stringContaining('expired'),
      advice: expect.stringContaining('log in'),
    },
  });
});

/**
 * A registry that wants a token for the repository to mount from too, and whose token server gives none for that one.
 */
async function refusingMounts() {
  const server = await startFaultServer(({ method, path, headers }) => {
    const url = new URL(path, server.url);
    const realm = `Bearer realm="${server.url}/token",service="s"`;
    if (url.pathname === '/token') {
      const isForOther = url.searchParams.getAll('scope').some((scope) => scope.includes('repository:other:'));
      return isForOther ? { status: 401, body: '{}' } : { status: 200, body: '{"token":"a-token-of-the-test"}' };
    }
    if (headers.authorization === undefined) return { status: 401, headers: { 'www-authenticate': realm } };
    if (url.searchParams.get('from') === 'other') {
      const wider = `${realm},scope="repository:a:pull,push repository:other:pull"`;
      return { status: 401, headers: { 'www-authenticate': wider } };
    }
    if (method === 'POST') return { status: 202, headers: { location: '/upload' } };
    return { status: method === 'PUT' ? 201 : 404 };
  });
  open.push(server);
  return (await client({ credential: robot })).registries.get(server.host);
}

test('a rejected mount does not prevent lookups in other repositories', async () => {
  const registry = await refusingMounts();
  const { blob, content } = blobOf('layer');
  expect(await registry.putBlob('a', blob, content(), 'other')).toBe('uploaded');
  expect((await registry.headManifest('b', '1')).result).toBe('absent');
});

test('a mount that is refused fails no later push to the same repository', async () => {
  const registry = await refusingMounts();
  const { blob, content } = blobOf('layer');
  expect(await registry.putBlob('a', blob, content(), 'other')).toBe('uploaded');
  expect(await registry.putBlob('a', ...put('another layer'))).toBe('uploaded');
});

test('a registry that was away when it should check a password is asked again half a minute later', async () => {
  let isAway = true;
  const server = await startFaultServer(({ path, headers }) => {
    if (headers.authorization === undefined) return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
    if (path === '/v2/' && isAway) return 'hang-up';
    return { status: 404 };
  });
  open.push(server);
  const registry = (await client({ credential: robot })).registries.get(server.host);
  expect(await registry.headManifest('a', '1')).toMatchObject({ result: 'unknown', error: { code: 'network' } });
  isAway = false;
  // Until then it counts as unavailable, as for any other request.
  expect((await registry.headManifest('a', '1')).result).toBe('unknown');
  const later = performance.now() + 31_000;
  vi.spyOn(performance, 'now').mockImplementation(() => later);
  onTestFinished(() => void vi.restoreAllMocks());
  expect((await registry.headManifest('a', '1')).result).toBe('absent');
});
