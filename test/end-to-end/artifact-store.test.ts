/**
 * The worked example into AOSM's artifact store from the one bundle on every host, each with the identity of its own
 * kind, with real helm, real registries behind a stand-in for Azure, and crane as the independent reader.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { oldestNodePath, toolPath } from '../../scripts/tools.ts';
import { layerBytes } from '../azure/exchange.ts';
import {
  type Principal,
  type StandInArtifactStore,
  type StandInRegistry,
  subscription,
  tenant,
} from '../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../azure/fake-server.ts';
import { devops, github } from '../azure/issuers.ts';
import { secretsIn, shownBy } from '../azure/secrets.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { packedChart } from '../support/charts.ts';
import {
  contosoRepositories,
  contosoTag,
  copyContoso,
  fillWithContoso,
  makeContosoImage,
  storeTestApart,
} from '../support/contoso.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRun, RunOnHost } from '../support/host-run.ts';
import { inTurn } from '../support/matrix.ts';
import { outputOf } from '../support/program.ts';
import { runTalkative, sweepSecrets } from '../support/secret-sweep.ts';
import { runInTerminal } from '../support/terminal.ts';
import { type Witness, witnessOf } from '../support/witness.ts';

const group = `/subscriptions/${subscription}/resourceGroups/contoso-publisher-rg`;
const connectionId = '5a1c6e2f-0000-4000-8000-000000000001';

/** Who a run is: what its host brings with it. */
interface Identity {
  readonly principal: Principal;
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
}

interface OnHost {
  readonly host: string;
  readonly run: RunOnHost;
  readonly identify: (azure: StandIn) => Identity;
}

const hosts: readonly OnHost[] = [
  {
    host: 'a terminal, as an application with a secret',
    run: runTalkative,
    identify: (azure) => {
      const secret = azure.world.newSecret();
      const principal = azure.addPrincipal({ secret });
      const env = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: principal.clientId, AZURE_CLIENT_SECRET: secret };
      return { principal, env, inputs: {} };
    },
  },
  {
    host: 'the GitHub runner, by OpenID Connect',
    run: runAsGitHubAction,
    identify: (azure) => {
      const audience = 'api://AzureADTokenExchange';
      const federated = [{ issuer: github.issuer, subject: github.subject, audience }];
      const principal = azure.addPrincipal({ federated });
      const env = {
        ACTIONS_ID_TOKEN_REQUEST_URL: github.requestUrl,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: azure.githubToken,
      };
      return { principal, env, inputs: { 'azure-client-id': principal.clientId, 'azure-tenant-id': tenant } };
    },
  },
  {
    host: 'the Azure agent, by a service connection with workload identity federation',
    run: runAsAzureTask,
    identify: (azure) => {
      const subject = devops.subjectOf(connectionId);
      const federated = [{ issuer: devops.issuer, subject, audience: 'api://AzureADTokenExchange' }];
      const principal = azure.addPrincipal({ federated });
      const env = {
        SYSTEM_OIDCREQUESTURI: devops.requestUri,
        [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'WorkloadIdentityFederation',
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_TENANTID`]: tenant,
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALID`]: principal.clientId,
        [`ENDPOINT_DATA_${connectionId}_SUBSCRIPTIONID`]: subscription,
        [`ENDPOINT_DATA_${connectionId}_ENVIRONMENT`]: 'AzureCloud',
      };
      return { principal, env, inputs: { 'azure-subscription': connectionId } };
    },
  },
];

let azure: StandIn;
let store: StandInArtifactStore;
let source: StandInRegistry;
let helm: Witness;

beforeEach(async () => {
  azure = await startStandIn();
  const names = { publisher: 'contoso-publisher', name: 'contoso-acr-store', group: 'contoso-publisher-rg' };
  store = await azure.addArtifactStore(names);
  source = await azure.addRegistry('myregistry');
  await fillWithContoso(source.store.url, { store: storeTestApart });
  helm = await witnessOf(toolPath('helm-4'), 'helm', await testFolder());
});

afterEach(async () => {
  await azure.stop();
});

