import { afterEach, beforeEach, expect, test } from 'vitest';
import { createArtifactManifest, readArtifactManifest } from '../../../src/registry/azure/artifact-manifest.ts';
import {
  type ArtifactStore,
  type ArtifactStoreRequest,
  guessLoginServer,
  readArtifactStore,
} from '../../../src/registry/azure/artifact-store.ts';
import { fetchStoreCredential } from '../../../src/registry/azure/store-credential.ts';
import { soleSubscription } from '../../../src/registry/azure/subscription.ts';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import { type OpenedArm, openArm } from '../../azure/arm.ts';
import { lineOf } from '../../azure/exchange.ts';
import { type Principal, resourceGroup, type StandInArtifactStore, subscription } from '../../azure/fake-azure.ts';
import { type ArtifactStoreOptions, type StandIn, startStandIn } from '../../azure/fake-server.ts';
import { traceOf } from '../../support/credential-trace.ts';

let azure: StandIn;
let publisher: Principal;
let opened: OpenedArm;

const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
const storeLocation = { file: 'cnf-input.jsonc', line: 5, column: 30 };

beforeEach(async () => {
  azure = await startStandIn();
  publisher = azure.addPrincipal();
  azure.assign(publisher, 'Contributor', group);
  opened = await openArm(azure, publisher);
});

afterEach(async () => {
  await opened.http.close();
  await azure.stop();
});

const request: ArtifactStoreRequest = {
  publisher: 'contoso',
  resourceGroup,
  store: 'contoso-store',
  manifest: 'contoso-acr-manifest-1-0-0',
  versionLocation: undefined,
  storeLocation: storeLocation,
};

async function store(
  options?: ArtifactStoreOptions,
): Promise<{ readonly stood: StandInArtifactStore; readonly found: ArtifactStore }> {
  const stood = await azure.addArtifactStore(options);
  return { stood, found: await readArtifactStore(request, subscription, opened.arm) };
}

const artifacts = [
  { name: 'contoso', version: '1.0.0' },
  { name: 'release/contoso-a', version: '1.0.0' },
];

test('an artifact store is found with its location and the registry behind it', async () => {
  const { stood, found } = await store();
  expect(found).toEqual({
    id: stood.resourceId,
    name: 'contoso-store',
    location: 'westeurope',
    registryId: stood.registry.resourceId,
  });
  expect(guessLoginServer(found, publicCloud)).toBe(stood.registry.loginServer);
});

test('without a resource group the one of the publisher is taken', async () => {
  const stood = await azure.addArtifactStore();
  const found = await readArtifactStore({ ...request, resourceGroup: undefined }, subscription, opened.arm);
  expect(found.id).toBe(stood.resourceId);
  await expect(
    readArtifactStore({ ...request, publisher: 'fabrikam', resourceGroup: undefined }, subscription, opened.arm),
  ).rejects.toMatchObject({
    code: 'artifact-store',
    location: storeLocation,
    message: expect.stringContaining('no resource group'),
  });
});

test.each<[string, ArtifactStoreOptions, string]>([
  ['a storage account', { storeType: 'AzureStorageAccount' }, 'storage account'],
  ['no public network', { publicNetworkAccess: 'Disabled' }, 'access from the public network'],
])('a store with %s cannot be a target', async (_, options, said) => {
  await expect(store(options)).rejects.toMatchObject({
    code: 'artifact-store',
    location: storeLocation,
    message: expect.stringContaining(said),
  });
});

test('a store that is not there is wrong input, at its place in the file', async () => {
  await azure.addArtifactStore({ name: 'another' });
  await expect(readArtifactStore(request, subscription, opened.arm)).rejects.toMatchObject({
    code: 'artifact-store',
    location: storeLocation,
    message:
      'Cannot find the artifact store "contoso-store" of the publisher "contoso" in the resource group "contoso-publisher".',
  });
});

test('the error for a store without access contains the identity, the action and a role with the action', async () => {
  const stranger = azure.addPrincipal();
  await azure.addArtifactStore();
  const other = await openArm(azure, stranger);
  const error = await readArtifactStore(request, subscription, other.arm).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'denied',
    advice: expect.stringContaining('"Contributor" on the resource group of the publisher'),
  });
  expect(String(error)).toContain(
    `Cannot read the artifact store contoso-store as the application ${stranger.clientId}: Azure returned 403`,
  );
  expect(String(error)).toContain("perform action 'Microsoft.HybridNetwork/publishers/artifactStores/read'");
  await other.http.close();
});

