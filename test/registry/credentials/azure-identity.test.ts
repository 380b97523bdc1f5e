import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { cloudNamed, publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import type { AzureIdentityOptions } from '../../../src/registry/credentials/azure-identity.ts';
import { readAzureConnection } from '../../../src/registry/credentials/service-connection.ts';
import { subscription, tenant } from '../../azure/fake-azure.ts';
import { devops, github } from '../../azure/issuers.ts';
import { azure, folder, forRegistries, identity, masked, ownerOf } from './identity-fixtures.ts';

// First, because the library keeps tokens of managed identities for the whole process.
test('a run without an identity has a different error from one with a rejected identity', async () => {
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', azure.local.metadataService);
  expect(await identity().token('registry', publicCloud)).toBeUndefined();
});

test('an application with its secret in the environment has tokens for registries and for the resource manager', async () => {
  const secret = azure.world.newSecret();
  const { clientId } = azure.addPrincipal({ secret });
  const environment = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret };
  const me = identity({ environment });
  const token = await me.token('registry', publicCloud);
  expect(ownerOf(token)).toEqual({ clientId, audience: forRegistries });
  expect(ownerOf(await me.token('resource-manager', publicCloud))).toEqual({
    clientId,
    audience: 'https://management.azure.com',
  });
  expect(me.name()).toBe(`the application ${clientId} in tenant ${tenant} (AZURE_CLIENT_SECRET)`);
  expect(masked).toEqual(expect.arrayContaining([secret, token]));
});

test('a secret that Azure Pipelines did not fill in is sent to no server, and the error says so', async () => {
  const { clientId } = azure.addPrincipal({ secret: azure.world.newSecret() });
  const application = { TF_BUILD: 'True', AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId };
  const before = azure.recorded.length;
  const error = {
    code: 'azure-identity',
    message: expect.stringContaining('the variable $(client.secret) has no value in this run'),
    advice: expect.stringContaining('Builds of forks have no secret variables'),
  };
  for (const environment of [
    { ...application, AZURE_CLIENT_SECRET: '$(client.secret)' },
    { ...application, AZURE_CLIENT_CERTIFICATE_PATH: '$(client.secret)' },
    {
      ...application,
      AZURE_CLIENT_CERTIFICATE_PATH: makeCertificate().path,
      AZURE_CLIENT_CERTIFICATE_PASSWORD: '$(client.secret)',
    },
  ]) {
    await expect(identity({ environment }).token('registry', publicCloud)).rejects.toMatchObject(error);
  }
  expect(azure.recorded.length).toBe(before);
});

test('a valid token is not requested again', async () => {
  const secret = azure.world.newSecret();
  const { clientId } = azure.addPrincipal({ secret });
  const me = identity({
    environment: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret },
  });
  const before = azure.recorded.length;
  expect(await me.token('registry', publicCloud)).toBe(await me.token('registry', publicCloud));
  const asked = azure.recorded.slice(before).filter(({ url }) => url.pathname.endsWith('/token'));
  expect(asked).toHaveLength(1);
});

test('an application proves itself with a certificate', async () => {
  const { path, certificate } = makeCertificate();
  const { clientId } = azure.addPrincipal({ certificate });
  const environment = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_CERTIFICATE_PATH: path };
  const token = await identity({ environment }).token('registry', publicCloud);
  expect(ownerOf(token).clientId).toBe(clientId);
  expect(masked).toContain(readFileSync(path, 'utf8'));
});

function makeCertificate(): { readonly path: string; readonly certificate: string; readonly pem: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-days', '2', '-subj', '/CN=pipeline'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'pipe',
  });
  const certificate = readFileSync(cert, 'utf8');
  const pem = `${readFileSync(key, 'utf8')}${certificate}`;
  const path = join(folder, 'both.pem');
  writeFileSync(path, pem);
  return { path, certificate, pem };
}

const federatedOnGithub = [{ issuer: github.issuer, subject: github.subject, audience: 'api://AzureADTokenExchange' }];

function githubEnvironment() {
  return {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: github.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: azure.githubToken,
  };
}

test('a job on GitHub is the application that trusts it, without a secret', async () => {
  const { clientId } = azure.addPrincipal({ federated: federatedOnGithub });
  const me = identity({ environment: githubEnvironment(), clientId, tenantId: tenant });
  expect(ownerOf(await me.token('registry', publicCloud)).clientId).toBe(clientId);
  const named = { ...githubEnvironment(), AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant };
  expect(ownerOf(await identity({ environment: named }).token('registry', publicCloud)).clientId).toBe(clientId);
});

test('a job on GitHub without the id-token permission gets an error that contains the permission', async () => {
  const me = identity({ environment: { GITHUB_ACTIONS: 'true' }, clientId: 'app', tenantId: tenant });
  await expect(me.token('registry', publicCloud)).rejects.toMatchObject({
    code: 'azure-identity',
    advice: expect.stringContaining('id-token: write'),
  });
});

