/**
 * Everything that goes wrong with Azure in practice, each with an error that names who was refused, what he was
 * refused, the missing permission by its Azure name where one is missing, and what to do; and none of the secrets.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/core/errors.ts';
import type { HttpClient } from '../../src/core/http/http.ts';
import { silentLog } from '../../src/core/log.ts';
import { computeDigest } from '../../src/core/oci/digest.ts';
import { createStoreCredentialCache } from '../../src/mirror/destination/store-registry.ts';
import { type ArmClient, createArmClient } from '../../src/registry/azure/arm.ts';
import { createArtifactManifest, readArtifactManifest } from '../../src/registry/azure/artifact-manifest.ts';
import { type ArtifactStore, readArtifactStore } from '../../src/registry/azure/artifact-store.ts';
import { importImage } from '../../src/registry/azure/import-image.ts';
import { fetchStoreCredential } from '../../src/registry/azure/store-credential.ts';
import type { Registry } from '../../src/registry/client/registry.ts';
import { createRegistries } from '../../src/registry/client/registry-pool.ts';
import { publicCloud } from '../../src/registry/credentials/azure-cloud.ts';
import { createAzureIdentity } from '../../src/registry/credentials/azure-identity.ts';
import { type CredentialChain, createCredentialChain } from '../../src/registry/credentials/credential-chain.ts';
import { readRegistryConnections } from '../../src/registry/credentials/registry-connection.ts';
import { readAzureConnection } from '../../src/registry/credentials/service-connection.ts';
import { traceOf } from '../support/credential-trace.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { formsOf } from '../support/secret-forms.ts';
import { clientOf } from './client.ts';
import { endpointsOf } from './endpoints.ts';
import type { Exchange, Reply } from './exchange.ts';
import { type Principal, type Role, resourceGroup, type StandInRegistry, subscription, tenant } from './fake-azure.ts';
import { type StandIn, startStandIn } from './fake-server.ts';
import { devops, github } from './issuers.ts';

let azure: StandIn;
let http: HttpClient;
/** The application that most rows are about. */
let me: Principal;

beforeEach(async () => {
  azure = await startStandIn();
  http = await clientOf(azure, {
    retryPolicy: { firstDelay: 1, maximumDelay: 5, whenThrottled: 300, whenFailing: 50 },
  });
  me = azure.addPrincipal({ secret: azure.world.newSecret(), federated: [federatedOnGithub] });
});

afterEach(async () => {
  await http.close();
  await azure.stop();
});

const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
const federatedOnGithub = { issuer: github.issuer, subject: github.subject, audience: 'api://AzureADTokenExchange' };
const connectionId = '5a1c6e2f-0000-4000-8000-000000000001';

type Variables = Readonly<Record<string, string | undefined>>;

const bySecret = (): Variables => ({
  AZURE_TENANT_ID: me.tenant,
  AZURE_CLIENT_ID: me.clientId,
  AZURE_CLIENT_SECRET: me.secret,
});

const onGithub = (): Variables => ({
  AZURE_TENANT_ID: me.tenant,
  AZURE_CLIENT_ID: me.clientId,
  ACTIONS_ID_TOKEN_REQUEST_URL: github.requestUrl,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: azure.githubToken,
});

function identity(environment: Variables, endpoints: Variables = {}) {
  const connection = Object.keys(endpoints).length > 0 ? readAzureConnection(connectionId, endpoints) : undefined;
  return createAzureIdentity({
    connection,
    clientId: undefined,
    tenantId: undefined,
    environment,
    endpoints,
    http: async () => http,
    trace: traceOf(),
    log: silentLog,
    signal: new AbortController().signal,
  });
}

const arm = (environment = bySecret(), endpoints: Variables = {}): ArmClient =>
  createArmClient({ http, identity: identity(environment, endpoints), cloud: publicCloud });

function registryAt(host: string, environment = bySecret(), credentials?: CredentialChain): Registry {
  const own = createCredentialChain({
    explicit: [],
    environment: {},
    homeFolder: '/nonexistent',
    azure: identity(environment),
    trace: traceOf(),
    log: silentLog,
    signal: new AbortController().signal,
  });
  const all = {
    http,
    credentials: credentials ?? own,
    plainHttp: [],
    concurrency: 4,
    trace: traceOf(),
    log: silentLog,
  };
  return createRegistries(all).get(host);
}

const request = {
  publisher: 'contoso',
  resourceGroup,
  store: 'contoso-store',
  manifest: 'contoso-acr-manifest-1-0-0',
  versionLocation: undefined,
  storeLocation: { file: 'cnf-input.jsonc' },
};

