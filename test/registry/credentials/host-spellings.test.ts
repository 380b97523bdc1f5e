/** Hosts as users and agents spell them: the registry of a connection, and the cloud of the environment. */
import { expect, test } from 'vitest';
import { cloudOfEnvironment, cloudOfRegistry } from '../../../src/registry/credentials/azure-cloud.ts';
import { readRegistryConnections } from '../../../src/registry/credentials/registry-connection.ts';
import { endpointsOf } from '../../azure/endpoints.ts';

const id = '5a1c6e2f-0000-4000-8000-00000000000c';

function hostOf(registry: string): string | undefined {
  const endpoints = endpointsOf(id, 'UsernamePassword', { registry, username: 'u', password: 'p' });
  return readRegistryConnections([id], endpoints)[0]?.host;
}

test.each([
  ['http://quay.io', 'quay.io'],
  ['https://quay.io/v2/', 'quay.io'],
  ['  https://quay.io:8443/a  ', 'quay.io:8443'],
  ['quay.io', 'quay.io'],
  ['https://index.docker.io/v1/', 'docker.io'],
])('a connection to %j is for %s', (registry, host) => {
  expect(hostOf(registry)).toBe(host);
});

test('connections to two registries are both used', () => {
  const endpoints = {
    ...endpointsOf('one', 'UsernamePassword', { registry: 'https://quay.io', username: 'u', password: 'p' }),
    ...endpointsOf('two', 'UsernamePassword', { registry: 'https://ghcr.io', username: 'u', password: 'p' }),
  };
  expect(readRegistryConnections(['one', 'two'], endpoints).map(({ host }) => host)).toEqual(['quay.io', 'ghcr.io']);
});

test.each(['//quay.io', '/quay.io', 'https:///quay.io', 'ftp://quay.io', 'https://'])(
  'a connection to %j is for no registry, and not for one that a part of it names',
  (registry) => {
    expect(() => hostOf(registry)).toThrow('has no valid registry host');
  },
);

test.each([
  ['https://login.chinacloudapi.cn', 'AzureChinaCloud'],
  ['https://login.chinacloudapi.cn/tenant', 'AzureChinaCloud'],
  ['login.chinacloudapi.cn', 'AzureChinaCloud'],
  ['https://login.partner.microsoftonline.cn/', 'AzureChinaCloud'],
  ['HTTPS://Login.MicrosoftOnline.US', 'AzureUSGovernment'],
  ['https://login.microsoftonline.com', 'AzureCloud'],
  ['/login.chinacloudapi.cn', 'AzureCloud'],
  ['http://login.chinacloudapi.cn', 'AzureCloud'],
  ['https://evil.example/login.chinacloudapi.cn', 'AzureCloud'],
  ['', 'AzureCloud'],
  [undefined, 'AzureCloud'],
])('AZURE_AUTHORITY_HOST %j is the cloud %s', (host, name) => {
  expect(cloudOfEnvironment({ AZURE_AUTHORITY_HOST: host }).name).toBe(name);
});

test.each([
  ['contoso.azurecr.io', 'AzureCloud'],
  ['contoso-a1b2.azurecr.us', 'AzureUSGovernment'],
  ['contoso.azurecr.cn', 'AzureChinaCloud'],
  ['azurecr.io', undefined],
  ['.azurecr.io', undefined],
  ['a.b.azurecr.io', undefined],
  ['contoso.azurecr.io.example.com', undefined],
  ['evil_contoso.azurecr.io', undefined],
])('no token of Azure goes to a host that only looks like one: %s is %s', (host, name) => {
  expect(cloudOfRegistry(host)?.name).toBe(name);
});
