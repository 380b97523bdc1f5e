/**
 * What Azure's agent hands over of a service connection to a registry, by kind (azure-pipelines-tasks, docker-common).
 */
import { expect, test } from 'vitest';
import { readRegistryConnections } from '../../../src/registry/credentials/registry-connection.ts';
import { readAzureConnection } from '../../../src/registry/credentials/service-connection.ts';
import { endpointsOf } from '../../azure/endpoints.ts';

const id = '5a1c6e2f-0000-4000-8000-00000000000a';
const application = { tenantid: 'the-tenant', serviceprincipalid: 'the-app' };
const acr = { registrytype: 'ACR' };

test.each([
  [
    'Docker Hub',
    endpointsOf(id, 'UsernamePassword', { registry: 'https://index.docker.io/v1/', username: 'u', password: 'p' }),
    { host: 'docker.io', kind: 'login', username: 'u', password: 'p' },
  ],
  [
    'another registry',
    endpointsOf(
      id,
      'UsernamePassword',
      { registry: 'https://Registry.example:5000/v2/', username: 'u', password: 'p w', email: 'u@example.com' },
      { registrytype: 'Others' },
    ),
    { host: 'registry.example:5000', kind: 'login', username: 'u', password: 'p w' },
  ],
  [
    "a registry of Azure's with the secret of an application",
    endpointsOf(
      id,
      'ServicePrincipal',
      { ...application, loginServer: 'Contoso.azurecr.io', serviceprincipalkey: 's', role: 'AcrPush' },
      acr,
    ),
    { host: 'contoso.azurecr.io', kind: 'login', username: 'the-app', password: 's' },
  ],
  [
    'one with workload identity federation',
    endpointsOf(id, 'WorkloadIdentityFederation', { ...application, loginServer: 'contoso.azurecr.io' }, acr),
    { host: 'contoso.azurecr.io', kind: 'identity', connection: { kind: 'workload-identity', clientId: 'the-app' } },
  ],
  [
    'one with the managed identity of the agent, in another cloud',
    endpointsOf(id, 'ManagedServiceIdentity', { tenantid: 'the-tenant', loginServer: 'contoso.azurecr.cn' }, acr),
    {
      host: 'contoso.azurecr.cn',
      kind: 'identity',
      connection: { kind: 'managed-identity', cloud: { name: 'AzureChinaCloud' } },
    },
  ],
] as const)('a connection to %s is for its registry', (_, endpoints, connection) => {
  expect(readRegistryConnections([id], endpoints)).toMatchObject([{ id, ...connection }]);
});

const toHub = { registry: 'https://index.docker.io/v1/', username: 'u', password: 'opensesame' };

test.each([
  ['that the task was not given', {}, [id], 'is not a service connection of this task', 'Docker Registry'],
  [
    'to Azure Resource Manager',
    endpointsOf(id, 'ServicePrincipal', { ...application, serviceprincipalkey: 'opensesame' }, { subscriptionid: 's' }),
    [id],
    'is a service connection to Azure Resource Manager (it belongs in azureSubscription)',
    'Docker Registry',
  ],
  [
    'to something else',
    endpointsOf(id, 'Token', { apitoken: 'opensesame' }),
    [id],
    'with the scheme Token and without a registry',
    'Docker Registry',
  ],
  [
    "to a registry of Azure's by a scheme that nobody knows",
    endpointsOf(id, 'Magic', { loginServer: 'contoso.azurecr.io' }, acr),
    [id],
    'has the scheme Magic',
    'Docker Registry',
  ],
  [
    'without a password',
    endpointsOf(id, 'UsernamePassword', { ...toHub, password: '' }),
    [id],
    'is for docker.io and has no user name and password',
    'Edit the connection',
  ],
  [
    'to no host',
    endpointsOf(id, 'UsernamePassword', { ...toHub, registry: 'https://' }),
    [id],
    'has no valid registry host',
    'Fix the registry',
  ],
  [
    'for a registry that has one already',
    { ...endpointsOf('first', 'UsernamePassword', toHub), ...endpointsOf(id, 'UsernamePassword', toHub) },
    ['first', id],
    'is for docker.io, like the connection "first"',
    'Remove one of the two',
  ],
])('a connection %s is wrong input, told without its secrets', (_, endpoints, ids, said, advice) => {
  let error: unknown;
  try {
    readRegistryConnections(ids, endpoints);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining(`Cannot use "${id}" in the input "registry-connections": it `),
    advice: expect.stringContaining(advice),
  });
  expect(String(error)).toContain(said);
  expect(JSON.stringify({ error, text: String(error) })).not.toContain('opensesame');
});

test('a connection to a registry in azure-subscription is an error, with any scheme', () => {
  for (const scheme of ['ServicePrincipal', 'WorkloadIdentityFederation', 'ManagedServiceIdentity']) {
    const endpoints = endpointsOf(id, scheme, { ...application, loginServer: 'contoso.azurecr.io' }, acr);
    expect(() => readAzureConnection(id, endpoints)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining('docker registry (it belongs in registryConnections)'),
      }),
    );
  }
});