async function readStore(by = arm()): Promise<ArtifactStore> {
  if (azure.world.artifactStores.length === 0) await azure.addArtifactStore();
  return await readArtifactStore(request, subscription, by);
}

/** A store of a publisher who may do anything, and someone else who goes on with it. */
async function createManifest(role: Role, by = arm()): Promise<void> {
  azure.assign(me, role, group);
  const store = await readStore(by);
  const wanted = { name: request.manifest, artifacts: [{ name: 'a', version: '1' }] };
  await createArtifactManifest(store, wanted, by, new AbortController().signal);
}

async function askForCredential(role: Role): Promise<void> {
  await azure.addArtifactStore();
  const [stood] = azure.world.artifactStores;
  stood?.manifests.set(request.manifest, { artifacts: [], state: 'Uploading', location: 'westeurope' });
  azure.assign(me, role, group);
  const store = await readStore();
  await readArtifactManifest(store, request.manifest, arm());
  await fetchStoreCredential(store, request.manifest, arm(), traceOf());
}

async function importInto(role: Role): Promise<void> {
  const registry = await azure.addRegistry('target');
  azure.assign(me, role, registry.resourceId);
  const at = (host: string) => ({ registry: host, repository: 'a', tag: '1', digest: undefined });
  const digest = computeDigest(Buffer.from('x'));
  const wanted = { from: at('ghcr.io'), digest, to: at(registry.loginServer), existing: 'keep' as const };
  const source = { registryUri: 'ghcr.io' };
  await importImage(wanted, source, registry.resourceId, arm(), new AbortController().signal);
}

async function holding(options: Parameters<StandIn['addRegistry']>[1] = {}): Promise<StandInRegistry> {
  const registry = await azure.addRegistry('contoso', options);
  await pushImage(registry.store.url, 'team/web', '1', await makeImage());
  return registry;
}

/** Throws what a lookup could not find out. */
async function pull(registry: Registry): Promise<void> {
  const answer = await registry.headManifest('team/web', '1');
  if (answer.result === 'unknown') throw answer.error;
}

async function push(registry: Registry, bytes = Buffer.from('layer')): Promise<void> {
  await registry.putBlob('team/web', { digest: computeDigest(bytes), size: bytes.length }, bytes);
}

function always(pattern: RegExp, reply: Reply): void {
  azure.intercept(({ host, url }: Exchange) => (pattern.test(`${host}${url.pathname}`) ? reply : undefined));
}

const armSays = (status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) =>
  always(/^management\./, { status, headers, body: { error: { code, message } } });

interface Fault {
  readonly what: string;
  /** Rejects. */
  readonly act: () => Promise<unknown>;
  readonly identity: () => string;
  readonly resource: string;
  /** By its Azure name; undefined where none is missing. */
  readonly permission?: string;
  readonly fix: string;
}

const application = () => `the application ${me.clientId} in tenant ${me.tenant} (AZURE_CLIENT_SECRET)`;
const onGithubName = () => `the application ${me.clientId} in tenant ${me.tenant} (GitHub's OpenID Connect)`;
const connectionName = () => `the service connection ${connectionId} (application ${me.clientId} in tenant ${tenant})`;
const storeName = 'artifact store contoso-store';
const manifestName = `artifact manifest ${request.manifest}`;
const armFix = 'Assign this identity a role with the action';

/** With `ENDPOINT_*` of a connection with workload identity federation. */
const federatedConnection = (job = azure.jobToken): Variables => ({
  ...endpointsOf(
    connectionId,
    'WorkloadIdentityFederation',
    { tenantid: tenant, serviceprincipalid: me.clientId },
    { subscriptionid: subscription, environment: 'AzureCloud' },
  ),
  ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: job,
});

