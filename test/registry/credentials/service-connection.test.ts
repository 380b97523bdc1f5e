/** Service connections of Azure Pipelines: what the agent's variables say, in the spelling of every agent. */
import { expect, test } from 'vitest';
import { ChartImagesError, cancelledError } from '../../../src/core/errors.ts';
import { cloudNamed, publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import type { AzureIdentity } from '../../../src/registry/credentials/azure-identity.ts';
import { azureProvider } from '../../../src/registry/credentials/azure-provider.ts';
import type { RegistryConnection } from '../../../src/registry/credentials/registry-connection.ts';
import {
  createEndpointReader,
  readAzureConnection,
  systemAccessToken,
} from '../../../src/registry/credentials/service-connection.ts';
import { serviceConnectionProvider } from '../../../src/registry/credentials/service-connection-provider.ts';
import { endpointsOf } from '../../azure/endpoints.ts';

const id = '5a1c6e2f-0000-4000-8000-00000000000b';
const application = { tenantid: 'tenant', serviceprincipalid: 'app' };
const common = { id, tenantId: 'tenant', clientId: 'app', subscriptionId: '', cloud: publicCloud };

test.each<[string, string, Readonly<Record<string, string>>, object]>([
  ['workload identity federation', 'WorkloadIdentityFederation', {}, { kind: 'workload-identity', idToken: undefined }],
  [
    'a token of its own',
    'WorkloadIdentityFederation',
    { idtoken: 'jwt' },
    { kind: 'workload-identity', idToken: 'jwt' },
  ],
  ['a secret', 'ServicePrincipal', { serviceprincipalkey: 's' }, { kind: 'secret', secret: 's' }],
  [
    'a secret, said so',
    'ServicePrincipal',
    { authenticationtype: 'spnKey', serviceprincipalkey: 's' },
    { kind: 'secret', secret: 's' },
  ],
  [
    'a certificate',
    'ServicePrincipal',
    { authenticationtype: 'SPNCertificate', serviceprincipalcertificate: 'pem', serviceprincipalkey: 's' },
    { kind: 'certificate', pem: 'pem' },
  ],
  ['a managed identity', 'managedserviceidentity', {}, { kind: 'managed-identity' }],
])('a connection with %s is that kind of identity', (_, scheme, parameters, connection) => {
  const endpoints = endpointsOf(id, scheme, { ...application, ...parameters });
  expect(readAzureConnection(id, endpoints)).toEqual({ ...common, ...connection });
});

test('a connection has the subscription and the cloud of its data, and without a cloud the public one', () => {
  const data = { subscriptionid: 'sub', environment: 'azurechinacloud' };
  const endpoints = endpointsOf(id, 'ManagedServiceIdentity', application, data);
  expect(readAzureConnection(id, endpoints)).toMatchObject({
    subscriptionId: 'sub',
    cloud: cloudNamed('AzureChinaCloud'),
  });
  const unknown = endpointsOf(id, 'ManagedServiceIdentity', application, { environment: 'AzureMoonCloud' });
  expect(readAzureConnection(id, unknown).cloud).toBe(publicCloud);
});

test.each([
  ['not given to the task', {}, 'is not a service connection of this task'],
  ['of another scheme', endpointsOf(id, 'Token', application), 'is a service connection with the scheme Token'],
  [
    'to a registry, by its type',
    endpointsOf(id, 'ServicePrincipal', application, { registrytype: 'ACR' }),
    'belongs in registryConnections',
  ],
  [
    'to a registry, by its address',
    endpointsOf(id, 'UsernamePassword', { registry: 'https://x' }),
    'belongs in registryConnections',
  ],
  [
    'to a registry of Azure, by its server',
    endpointsOf(id, 'ServicePrincipal', { loginserver: 'x.azurecr.io' }),
    'belongs in registryConnections',
  ],
])('a connection that is %s is wrong input for azure-subscription', (_, endpoints, said) => {
  expect(() => readAzureConnection(id, endpoints)).toThrow(
    expect.objectContaining({
      code: 'invalid-input',
      message: expect.stringContaining(`Cannot use "${id}" in the input "azure-subscription": it`),
      advice: expect.stringContaining('Azure Resource Manager'),
    }),
  );
  expect(() => readAzureConnection(id, endpoints)).toThrow(said);
});

test('variables are found in any case, also those of older agents, and one that is not set is empty', () => {
  const reader = createEndpointReader('aBc', {
    endpoint_auth_scheme_ABC: '',
    Endpoint_Auth_Parameter_abc_Scheme: 'ServicePrincipal',
    ENDPOINT_DATA_ABC_ENVIRONMENT: undefined,
  });
  expect(reader.scheme()).toBe('ServicePrincipal');
  expect([reader.data('environment'), reader.data('other'), reader.parameter('x')]).toEqual(['', '', '']);
});

test('the scheme of today wins over that of older agents', () => {
  const reader = createEndpointReader('a', { ENDPOINT_AUTH_SCHEME_A: 'new', ENDPOINT_AUTH_PARAMETER_A_SCHEME: 'old' });
  expect(reader.scheme()).toBe('new');
});

test('the token of the job is that of the connection of the system', () => {
  expect(systemAccessToken({ ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: 'job' })).toBe('job');
  expect(systemAccessToken({})).toBe('');
});

const login: RegistryConnection = { id: 'one', host: 'quay.io', kind: 'login', username: 'u', password: 'p' };
const identity: RegistryConnection = {
  id: 'two',
  host: 'contoso.azurecr.cn',
  kind: 'identity',
  connection: { ...common, kind: 'managed-identity', cloud: cloudNamed('AzureChinaCloud') ?? publicCloud },
};

function azure(token: AzureIdentity['token']): AzureIdentity {
  return { token, name: () => 'me' };
}

test('a login of a connection is used for its registry alone, and says which connection it is of', async () => {
  const provider = serviceConnectionProvider([login], () => azure(async () => 'unused'));
  expect(provider.name).toBe('registry-connections');
  expect(await provider.lookUp('quay.io', 'a')).toEqual({
    credential: { kind: 'basic', username: 'u', password: 'p', identity: 'the service connection one (user u)' },
    detail: 'user name and password of the service connection one',
  });
  expect(await provider.lookUp('ghcr.io', 'a')).toMatchObject({ detail: 'no connection for this registry' });
});

test('an identity of a connection is asked for a token of its own cloud, each time that one is needed', async () => {
  const asked: string[] = [];
  const provider = serviceConnectionProvider([login, identity], (connection) =>
    azure(async (resource, cloud) => {
      asked.push(`${connection.id} ${resource} ${cloud.name}`);
      return `token ${asked.length}`;
    }),
  );
  for (const token of ['token 1', 'token 2']) {
    expect(await provider.lookUp('contoso.azurecr.cn', 'a')).toEqual({
      credential: { kind: 'azure-access-token', token, identity: 'me' },
      detail: 'a token of me',
    });
  }
  expect(asked).toEqual(Array(2).fill(`${id} registry AzureChinaCloud`));
});

test('without connections the explanation of a missing login says that none are set', async () => {
  const provider = serviceConnectionProvider([], () => azure(async () => undefined));
  expect(await provider.lookUp('quay.io', 'a')).toMatchObject({ detail: 'none are set' });
});

test('the identity of the run is asked only for registries of Azure, with their cloud', async () => {
  const asked: string[] = [];
  const provider = azureProvider(
    azure(async (resource, { name }) => {
      asked.push(`${resource} ${name}`);
      return undefined;
    }),
  );
  expect(provider.name).toBe('Azure identity');
  expect(await provider.lookUp('quay.io', 'a')).toMatchObject({ detail: 'not used, this is not an Azure registry' });
  expect(await provider.lookUp('contoso.azurecr.us', 'a')).toMatchObject({ detail: 'none' });
  expect(asked).toEqual(['registry AzureUSGovernment']);
});

test('an identity that is refused is no error before the registry asks for it, and an interrupt is one at once', async () => {
  const refused = new ChartImagesError('azure-identity', 'Entra rejected me.', { advice: 'Log in.' });
  const lookUp = (thrown: Error) => azureProvider(azure(() => Promise.reject(thrown))).lookUp('a.azurecr.io', 'a');
  expect(await lookUp(refused)).toEqual({
    credential: { kind: 'none', reason: refused },
    detail: 'Entra rejected me.',
  });
  for (const thrown of [cancelledError(), new TypeError('ours')]) await expect(lookUp(thrown)).rejects.toBe(thrown);
});