async function publisher({ identify }: OnHost): Promise<Identity> {
  const identity = identify(azure);
  azure.assign(identity.principal, 'Contributor', group);
  azure.assign(identity.principal, 'AcrPull', source.resourceId);
  return identity;
}

/** One run of the worked example as it is documented, with the store as its target. */
async function publish(
  { run }: OnHost,
  { env, inputs }: Identity,
  more: Readonly<Record<string, string>> = {},
  node = process.execPath,
) {
  const [work, home] = [await testFolder(), await testFolder()];
  await copyContoso(work, [source.loginServer, `${source.loginServer}/test`]);
  const before = azure.recorded.length;
  const request = {
    node,
    work,
    home,
    path: [helm.folder],
    env: { HTTPS_PROXY: azure.proxy, ...env },
    inputs: {
      'input-file': 'cnf-input.jsonc',
      target: 'artifact-store',
      push: 'true',
      'ca-file': azure.caFile,
      report: join(home, 'report'),
      ...inputs,
      ...more,
    },
  };
  const { run: result, leaks, started } = await sweepSecrets(run, request, () => azure.world.secrets);
  const images = JSON.parse(await readFile(join(home, 'report', 'images.json'), 'utf8'));
  return { result, images, leaks, started, recorded: azure.recorded.slice(before) };
}

function reasonOf(result: HostRun): string {
  return result.passed ? '' : shownBy(result.log);
}

/** What crane finds in the store: `repository:tag digest`. */
async function landed(): Promise<readonly string[]> {
  const { host } = store.registry.store;
  const repositories = (await outputOf(toolPath('crane'), ['catalog', host])).split('\n').filter((line) => line !== '');
  const images = await Promise.all(
    repositories.map(async (repository) => {
      const tags = (await outputOf(toolPath('crane'), ['ls', `${host}/${repository}`])).split('\n');
      return await Promise.all(
        tags.map(
          async (tag) =>
            `${repository}:${tag} ${await outputOf(toolPath('crane'), ['digest', `${host}/${repository}:${tag}`])}`,
        ),
      );
    }),
  );
  return images.flat();
}

const worked = await Promise.all(
  contosoRepositories.map(
    async (repository) => `${repository}:${contosoTag} ${(await makeContosoImage(repository)).digest}`,
  ),
);

describe.each(inTurn(hosts, 2))('on $host', ({ test, ...host }) => {
  test('the worked example goes into the artifact store by one step, and a second run copies nothing', async () => {
    const identity = await publisher(host);
    const first = await publish(host, identity, {}, oldestNodePath());
    expect(reasonOf(first.result)).toBe('');
    expect(await landed()).toEqual(worked);
    expect(first.images.totals).toMatchObject({ images: 4, found: 4, copied: 4 });
    expect(store.manifests.get('contoso-acr-manifest-1-0-0')?.artifacts).toEqual(
      ['contoso', ...contosoRepositories].map((artifactName) => ({
        artifactName,
        artifactType: 'OCIArtifact',
        artifactVersion: '1.0.0',
      })),
    );
    const second = await publish(host, identity);
    expect(reasonOf(second.result)).toBe('');
    expect(second.images.images.map(({ outcome }: { outcome: string }) => outcome)).toEqual(Array(4).fill('present'));
    expect(layerBytes(second.recorded)).toBe(0);
    expect(azure.refusedHosts).toEqual([]);
  });

  test('no secret is shown, kept or handed on, whatever is wrong', { timeout: 180_000 }, async () => {
    const identity = await publisher(host);
    const runs = [
      await publish(host, identity),
      await publish(host, identity, { target: 'artifact-store', 'copy-mode': 'import' }),
    ];
    azure.world.behavior.credentialType = 'AzureStorageAccountToken';
    runs.push(await publish(host, identity));
    azure.intercept(({ url }) => (url.pathname.startsWith('/oauth2') ? { status: 401, body: 'no' } : undefined));
    runs.push(await publish(host, identity));
    expect(runs.map(({ result }) => result.passed)).toEqual([true, true, false, false]);
    expect(azure.world.secrets.size).toBeGreaterThan(10);
    // An `az` that is not there is no program that was started; helm is.
    for (const { leaks, started } of runs) expect([leaks, started]).toEqual([[], ['helm']]);
  });
});

