/** Artifact stores, their manifests and their credentials, by what Azure answers: which of it can be a target. */
import { describe, expect, test } from 'vitest';
import { createArtifactManifest, readArtifactManifest } from '../../../src/registry/azure/artifact-manifest.ts';
import { guessLoginServer, readArtifactStore } from '../../../src/registry/azure/artifact-store.ts';
import { fetchStoreCredential } from '../../../src/registry/azure/store-credential.ts';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import { armError, json, scriptedArm } from '../../azure/scripted-arm.ts';
import { traceOf } from '../../support/credential-trace.ts';
import type { Reply } from '../../support/fault-server.ts';

const storeLocation = { file: 'cnf-input.jsonc', line: 5, column: 30 };
const request = {
  publisher: 'con/toso',
  resourceGroup: 'group',
  store: 'store',
  manifest: 'nf-acr-manifest-1',
  versionLocation: undefined,
  storeLocation,
};
const id =
  '/subscriptions/s/resourceGroups/group/providers/Microsoft.HybridNetwork/publishers/contoso/artifactStores/store';
const store = { id, name: 'store', location: 'westeurope', registryId: '' };

async function read(answer: Reply) {
  const { arm } = await scriptedArm(() => answer);
  return await readArtifactStore(request, 's', arm);
}

const acr = { storeType: 'AzureContainerRegistry' };

describe('an artifact store', () => {
  test('with nothing but its type is open, and the registry behind it is not known', async () => {
    expect(await read(json({ id, location: 'westeurope', properties: acr }))).toEqual(store);
  });

  test('is asked for below its publisher and group, whatever signs their names have', async () => {
    const { arm, asked } = await scriptedArm(() => json({ id, location: 'x', properties: acr }));
    await readArtifactStore({ ...request, resourceGroup: 'my group', store: 'a?b' }, 's/t', arm);
    expect(asked()).toEqual([
      'GET /subscriptions/s%2Ft/resourceGroups/my%20group/providers/Microsoft.HybridNetwork/publishers/con%2Ftoso/artifactStores/a%3Fb',
    ]);
  });

  test.each<[string, Reply, string, string]>([
    [
      'is not there',
      armError(404, 'ResourceNotFound'),
      'Cannot find the artifact store "store" of the publisher "con/toso" in the resource group "group".',
      'az aosm nfd publish',
    ],
    [
      'has no ID of Azure',
      json({ id: 'x', location: 'x', properties: acr }),
      'has an unknown format',
      'Check that it has been created',
    ],
    ['has no properties', json({ id, location: 'x' }), 'has an unknown format', 'Check that it has been created'],
    [
      'keeps files',
      json({ id, location: 'x', properties: { storeType: 'AzureStorageAccount' } }),
      'is for files in a storage account',
      'AzureContainerRegistry',
    ],
    [
      'is of a type of tomorrow',
      json({ id, location: 'x', properties: { storeType: 'Other' } }),
      'has the type "Other"',
      'AzureContainerRegistry',
    ],
    ['does not say its type', json({ id, location: 'x', properties: {} }), 'has the type ""', 'AzureContainerRegistry'],
    [
      'is closed to the public network',
      json({ id, location: 'x', properties: { ...acr, backingResourcePublicNetworkAccess: 'Disabled' } }),
      'does not allow access from the public network',
      'backingResourcePublicNetworkAccess',
    ],
  ])('that %s is no target, and the input that names it is shown', async (_, answer, said, advice) => {
    await expect(read(answer)).rejects.toMatchObject({
      code: 'artifact-store',
      location: storeLocation,
      message: expect.stringContaining(said),
      advice: expect.stringContaining(advice),
    });
  });

  test.each([
    ['/subscriptions/s/registries/Contoso-1', 'contoso-1.azurecr.io'],
    ['', undefined],
    ['/registries/a/b', undefined],
    ['/registries/a.b', undefined],
  ])('whose registry has the ID %j is shown in a dry run as %s', (registryId, server) => {
    expect(guessLoginServer({ ...store, registryId }, publicCloud)).toBe(server);
  });
});