test('an artifact manifest is made with all artifacts, waited for, and then there', async () => {
  const { stood, found } = await store();
  expect(await readArtifactManifest(found, request.manifest, opened.arm)).toBeUndefined();
  await createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal);
  expect(await readArtifactManifest(found, request.manifest, opened.arm)).toEqual({
    name: request.manifest,
    artifacts,
  });
  expect(stood.manifests.get(request.manifest)?.artifacts[1]).toEqual({
    artifactName: 'release/contoso-a',
    artifactType: 'OCIArtifact',
    artifactVersion: '1.0.0',
  });
  expect(azure.recorded.map(lineOf).filter((line) => line.includes('operationStatuses'))).toHaveLength(3);
});

test('the credential of a manifest is for its own repositories, masked, whether the server has a scheme or not', async () => {
  const { stood, found } = await store();
  await createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal);
  for (const serverUrl of ['with-scheme', 'without-scheme'] as const) {
    azure.world.behavior.serverUrl = serverUrl;
    const masked: string[] = [];
    const credential = await fetchStoreCredential(
      found,
      request.manifest,
      opened.arm,
      traceOf({ mask: (secret) => masked.push(secret) }),
    );
    expect(credential).toMatchObject({
      registry: stood.registry.loginServer,
      username: request.manifest,
    });
    expect(masked).toEqual([credential.password]);
    const hours = (credential.expires - Date.now()) / 3_600_000;
    expect(hours > 23 && hours <= 24).toBe(true);
  }
});

test('a credential for a storage account is refused, and nothing of it is shown', async () => {
  const { found } = await store();
  await createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal);
  azure.world.behavior.credentialType = 'AzureStorageAccountToken';
  const error = await fetchStoreCredential(found, request.manifest, opened.arm, traceOf()).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'artifact-store',
    message: expect.stringContaining('"AzureStorageAccountToken"'),
  });
  for (const secret of azure.world.secrets) expect(String(error)).not.toContain(secret);
});

test.each([
  ['fails', 'fail', 'InternalServerError: The operation failed for a reason of its own'],
  ['is cancelled', 'cancel', 'Canceled: The operation was canceled'],
] as const)('an operation that %s is told in its own words', async (_, operations, said) => {
  const { found } = await store();
  azure.world.behavior.operations = operations;
  await expect(
    createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal),
  ).rejects.toMatchObject({ code: 'azure-operation', message: expect.stringContaining(said) });
});

test('an operation that Azure forgets counts as done when the manifest is there, and as failed when it is not', async () => {
  const { stood, found } = await store();
  azure.world.behavior.operations = 'vanish';
  const create = async () =>
    await createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal);
  await expect(create()).rejects.toMatchObject({ code: 'not-found' });
  azure.intercept(({ url }) => {
    if (url.pathname.includes('operationStatuses'))
      stood.manifests.set(request.manifest, { artifacts: [], state: 'Uploading', location: 'westeurope' });
    return undefined;
  });
  await create();
});

test.each([429, 500, 503])(
  'answers %i to the question how far an operation is do not end the waiting for it',
  async (status) => {
    const { found } = await store();
    let faults = 0;
    azure.intercept(({ url }) => {
      if (!url.pathname.includes('operationStatuses')) return undefined;
      faults += 1;
      return faults > 40 ? undefined : { status, headers: { 'retry-after': '0' } };
    });
    await createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal);
    expect(faults).toBeGreaterThan(40);
  },
);

test('a run that is cancelled does not wait for an operation', async () => {
  const { found } = await store();
  azure.world.behavior.retryAfter = 50;
  const creating = createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal);
  azure.intercept(() => undefined);
  setTimeout(opened.cancel, 200);
  await expect(creating).rejects.toMatchObject({ code: 'cancelled' });
});

test('a status that leads to another server is not followed with the token', async () => {
  const { found } = await store();
  azure.intercept(({ method }) =>
    method === 'PUT'
      ? {
          status: 201,
          headers: { 'azure-asyncoperation': 'https://evil.azurecr.io/status', 'retry-after': '0' },
          body: {},
        }
      : undefined,
  );
  await expect(
    createArtifactManifest(found, { name: request.manifest, artifacts }, opened.arm, opened.signal),
  ).rejects.toMatchObject({ code: 'azure-operation', message: expect.stringContaining('a different server') });
  expect(azure.recorded.map(({ host }) => host)).not.toContain('evil.azurecr.io');
});

test('the only subscription that an identity sees needs no mention; of several one has to be named', async () => {
  expect(await soleSubscription(opened.arm)).toBe(subscription);
  azure.assign(publisher, 'Reader', '/subscriptions/22222222-0000-4000-8000-000000000000');
  await expect(soleSubscription(opened.arm)).rejects.toMatchObject({
    code: 'missing-input',
    advice: expect.stringContaining(`one of ${subscription} (Contoso), 22222222-0000-4000-8000-000000000000 (Contoso)`),
  });
});