const [terminal] = hosts;
if (terminal === undefined) throw new Error('there is no terminal');

test('a manifest that az made first from its own rule is filled, images and chart, and not made again', async () => {
  const identity = await publisher(terminal);
  const artifacts = ['contoso', ...contosoRepositories].map((artifactName) => {
    return { artifactName, artifactType: 'OCIArtifact', artifactVersion: '1.0.0' } as const;
  });
  store.manifests.set('contoso-acr-manifest-1-0-0', { artifacts, state: 'Uploading', location: 'westeurope' });
  const { result, recorded } = await publish(terminal, identity, { 'publish-charts': 'true' });
  expect(reasonOf(result)).toBe('');
  expect(await landed()).toEqual([expect.stringMatching(/^contoso:1\.0\.0 /), ...worked]);
  const made = recorded.filter(({ method, host }) => host.startsWith('management') && method === 'PUT');
  expect(made).toEqual([]);
});

test('a pull request shows what would happen, and nothing is created or written', async () => {
  const identity = await publisher(terminal);
  const { result, images, recorded } = await publish(terminal, identity, { push: 'false' });
  expect(reasonOf(result)).toBe('');
  expect(images.images.map(({ target, outcome }: { target: string; outcome: string }) => [target, outcome])).toEqual(
    contosoRepositories.map((repository) => [`${store.registry.loginServer}/${repository}:1.0.0`, 'planned']),
  );
  expect([store.manifests.size, await landed()]).toEqual([0, []]);
  const writes = recorded.filter(({ method, host }) => host.startsWith('management') && method !== 'GET');
  expect(writes).toEqual([]);
});

test('a store that the identity may not use is reported with who, what and which role', async () => {
  const identity = terminal.identify(azure);
  azure.assign(identity.principal, 'AcrPull', source.resourceId);
  azure.assign(identity.principal, 'Reader', group);
  const { result } = await publish(terminal, identity);
  expect(result.code).toBe(3);
  expect(result.log).toContain(
    `as the application ${identity.principal.clientId} in tenant ${tenant} (AZURE_CLIENT_SECRET)`,
  );
  expect(result.log).toContain(
    "perform action 'Microsoft.HybridNetwork/publishers/artifactStores/artifactManifests/write'",
  );
  expect(result.log).toContain('"Contributor" on the resource group of the publisher');
  expect(await landed()).toEqual([]);
});

test('a run without any identity says how it gets one', async () => {
  const nobody = {
    principal: azure.addPrincipal(),
    env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService },
    inputs: {},
  };
  const { result } = await publish(terminal, nobody, { 'fail-on': 'none' });
  expect(result.code).toBe(3);
  expect(result.log).toContain('azure-identity');
  expect(result.log).toContain('az login');
});

test("helm reads a chart from an Azure registry with the run's own identity", async () => {
  const { principal, env } = terminal.identify(azure);
  azure.assign(principal, 'AcrPull', source.resourceId);
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFile(join(work, 'web-1.0.0.tgz'), await packedChart('web'));
  const push = ['push', '--plain-http', join(work, 'web-1.0.0.tgz'), `oci://${source.store.host}/charts`];
  await outputOf(toolPath('helm-4'), push, { env: { PATH: process.env['PATH'], HOME: home } });
  const result = await runInTerminal({
    node: process.execPath,
    work,
    home,
    path: [helm.folder],
    env: { HTTPS_PROXY: azure.proxy, ...env },
    inputs: { charts: `oci://${source.loginServer}/charts/web:1.0.0`, resolve: 'false', 'ca-file': azure.caFile },
  });
  expect(reasonOf(result)).toBe('');
  expect(result.stdout).toContain('registry.example/app:1.0.0');
  expect(secretsIn(`${result.log}${await helm.seen()}`, azure.world)).toEqual([]);
});