describe('a publisher without a resource group', () => {
  const publisher = (group: string, name = 'Con/toso') => ({
    name,
    id: `/subscriptions/s/resourceGroups/${group}/providers/x`,
  });

  test.each([
    ['in no group', [publisher('g', 'other'), { name: 'con/toso', id: '/x' }, {}], 'finds it in no resource group'],
    ['in two groups', [publisher('g'), publisher('h')], 'in more than one resource group of the subscription (g, h)'],
  ])('%s is an error that asks for the group', async (_, value, said) => {
    const { arm } = await scriptedArm(() => json({ value }));
    await expect(readArtifactStore({ ...request, resourceGroup: undefined }, 's', arm)).rejects.toMatchObject({
      code: 'artifact-store',
      location: storeLocation,
      message: expect.stringContaining(said),
      advice: 'Set publisher_resource_group_name.',
    });
  });

  test('is looked for by its name in any case', async () => {
    const { arm, asked } = await scriptedArm((_, count) =>
      count === 0
        ? json({ value: [publisher('other', 'x'), publisher('found')] })
        : json({ id, location: 'x', properties: acr }),
    );
    await readArtifactStore({ ...request, resourceGroup: undefined }, 's', arm);
    expect(asked()[0]).toBe('GET /subscriptions/s/providers/Microsoft.HybridNetwork/publishers');
    expect(asked()[1]).toContain('/resourceGroups/found/');
  });
});

describe('an artifact manifest', () => {
  const artifact = (artifactName: string, artifactType?: string) => ({
    artifactName,
    artifactVersion: '1',
    artifactType,
  });
  const manifest = (properties: object) => json({ properties });
  const readIt = async (answer: Reply) => {
    const { arm } = await scriptedArm(() => answer);
    return await readArtifactManifest(store, 'm', arm);
  };

  test('has the images and charts of its list, not the templates and disks', async () => {
    const artifacts = [artifact('a', 'OCIArtifact'), artifact('t', 'OCIArmTemplate'), artifact('u')];
    expect(await readIt(manifest({ artifacts }))).toEqual({ name: 'm', artifacts: [{ name: 'a', version: '1' }] });
    expect(await readIt(manifest({}))).toEqual({ name: 'm', artifacts: [] });
  });

  test('that is not there is nothing, and no error', async () => {
    expect(await readIt(armError(404, 'NotFound'))).toBeUndefined();
  });

  test.each<[string, Reply, string, string, string]>([
    ['has no properties', json({}), 'artifact-store', 'has an unknown format', 'Delete it'],
    [
      'failed',
      manifest({ provisioningState: 'Failed' }),
      'artifact-store',
      'could not be created (Failed)',
      'Delete it',
    ],
    [
      'was canceled',
      manifest({ provisioningState: 'Canceled' }),
      'artifact-store',
      'could not be created (Canceled)',
      'Delete it',
    ],
    [
      'is being made',
      manifest({ provisioningState: 'Creating' }),
      'azure-operation',
      'is being created or deleted (Creating)',
      'Run again',
    ],
  ])('that %s is not pushed to', async (_, answer, code, said, advice) => {
    await expect(readIt(answer)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
      advice: expect.stringContaining(advice),
    });
  });

  const wanted = { name: 'm/n', artifacts: [{ name: 'a', version: '1' }] };
  const operation = { 'azure-asyncoperation': '/status', 'retry-after': '0' };

  async function create(answer: (method: string, path: string) => Reply) {
    const scripted = await scriptedArm(({ method, path }) => answer(method, path));
    const made = createArtifactManifest(store, wanted, scripted.arm, scripted.signal);
    return { ...scripted, made };
  }

  test('is made where the store is, with each artifact by name and version', async () => {
    const { made, server, asked } = await create((method) =>
      json({ status: 'Succeeded' }, method === 'PUT' ? operation : {}),
    );
    await made;
    expect(asked()).toEqual([`PUT ${id}/artifactManifests/m%2Fn`, 'GET /status']);
    expect(JSON.parse(server.requests[0]?.body.toString() ?? '')).toEqual({
      location: 'westeurope',
      properties: { artifacts: [{ artifactName: 'a', artifactType: 'OCIArtifact', artifactVersion: '1' }] },
    });
  });

  test('that is there is made, although Azure has forgotten the operation', async () => {
    const { made } = await create((method, path) => {
      if (method === 'PUT') return json({}, operation);
      return path === '/status' ? armError(404, 'NotFound') : manifest({});
    });
    await made;
  });

  test('that is not there after a forgotten operation was not made', async () => {
    const { made } = await create((method) => (method === 'PUT' ? json({}, operation) : armError(404, 'NotFound')));
    await expect(made).rejects.toMatchObject({ code: 'not-found' });
  });

  test('whose operation failed was not made, although it is there', async () => {
    const { made, asked } = await create((method, path) => {
      if (method === 'PUT') return json({}, operation);
      return path === '/status' ? json({ status: 'Failed' }) : manifest({});
    });
    await expect(made).rejects.toMatchObject({ code: 'azure-operation' });
    expect(asked()).toHaveLength(2);
  });
});