test('a job on GitHub whose request for a token is refused says so without showing what it asked with', async () => {
  const environment = { ...githubEnvironment(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'an-old-token' };
  const me = identity({ environment, clientId: 'app', tenantId: tenant });
  const error = await me.token('registry', publicCloud).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'azure-identity', message: expect.stringContaining('the token is not valid') });
  expect(String(error)).not.toContain('an-old-token');
});

function endpointsOf(id: string, scheme: string, parameters: Record<string, string>, environment = 'AzureCloud') {
  return {
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    [`ENDPOINT_DATA_${id}_SUBSCRIPTIONID`]: subscription,
    [`ENDPOINT_DATA_${id}_ENVIRONMENT`]: environment,
    ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: azure.jobToken,
    ...Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [`ENDPOINT_AUTH_PARAMETER_${id}_${key.toUpperCase()}`, value]),
    ),
  };
}

const connectionId = '5a1c6e2f-0000-4000-8000-000000000001';

test('a service connection with workload identity federation', async () => {
  const subject = devops.subjectOf(connectionId);
  const federated = [{ issuer: devops.issuer, subject, audience: 'api://AzureADTokenExchange' }];
  const { clientId } = azure.addPrincipal({ federated });
  const endpoints = endpointsOf(connectionId, 'WorkloadIdentityFederation', {
    tenantid: tenant,
    serviceprincipalid: clientId,
  });
  const connection = readAzureConnection(connectionId, endpoints);
  const me = identity({ connection, endpoints, environment: { SYSTEM_OIDCREQUESTURI: devops.requestUri } });
  expect(ownerOf(await me.token('registry', publicCloud)).clientId).toBe(clientId);
  expect(me.name()).toBe(`the service connection ${connectionId} (application ${clientId} in tenant ${tenant})`);
  expect(masked).toContain(azure.jobToken);
});

test('a service connection with a secret, and one with a certificate', async () => {
  const secret = azure.world.newSecret();
  const { certificate, pem } = makeCertificate();
  const { clientId } = azure.addPrincipal({ secret, certificate });
  const application = { tenantid: tenant, serviceprincipalid: clientId };
  const withSecret = { ...application, authenticationtype: 'spnKey', serviceprincipalkey: secret };
  const withCertificate = {
    ...application,
    authenticationtype: 'spnCertificate',
    serviceprincipalcertificate: pem,
  };
  for (const parameters of [withSecret, withCertificate]) {
    const endpoints = endpointsOf(connectionId, 'ServicePrincipal', parameters);
    const me = identity({ connection: readAzureConnection(connectionId, endpoints), endpoints });
    expect(ownerOf(await me.token('resource-manager', publicCloud)).clientId).toBe(clientId);
  }
});

test('a service connection with the managed identity of the agent', async () => {
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', azure.local.metadataService);
  azure.local.machine = azure.addPrincipal();
  const endpoints = endpointsOf(connectionId, 'ManagedServiceIdentity', { tenantid: tenant });
  const me = identity({ connection: readAzureConnection(connectionId, endpoints), endpoints });
  expect(ownerOf(await me.token('registry', publicCloud)).clientId).toBe(azure.local.machine.clientId);
});

/** The name that Microsoft's library prefers to login.chinacloudapi.cn. */
const chinaLogin = 'login.partner.microsoftonline.cn';

test('a service connection of a sovereign cloud uses its own directory, and has no identity in other clouds', async () => {
  const secret = azure.world.newSecret();
  const { clientId } = azure.addPrincipal({ secret });
  const parameters = { tenantid: tenant, serviceprincipalid: clientId, serviceprincipalkey: secret };
  const endpoints = endpointsOf(connectionId, 'ServicePrincipal', parameters, 'AzureChinaCloud');
  const connection = readAzureConnection(connectionId, endpoints);
  const china = cloudNamed('AzureChinaCloud');
  if (china === undefined) throw new Error('there is no such cloud');
  const before = azure.recorded.length;
  const me = identity({ connection, endpoints });
  expect(ownerOf(await me.token('resource-manager', china)).audience).toBe('https://management.chinacloudapi.cn');
  expect(new Set(azure.recorded.slice(before).map(({ host }) => host))).toEqual(new Set([chinaLogin]));
  expect(await me.token('registry', publicCloud)).toBeUndefined();
});

test.each([
  ['nothing', {}, 'is not a service connection of this task'],
  [
    'a connection to a docker registry',
    { [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'UsernamePassword' },
    'UsernamePassword',
  ],
])('an azure-subscription that names %s is wrong input', (_, endpoints, said) => {
  expect(() => readAzureConnection(connectionId, endpoints)).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(said) }),
  );
});

