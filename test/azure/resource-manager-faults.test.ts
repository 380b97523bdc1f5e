import { subscription } from './fake-azure.ts';
import {
  always,
  application,
  armFix,
  armSays,
  askForCredential,
  azure,
  createManifest,
  group,
  importInto,
  manifestName,
  readStore,
  storeName,
  testFaults,
} from './fault-fixtures.ts';

testFaults([
  {
    what: 'no role on the artifact store',
    act: () => readStore(),
    identity: application,
    resource: storeName,
    permission: 'Microsoft.HybridNetwork/publishers/artifactStores/read',
    fix: `${armFix} Microsoft.HybridNetwork/publishers/artifactStores/read, for example "Contributor" on the resource group`,
  },
  {
    what: 'Reader where a manifest has to be created',
    act: () => createManifest('Reader'),
    identity: application,
    resource: manifestName,
    permission: 'Microsoft.HybridNetwork/publishers/artifactStores/artifactManifests/write',
    fix: armFix,
  },
  {
    what: 'Reader where the credential of a manifest is wanted',
    act: () => askForCredential('Reader'),
    identity: application,
    resource: manifestName,
    permission: 'Microsoft.HybridNetwork/publishers/artifactStores/artifactManifests/listCredential/action',
    fix: armFix,
  },
  {
    what: 'AcrPush where an image has to be imported',
    act: () => importInto('AcrPush'),
    identity: application,
    resource: 'target.azurecr.io',
    permission: 'Microsoft.ContainerRegistry/registries/importImage/action',
    fix: '"Container Registry Data Importer and Data Reader" on the registry',
  },
  {
    what: 'a subscription that is not there',
    act: () => {
      armSays(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
      return readStore();
    },
    identity: application,
    resource: storeName,
    fix: 'Check azure-subscription',
  },
  {
    what: 'a subscription of another tenant',
    act: () => {
      armSays(401, 'InvalidAuthenticationTokenTenant', "The access token is from the wrong issuer 'x'.");
      return readStore();
    },
    identity: application,
    resource: storeName,
    fix: 'Check that the identity is in the tenant of the subscription',
  },
  {
    what: 'a subscription of another cloud',
    act: () => {
      armSays(401, 'InvalidAuthenticationTokenAudience', 'The access token has been obtained for wrong audience.');
      return readStore();
    },
    identity: application,
    resource: storeName,
    fix: 'Check AZURE_AUTHORITY_HOST',
  },
  {
    what: 'a clock that is two hours off, at the resource manager',
    act: () => {
      const date = new Date(Date.now() + 2 * 3_600_000).toUTCString();
      armSays(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than now.', { date });
      return readStore();
    },
    identity: application,
    resource: storeName,
    fix: "The clock of this machine is 120 minutes behind the server's",
  },
  {
    what: 'throttling that does not end',
    act: () => {
      armSays(429, 'TooManyRequests', 'The request is being throttled.', { 'retry-after': '17' });
      return readStore();
    },
    identity: application,
    resource: storeName,
    fix: 'Run again in 17 seconds',
  },
  {
    what: 'an operation that fails',
    act: () => {
      azure.world.behavior.operations = 'fail';
      return createManifest('Contributor');
    },
    identity: application,
    resource: manifestName,
    fix: 'check the activity log',
  },
  {
    what: 'an operation that fails for want of a permission',
    act: () => {
      const message = `The client 'x' does not have authorization to perform action 'Microsoft.ContainerRegistry/registries/write' over scope '${group}'.`;
      always(/operationStatuses/, {
        status: 200,
        body: { status: 'Failed', error: { code: 'AuthorizationFailed', message } },
      });
      return createManifest('Contributor');
    },
    identity: application,
    resource: manifestName,
    permission: 'Microsoft.ContainerRegistry/registries/write',
    fix: `${armFix} Microsoft.ContainerRegistry/registries/write, for example "Contributor" on the registry`,
  },
  {
    what: 'an operation that vanishes',
    act: () => {
      azure.world.behavior.operations = 'vanish';
      return createManifest('Contributor');
    },
    identity: application,
    resource: manifestName,
    fix: 'check the activity log',
  },
]);
