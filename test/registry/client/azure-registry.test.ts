import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import type { Registries } from '../../../src/registry/client/registry.ts';
import { createRegistries } from '../../../src/registry/client/registry-pool.ts';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import { createAzureIdentity } from '../../../src/registry/credentials/azure-identity.ts';
import type { Credential } from '../../../src/registry/credentials/credential.ts';
import { clientOf } from '../../azure/client.ts';
import { lineOf } from '../../azure/exchange.ts';
import { type Principal, type StandInRegistry, tenant } from '../../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../../azure/fake-server.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { makeImage, pushImage } from '../../support/images.ts';

let azure: StandIn;
let http: HttpClient;
let pipeline: Principal;

beforeEach(async () => {
  azure = await startStandIn();
  http = await clientOf(azure);
  pipeline = azure.addPrincipal({ secret: azure.world.newSecret() });
});

afterEach(async () => {
  await http.close();
  await azure.stop();
});

/** The product's registries with the pipeline's Azure identity, or with what a test gives. */
function open(credential?: Credential): Registries {
  const trace = traceOf();
  const signal = new AbortController().signal;
  const environment = {
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: pipeline.clientId,
    AZURE_CLIENT_SECRET: pipeline.secret,
  };
  const identity = createAzureIdentity({
    connection: undefined,
    clientId: undefined,
    tenantId: undefined,
    endpoints: {},
    environment,
    http: async () => http,
    trace,
    log: silentLog,
    signal,
  });
  const ofIdentity = async (): Promise<Credential> => ({
    kind: 'azure-access-token',
    token: (await identity.token('registry', publicCloud)) ?? '',
    identity: identity.name(),
  });
  return createRegistries({
    http,
    credentials: { get: async () => credential ?? (await ofIdentity()) },
    plainHttp: [],
    concurrency: 16,
    trace,
    log: silentLog,
  });
}

async function holding(
  options: Parameters<StandIn['addRegistry']>[1],
  ...repositories: readonly string[]
): Promise<StandInRegistry> {
  const registry = await azure.addRegistry('contoso', options);
  for (const repository of repositories) await pushImage(registry.store.url, repository, '1', await makeImage());
  return registry;
}

function asked(path: string) {
  return azure.recorded.filter((each) => lineOf(each).endsWith(path));
}

function blobOf(text: string) {
  const bytes = Buffer.from(text);
  return [{ digest: computeDigest(bytes), size: bytes.length }, Readable.from([bytes])] as const;
}

test('the identity of the pipeline pulls and pushes with one exchange, whatever the number of repositories', async () => {
  const registry = await holding({}, 'a', 'b', 'c');
  azure.assign(pipeline, 'AcrPush', registry.resourceId);
  const contoso = open().get(registry.loginServer);
  const found = await Promise.all(['a', 'b', 'c', 'a'].map((repository) => contoso.headManifest(repository, '1')));
  expect(found.map(({ result }) => result)).toEqual(['found', 'found', 'found', 'found']);
  await contoso.putBlob('d', ...blobOf('layer'));
  expect([asked('/oauth2/exchange').length, asked('/oauth2/token').length]).toEqual([1, 4]);
});

test('a registry with permissions by repository (ABAC) is asked for a token of each repository', async () => {
  const registry = await holding({ permissions: 'abac' }, 'team/a', 'team/b', 'other/a');
  azure.assign(pipeline, 'Container Registry Repository Reader', registry.resourceId, 'team/');
  const contoso = open().get(registry.loginServer);
  expect((await contoso.headManifest('team/a', '1')).result).toBe('found');
  expect((await contoso.headManifest('team/b', '1')).result).toBe('found');
  expect(await contoso.headManifest('other/a', '1')).toMatchObject({
    result: 'unknown',
    error: { code: 'unauthorized', advice: expect.stringContaining('"Container Registry Repository Reader"') },
  });
  const scopes = asked('/oauth2/token').map(({ body }) => new URLSearchParams(body.toString()).get('scope'));
  expect(scopes).toEqual(expect.arrayContaining(['repository:team/a:pull', 'repository:team/b:pull']));
});

test('tokens that say nothing of their end are kept for as long as they are good', async () => {
  const registry = await holding({}, 'a');
  azure.assign(pipeline, 'AcrPull', registry.resourceId);
  const contoso = open().get(registry.loginServer);
  for (let times = 0; times < 5; times += 1) await contoso.headManifest('a', '1');
  expect(asked('/oauth2/token')).toHaveLength(1);
  azure.world.behavior.accessTokenLife = 2;
  for (const repository of ['b', 'b', 'b']) await contoso.headManifest(repository, '1');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await contoso.headManifest('b', '1')).result).toBe('absent');
  expect(asked('/oauth2/token').length).toBeGreaterThan(2);
});