const faults: readonly Fault[] = [
  {
    what: 'a wrong client secret',
    act: () => readStore(arm({ ...bySecret(), AZURE_CLIENT_SECRET: azure.world.newSecret() })),
    identity: application,
    resource: storeName,
    fix: 'Set the value of a current client secret',
  },
  {
    what: 'a wrong client id',
    act: () => readStore(arm({ ...bySecret(), AZURE_CLIENT_ID: 'nobody' })),
    identity: () => `the application nobody in tenant ${tenant}`,
    resource: storeName,
    fix: 'Check the client ID and the tenant ID',
  },
  {
    what: 'a wrong tenant',
    act: () => readStore(arm({ ...bySecret(), AZURE_TENANT_ID: '0000' })),
    identity: () => `the application ${me.clientId} in tenant 0000`,
    resource: storeName,
    fix: 'Check the tenant ID',
  },
  {
    what: 'a federated credential for another branch',
    act: () => {
      me = azure.addPrincipal({ federated: [{ ...federatedOnGithub, subject: 'repo:contoso/cnf:environment:prod' }] });
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'Set the subject of the federated credential',
  },
  {
    what: 'a federated credential for another audience',
    act: () => {
      me = azure.addPrincipal({ federated: [{ ...federatedOnGithub, audience: 'api://other' }] });
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'Set the audience of the federated credential',
  },
  {
    what: 'a federated credential of another issuer',
    act: () => {
      me = azure.addPrincipal({ federated: [{ ...federatedOnGithub, issuer: devops.issuer }] });
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'with the issuer of this pipeline',
  },
  {
    what: 'an expired federation',
    act: () => {
      const claims = { iss: github.issuer, sub: github.subject, aud: federatedOnGithub.audience };
      always(/idtoken$/, { status: 200, body: { value: azure.world.sign(claims, -600) } });
      return readStore(arm(onGithub()));
    },
    identity: onGithubName,
    resource: storeName,
    fix: 'Check the clock of the machine and run again',
  },
  {
    what: 'a job without id-token: write',
    act: () => readStore(arm({ ...onGithub(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'old' })),
    identity: () => `Cannot use the identity ${onGithubName()}: Cannot get an OIDC token from GitHub`,
    resource: storeName,
    permission: 'id-token: write',
    fix: 'Check that the job has the permission id-token: write',
  },
  {
    what: 'a service connection whose federated credential is not for it',
    act: () => readStore(arm({ SYSTEM_OIDCREQUESTURI: devops.requestUri }, federatedConnection())),
    identity: connectionName,
    resource: storeName,
    fix: 'Add a federated credential to the application with the issuer of this pipeline',
  },
  {
    what: 'a service connection without SYSTEM_OIDCREQUESTURI',
    act: () => readStore(arm({}, federatedConnection())),
    identity: () =>
      `Cannot use the identity ${connectionName()}: Cannot get an OIDC token from Azure DevOps: SYSTEM_OIDCREQUESTURI`,
    resource: storeName,
    fix: 'Update the agent, or use a service connection with a secret',
  },
  {
    what: 'a service connection without a token of the job',
    act: () => readStore(arm({ SYSTEM_OIDCREQUESTURI: devops.requestUri }, federatedConnection(''))),
    identity: () =>
      `Cannot use the identity ${connectionName()}: Cannot get an OIDC token from Azure DevOps: the agent provides no job token`,
    resource: storeName,
    fix: 'allow the job to use its token',
  },
  {
    what: 'a service connection that the pipeline may not use',
    act: () => readStore(arm({ SYSTEM_OIDCREQUESTURI: devops.requestUri }, federatedConnection('another-job-token'))),
    identity: () => `Cannot use the identity ${connectionName()}: Cannot get an OIDC token from Azure DevOps`,
    resource: storeName,
    permission: 'Pipeline permissions of the connection',
    fix: 'Check that this pipeline is allowed to use the service connection',
  },
  {
    what: 'a docker registry connection in azureSubscription',
    act: async () => {
      const login = { registry: 'https://ghcr.io', username: 'u', password: azure.world.newSecret() };
      return readAzureConnection(connectionId, endpointsOf(connectionId, 'UsernamePassword', login));
    },
    identity: () => `"${connectionId}"`,
    resource: 'a service connection to a docker registry',
    fix: 'Set a service connection of the kind Azure Resource Manager',
  },
  {
    what: 'an Azure connection in registryConnections',
    act: async () => readRegistryConnections([connectionId], federatedConnection()),
    identity: () => `"${connectionId}"`,
    resource: 'a service connection to Azure Resource Manager',
    fix: 'Set a service connection of the kind Docker Registry',
  },
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
  {
    what: 'a pull without a role',
    act: async () => await pull(registryAt((await holding()).loginServer)),
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    permission: 'AcrPull',
    fix: 'AcrPull',
  },
  {
    what: 'a push with AcrPull',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPull', registry.resourceId);
      await push(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web',
    permission: 'AcrPush',
    fix: '(to push: AcrPush)',
  },
  {
    what: 'Contributor on a registry with permissions by repository',
    act: async () => {
      const registry = await holding({ permissions: 'abac' });
      azure.assign(me, 'Contributor', registry.resourceId);
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    permission: 'Container Registry Repository Reader',
    fix: 'If its permissions are by repository (ABAC)',
  },
  {
    what: 'a repository writer of other repositories',
    act: async () => {
      const registry = await holding({ permissions: 'abac' });
      azure.assign(me, 'Container Registry Repository Writer', registry.resourceId, 'other/');
      await push(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web',
    permission: '(to push: Writer)',
    fix: 'for this repository',
  },
  {
    what: 'a registry of another tenant',
    act: async () => {
      const registry = await holding();
      always(/oauth2\/exchange$/, { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'no' }] } });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'Cannot log in to contoso.azurecr.io with',
    permission: 'AcrPull',
    fix: 'Check that the identity is in the tenant of the registry',
  },
  {
    what: 'an identity that Entra refuses, at a registry that wants one',
    act: async () => {
      const registry = await holding();
      await pull(registryAt(registry.loginServer, { ...bySecret(), AZURE_CLIENT_SECRET: azure.world.newSecret() }));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: 'Set the value of a current client secret',
  },
  {
    what: 'a firewall in front of the registry',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPull', registry.resourceId);
      const message = "client with IP '203.0.113.9' is not allowed access. Refer https://aka.ms/acr/firewall.";
      always(/^contoso\.azurecr\.io\/oauth2\/token/, { status: 403, body: { errors: [{ code: 'DENIED', message }] } });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: 'in the firewall of the registry',
  },
  {
    what: 'a clock that is off, at a registry',
    act: async () => {
      const registry = await holding();
      const date = new Date(Date.now() - 3_600_000).toUTCString();
      const body = { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] };
      always(/^contoso\.azurecr\.io\/v2\/team/, { status: 401, headers: { date }, body });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: "The clock of this machine is 60 minutes ahead of the server's",
  },
  {
    what: 'a registry that throttles to the end',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPull', registry.resourceId);
      const body = { errors: [{ code: 'TOOMANYREQUESTS', message: 'too many requests' }] };
      always(/^contoso\.azurecr\.io\/v2\/team/, { status: 429, headers: { 'retry-after': '17' }, body });
      await pull(registryAt(registry.loginServer));
    },
    identity: application,
    resource: 'contoso.azurecr.io/team/web:1',
    fix: 'Lower concurrency, or run again in 17 seconds',
  },
  {
    what: 'a token that is revoked in the middle of a large upload',
    act: async () => {
      const registry = await holding();
      azure.assign(me, 'AcrPush', registry.resourceId);
      azure.world.behavior.largestPut = 1024 * 1024;
      let chunks = 0;
      azure.intercept(({ method, host, url }) => {
        if (host !== 'contoso.azurecr.io') return undefined;
        if (method === 'PATCH') chunks += 1;
        if (chunks < 2) return undefined;
        azure.world.principals.splice(azure.world.principals.indexOf(me), 1);
        azure.world.assignments.length = 0;
        return url.pathname.startsWith('/oauth2') ? undefined : challengeOf(host);
      });
      await push(registryAt(registry.loginServer), Buffer.alloc(40 * 1024 * 1024, 'x'));
    },
    identity: () => `the application ${me.clientId}`,
    resource: 'contoso.azurecr.io/team/web',
    permission: 'AcrPush',
    fix: 'Check that the identity is in the tenant of the registry',
  },
  {
    what: 'the credential of an artifact manifest that was revoked',
    act: async () => {
      azure.assign(me, 'Contributor', group);
      await createManifest('Contributor');
      const [stood] = azure.world.artifactStores;
      const store = await readStore();
      const login = await createStoreCredentialCache(() =>
        fetchStoreCredential(store, request.manifest, arm(), traceOf()),
      );
      stood?.registry.scopeMapTokens.splice(0);
      await push(registryAt(login.registry, bySecret(), { get: () => login.credential() }));
    },
    identity: () => `the credential of the ${manifestName}`,
    resource: 'contosocontosostoreacr3964e97abc.azurecr.io/team/web',
    fix: 'Check the user name and the password',
  },
];

const challengeOf = (host: string): Reply => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="https://${host}/oauth2/token",service="${host}"` },
  body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
});

test.each(faults)('$what: who, what, which permission, and what to do', async (fault) => {
  const error = await fault.act().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ChartImagesError)) throw new Error(`no error of ours: ${String(error)}`);
  const told = `${error.message}\n${error.advice}`;
  expect(error.message).toContain(fault.identity());
  expect(told).toContain(fault.resource);
  expect(told).toContain(fault.permission ?? '');
  expect(error.advice).toContain(fault.fix);
  const secrets = [...azure.world.secrets].filter((secret) => secret.length > 12).flatMap(formsOf);
  expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
});
