import { expect, test } from 'vitest';
import { cloudOfEnvironment, cloudOfRegistry } from '../../../src/registry/credentials/azure-cloud.ts';

test.each([
  [undefined, 'AzureCloud'],
  ['', 'AzureCloud'],
  ['https://login.microsoftonline.com/', 'AzureCloud'],
  ['https://login.microsoftonline.us', 'AzureUSGovernment'],
  ['login.microsoftonline.us', 'AzureUSGovernment'],
  ['https://login.chinacloudapi.cn/', 'AzureChinaCloud'],
  ['https://Login.Partner.MicrosoftOnline.cn', 'AzureChinaCloud'],
])('AZURE_AUTHORITY_HOST %s is the cloud %s', (host, name) => {
  expect(cloudOfEnvironment({ AZURE_AUTHORITY_HOST: host }).name).toBe(name);
});

test.each([
  ['contoso.azurecr.io', 'AzureCloud'],
  ['contoso-h4sh.azurecr.io', 'AzureCloud'],
  ['contoso.azurecr.cn', 'AzureChinaCloud'],
  ['contoso.azurecr.us', 'AzureUSGovernment'],
  ['azurecr.io', undefined],
  ['a.contoso.azurecr.io', undefined],
  ['contoso.azurecr.io.example', undefined],
  ['contoso.azurecr.io:8443', undefined],
])('the registry %s is in the cloud %s', (host, name) => {
  expect(cloudOfRegistry(host)?.name).toBe(name);
});
