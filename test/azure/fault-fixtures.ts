/** What the tests of faults with Azure share: an Azure on loopback, and an application that asks it for something. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/core/errors.ts';
import type { HttpClient } from '../../src/core/http/http.ts';
import { silentLog } from '../../src/core/log.ts';
import { computeDigest } from '../../src/core/oci/digest.ts';
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
import { readAzureConnection } from '../../src/registry/credentials/service-connection.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { formsOf } from '../support/secret-forms.ts';
import { clientOf } from './client.ts';
import { endpointsOf } from './endpoints.ts';
import type { Exchange, Reply } from './exchange.ts';
import { type Principal, type Role, resourceGroup, type StandInRegistry, subscription, tenant } from './fake-azure.ts';
import { type StandIn, startStandIn } from './fake-server.ts';
import { github } from './issuers.ts';

export let azure: StandIn;
export let http: HttpClient;
/** The application that most rows are about. */
export let me: Principal;

/** Puts another application in its place. */
export function become(other: Principal): void {
  me = other;
}

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

export const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
export const federatedOnGithub = {
  issuer: github.issuer,
  subject: github.subject,
  audience: 'api://AzureADTokenExchange',
};
export const connectionId = '5a1c6e2f-0000-4000-8000-000000000001';

export type Variables = Readonly<Record<string, string | undefined>>;

export const bySecret = (): Variables => ({
  AZURE_TENANT_ID: me.tenant,
  AZURE_CLIENT_ID: me.clientId,
  AZURE_CLIENT_SECRET: me.secret,
});

export const onGithub = (): Variables => ({
  AZURE_TENANT_ID: me.tenant,
  AZURE_CLIENT_ID: me.clientId,
  ACTIONS_ID_TOKEN_REQUEST_URL: github.requestUrl,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: azure.githubToken,
});

export function identity(environment: Variables, endpoints: Variables = {}) {
  const connection = Object.keys(endpoints).length > 0 ? readAzureConnection(connectionId, endpoints) : undefined;
  return createAzureIdentity({
    connection,
    clientId: undefined,
    tenantId: undefined,
    environment,
    endpoints,
    http: async () => http,
    mask: () => {},
    log: silentLog,
    signal: new AbortController().signal,
  });
}

export const arm = (environment = bySecret(), endpoints: Variables = {}): ArmClient =>
  createArmClient({ http, identity: identity(environment, endpoints), cloud: publicCloud });

export function registryAt(host: string, environment = bySecret(), credentials?: CredentialChain): Registry {
  const own = createCredentialChain({
    explicit: [],
    environment: {},
    homeFolder: '/nonexistent',
    azure: identity(environment),
    mask: () => {},
    trace: () => {},
    log: silentLog,
    signal: new AbortController().signal,
  });
  const all = { http, credentials: credentials ?? own, plainHttp: [], concurrency: 4, mask: () => {}, log: silentLog };
  return createRegistries(all).get(host);
}

export const request = {
  publisher: 'contoso',
  resourceGroup,
  store: 'contoso-store',
  manifest: 'contoso-acr-manifest-1-0-0',
  versionLocation: undefined,
  storeLocation: { file: 'cnf-input.jsonc' },
};

export async function readStore(by = arm()): Promise<ArtifactStore> {
  if (azure.world.artifactStores.length === 0) await azure.addArtifactStore();
  return await readArtifactStore(request, subscription, by);
}

/** A store of a publisher who may do anything, and someone else who goes on with it. */
export async function createManifest(role: Role, by = arm()): Promise<void> {
  azure.assign(me, role, group);
  const store = await readStore(by);
  const wanted = { name: request.manifest, artifacts: [{ name: 'a', version: '1' }] };
  await createArtifactManifest(store, wanted, by, new AbortController().signal);
}

export async function askForCredential(role: Role): Promise<void> {
  await azure.addArtifactStore();
  const [stood] = azure.world.artifactStores;
  stood?.manifests.set(request.manifest, { artifacts: [], state: 'Uploading', location: 'westeurope' });
  azure.assign(me, role, group);
  const store = await readStore();
  await readArtifactManifest(store, request.manifest, arm());
  await fetchStoreCredential(store, request.manifest, arm(), () => {});
}

export async function importInto(role: Role): Promise<void> {
  const registry = await azure.addRegistry('target');
  azure.assign(me, role, registry.resourceId);
  const at = (host: string) => ({ registry: host, repository: 'a', tag: '1', digest: undefined });
  const digest = computeDigest(Buffer.from('x'));
  const wanted = { from: at('ghcr.io'), digest, to: at(registry.loginServer), existing: 'keep' as const };
  const source = { registryUri: 'ghcr.io' };
  await importImage(wanted, source, registry.resourceId, arm(), new AbortController().signal);
}

export async function holding(options: Parameters<StandIn['addRegistry']>[1] = {}): Promise<StandInRegistry> {
  const registry = await azure.addRegistry('contoso', options);
  await pushImage(registry.store.url, 'team/web', '1', await makeImage());
  return registry;
}

/** Throws what a lookup could not find out. */
export async function pull(registry: Registry): Promise<void> {
  const answer = await registry.headManifest('team/web', '1');
  if (answer.result === 'unknown') throw answer.error;
}

export async function push(registry: Registry, bytes = Buffer.from('layer')): Promise<void> {
  await registry.putBlob('team/web', { digest: computeDigest(bytes), size: bytes.length }, bytes);
}

export function always(pattern: RegExp, reply: Reply): void {
  azure.intercept(({ host, url }: Exchange) => (pattern.test(`${host}${url.pathname}`) ? reply : undefined));
}

export const armSays = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
) => always(/^management\./, { status, headers, body: { error: { code, message } } });

export interface Fault {
  readonly what: string;
  /** Rejects. */
  readonly act: () => Promise<unknown>;
  readonly identity: () => string;
  readonly resource: string;
  /** By its Azure name; undefined where none is missing. */
  readonly permission?: string;
  readonly fix: string;
}

export const application = () => `the application ${me.clientId} in tenant ${me.tenant} (AZURE_CLIENT_SECRET)`;
export const onGithubName = () => `the application ${me.clientId} in tenant ${me.tenant} (GitHub's OpenID Connect)`;
export const connectionName = () =>
  `the service connection ${connectionId} (application ${me.clientId} in tenant ${tenant})`;
export const storeName = 'artifact store contoso-store';
export const manifestName = `artifact manifest ${request.manifest}`;
export const armFix = 'Assign this identity a role with the action';

/** With `ENDPOINT_*` of a connection with workload identity federation. */
export const federatedConnection = (job = azure.jobToken): Variables => ({
  ...endpointsOf(
    connectionId,
    'WorkloadIdentityFederation',
    { tenantid: tenant, serviceprincipalid: me.clientId },
    { subscriptionid: subscription, environment: 'AzureCloud' },
  ),
  ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: job,
});

export const challengeOf = (host: string): Reply => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="https://${host}/oauth2/token",service="${host}"` },
  body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
});

/** Each fault is an error that names who was refused what, and what to do, and shows no secret. */
export function testFaults(faults: readonly Fault[]): void {
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
}