test("without a session of az the machine's managed identity is used", async () => {
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', azure.local.metadataService);
  azure.local.machine = azure.addPrincipal();
  const PATH = await azure.local.installAz(join(folder, 'bin'));
  const environment = { PATH, AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService };
  const me = identity({ environment });
  expect(ownerOf(await me.token('resource-manager', publicCloud)).clientId).toBe(azure.local.machine.clientId);
  expect(me.name()).toBe("the machine's managed identity");
});

/** What goes wrong in practice, in the words of Entra, with what to do about it. */
test.each<[string, () => Partial<AzureIdentityOptions>, string, string]>([
  [
    'a wrong secret',
    () => withSecret({}, 'wrong'),
    'AADSTS7000215: Invalid client secret provided',
    'current client secret',
  ],
  [
    'an unknown application',
    () => withSecret({ AZURE_CLIENT_ID: 'nobody' }),
    "AADSTS700016: Application with identifier 'nobody'",
    'client ID',
  ],
  [
    'an unknown tenant',
    () => withSecret({ AZURE_TENANT_ID: '0000' }),
    "AADSTS90002: Tenant '0000' not found",
    'tenant ID',
  ],
  [
    'another subject',
    () => onGithub({ subject: 'repo:contoso/other:ref:refs/heads/main' }),
    "AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:contoso/cnf:ref:refs/heads/main'",
    'subject of the federated credential',
  ],
  [
    'another audience',
    () => onGithub({ audience: 'api://other' }),
    "AADSTS700212: No matching federated identity record found for presented assertion audience 'api://AzureADTokenExchange'",
    'audience of the federated credential',
  ],
  ['another issuer', () => onGithub({ issuer: 'https://other.example' }), 'AADSTS700211', 'issuer of this pipeline'],
  [
    'an assertion that has ended',
    () => withTokenFile(-60),
    'AADSTS700024: Client assertion is not within its valid time range',
    'clock',
  ],
])('%s is told with who was refused and what to do, and without a secret', async (_, options, said, advice) => {
  const error = await identity(options())
    .token('registry', publicCloud)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'azure-identity',
    message: expect.stringMatching(/^Microsoft Entra ID rejected the application /),
    advice: expect.stringContaining(advice),
  });
  expect(String(error)).toContain(said);
  expect(String(error)).not.toContain('Trace ID');
  for (const secret of azure.world.secrets) if (secret.length > 3) expect(String(error)).not.toContain(secret);
});

function withSecret(other: Record<string, string>, secret = azure.world.newSecret()): Partial<AzureIdentityOptions> {
  const { clientId } = azure.addPrincipal({ secret: azure.world.newSecret() });
  return {
    environment: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret, ...other },
  };
}

function onGithub(other: { issuer?: string; subject?: string; audience?: string }): Partial<AzureIdentityOptions> {
  const federated = federatedOnGithub.map((one) => ({ ...one, ...other }));
  return {
    environment: githubEnvironment(),
    clientId: azure.addPrincipal({ federated }).clientId,
    tenantId: tenant,
  };
}

function withTokenFile(life: number): Partial<AzureIdentityOptions> {
  const file = join(folder, 'token');
  const { clientId } = azure.addPrincipal({ federated: federatedOnGithub });
  const claims = { iss: github.issuer, sub: github.subject, aud: 'api://AzureADTokenExchange' };
  writeFileSync(file, azure.world.sign(claims, life));
  return {
    environment: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: file },
  };
}

test('a token file of a workload identity that is good is taken', async () => {
  const me = identity(withTokenFile(600));
  expect(ownerOf(await me.token('registry', publicCloud)).audience).toBe(forRegistries);
  expect(masked).toContain(readFileSync(join(folder, 'token'), 'utf8'));
});

test.each(['AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_FEDERATED_TOKEN_FILE'])(
  'a file that %s names and that is not there is named, with the variable and the application',
  async (variable) => {
    const path = join(folder, 'missing');
    const me = identity({ environment: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: 'app', [variable]: path } });
    await expect(me.token('registry', publicCloud)).rejects.toMatchObject({
      code: 'azure-identity',
      message: `Cannot use the identity the application app in tenant ${tenant} (${variable}): Cannot read ${path} (${variable}): the file does not exist.`,
      advice: expect.stringContaining('spelling'),
    });
  },
);

test('an unreachable Microsoft Entra ID is an error of the network, not of the identity', async () => {
  const offline = await createHttpClient({
    log: silentLog,
    signal: new AbortController().signal,
    proxyEnv: { HTTPS_PROXY: 'http://127.0.0.1:9' },
    retryPolicy: { firstDelay: 1, maximumDelay: 1, whenThrottled: 1, whenFailing: 1 },
  });
  const me = identity({ ...withSecret({}), http: async () => offline });
  await expect(me.token('registry', publicCloud)).rejects.toMatchObject({ code: 'network' });
  await offline.close();
});