test('a token that ends in the middle of a copy is replaced, and so is the refresh token behind it', async () => {
  const registry = await holding({}, 'a');
  azure.assign(pipeline, 'AcrPush', registry.resourceId);
  const contoso = open().get(registry.loginServer);
  expect((await contoso.headManifest('a', '1')).result).toBe('found');
  // From now on nothing that was given out is good any more.
  let revoked = true;
  azure.intercept(({ url, body, headers }) => {
    if (url.pathname === '/oauth2/exchange') revoked = false;
    const old = revoked && (url.pathname === '/oauth2/token' || (headers['authorization'] ?? '') !== '');
    if (!old || body.includes('grant_type=access_token')) return undefined;
    const challenge = `Bearer realm="https://${registry.loginServer}/oauth2/token",service="${registry.loginServer}"`;
    return { status: 401, headers: { 'www-authenticate': challenge }, body: { errors: [{ code: 'UNAUTHORIZED' }] } };
  });
  expect((await contoso.headManifest('a', '1')).result).toBe('found');
  expect(asked('/oauth2/exchange')).toHaveLength(2);
});

test('many requests that find their token ended get one new token together', async () => {
  const registry = await holding({}, 'a');
  azure.assign(pipeline, 'AcrPull', registry.resourceId);
  azure.world.behavior.accessTokenLife = 2;
  const contoso = open().get(registry.loginServer);
  await contoso.headManifest('a', '1');
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await Promise.all(Array.from({ length: 16 }, () => contoso.headManifest('a', '1')));
  expect(asked('/oauth2/token')).toHaveLength(2);
});

test('an Azure registry with anonymous pull allows pulls with an unknown identity too', async () => {
  const registry = await holding({ anonymousPull: true }, 'a');
  expect((await open({ kind: 'none' }).get(registry.loginServer).headManifest('a', '1')).result).toBe('found');
  expect(
    (
      await open({ kind: 'azure-access-token', token: 'stranger', identity: 'me' })
        .get(registry.loginServer)
        .headManifest('a', '1')
    ).result,
  ).toBe('found');
});

test('the error of a private registry contains the reason why Entra rejected the identity', async () => {
  const registry = await holding({}, 'a');
  const wrong = azure.addPrincipal({ secret: azure.world.newSecret() });
  pipeline = { ...wrong, secret: 'an old secret' };
  const refusal = await open()
    .get(registry.loginServer)
    .headManifest('a', '1')
    .catch((thrown: unknown) => thrown);
  expect(refusal).toMatchObject({
    result: 'unknown',
    error: { code: 'azure-identity', message: expect.stringContaining('AADSTS7000215') },
  });
});

test('a scope-map token writes to its repositories and to no others', async () => {
  const registry = await holding({});
  const token = { username: 'store-acr-manifest-1-0-0', password: azure.world.newSecret(52), repositories: ['a'] };
  registry.scopeMapTokens.push(token);
  const contoso = open({ kind: 'basic', ...token }).get(registry.loginServer);
  await contoso.putBlob('a', ...blobOf('layer'));
  await expect(contoso.putBlob('b', ...blobOf('layer'))).rejects.toMatchObject({ code: 'unauthorized' });
});

/** Says of the registry that its tokens are at another host, as a proxy in front of it might. */
function misdirect(registry: StandInRegistry, realm: string, when: (path: string) => boolean): void {
  azure.intercept(({ url }) => {
    if (url.hostname !== registry.loginServer || !when(url.pathname)) return undefined;
    const challenge = `Bearer realm="${realm}",service="${registry.loginServer}"`;
    return { status: 401, headers: { 'www-authenticate': challenge }, body: { errors: [{ code: 'UNAUTHORIZED' }] } };
  });
}

test.each([
  ['at once', (path: string) => path.startsWith('/v2/')],
  ['only after the identity has logged in there', (path: string) => path.startsWith('/v2/a/')],
])(
  "a registry that names a token server elsewhere, %s, gets neither the identity's token nor the one exchanged for it there",
  async (_, when) => {
    const registry = await holding({}, 'a');
    const elsewhere = await azure.addRegistry('attacker');
    azure.assign(pipeline, 'AcrPull', registry.resourceId);
    misdirect(registry, `https://${elsewhere.loginServer}/oauth2/token`, when);
    expect(await open().get(registry.loginServer).headManifest('a', '1')).toMatchObject({
      result: 'unknown',
      error: { code: 'registry-answer', message: expect.stringContaining('it is not on the host of the registry') },
    });
    expect(azure.recorded.filter(({ url }) => url.hostname === elsewhere.loginServer)).toEqual([]);
  },
);

test('a password for a registry of Azure, which may be that of an application, goes to no token server elsewhere', async () => {
  const registry = await holding({}, 'a');
  const elsewhere = await azure.addRegistry('attacker');
  misdirect(registry, `https://${elsewhere.loginServer}/oauth2/token`, (path) => path.startsWith('/v2/'));
  const credential: Credential = { kind: 'basic', username: pipeline.clientId, password: pipeline.secret ?? '' };
  const answer = await open(credential).get(registry.loginServer).headManifest('a', '1');
  expect(answer).toMatchObject({ result: 'unknown', error: { code: 'registry-answer' } });
  expect(azure.recorded.filter(({ url }) => url.hostname === elsewhere.loginServer)).toEqual([]);
});