describe('the credential of an artifact manifest', () => {
  const good = {
    credentialType: 'AzureContainerRegistryScopedToken',
    acrServerUrl: 'https://Contoso.azurecr.io/',
    username: 'manifest',
    acrToken: 'the-token',
    expiry: '2030-01-02T03:04:05.1234567+00:00',
  };

  async function fetch(body: unknown) {
    const masked: string[] = [];
    const { arm, asked } = await scriptedArm(() => json(body));
    const trace = traceOf({ mask: (secret) => masked.push(secret) });
    const credential = fetchStoreCredential(store, 'm/n', arm, trace);
    return { credential, masked, asked };
  }

  test('is masked, and is for the host that Azure names, until the time it names', async () => {
    const { credential, masked, asked } = await fetch(good);
    expect(await credential).toEqual({
      registry: 'contoso.azurecr.io',
      username: 'manifest',
      password: 'the-token',
      expires: Date.UTC(2030, 0, 2, 3, 4, 5, 123),
    });
    expect(masked).toEqual(['the-token']);
    expect(asked()).toEqual([`POST ${id}/artifactManifests/m%2Fn/listCredential`]);
  });

  test.each(['http://Contoso.azurecr.io//', 'contoso.azurecr.io'])('is for the host in %s', async (acrServerUrl) => {
    expect(await (await fetch({ ...good, acrServerUrl })).credential).toMatchObject({ registry: 'contoso.azurecr.io' });
  });

  test.each([undefined, 'soon'])('that ends at %j is used for an hour', async (expiry) => {
    const before = Date.now();
    const { expires } = await (await fetch({ ...good, expiry })).credential;
    expect(expires - before).toBeGreaterThanOrEqual(3_600_000);
    expect(expires - before).toBeLessThan(3_700_000);
  });

  const missing = 'its server, its user name or a single-line token is missing';
  test.each<[string, unknown, string]>([
    [
      'of a storage account',
      { ...good, credentialType: 'AzureStorageAccountToken' },
      'its type is "AzureStorageAccountToken", not AzureContainerRegistryScopedToken',
    ],
    ['without a server', { ...good, acrServerUrl: '' }, missing],
    ['without a user', { ...good, username: '' }, missing],
    ['without a token', { ...good, acrToken: '' }, missing],
    ['with a token of two lines', { ...good, acrToken: 'a\nb' }, missing],
    ['with a blank after its token', { ...good, acrToken: 'a ' }, missing],
    ['that is none', 'x', missing],
  ])('%s is not used, and nothing of it is shown', async (_, body, said) => {
    const { credential, masked } = await fetch(body);
    const error = await credential.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'artifact-store',
      message: `Cannot use the credential of the artifact manifest "m/n": ${said}.`,
      advice: expect.stringContaining('acr_artifact_store_name'),
    });
    expect(masked).toEqual([]);
  });

  test('without a type is used', async () => {
    expect(await (await fetch({ ...good, credentialType: undefined })).credential).toMatchObject({
      username: 'manifest',
    });
  });

  test('whose server is no host is not used', async () => {
    const { credential, masked } = await fetch({ ...good, acrServerUrl: 'https://a b' });
    await expect(credential).rejects.toMatchObject({
      message: expect.stringContaining('its server is not a registry host'),
    });
    expect(masked).toEqual(['the-token']);
  });
});
