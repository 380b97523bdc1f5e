/**
 * Service connections to registries of every kind in one step of Azure Pipelines, against a stand-in that wants each of
 * them.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { endpointsOf } from '../azure/endpoints.ts';
import { subscription, tenant } from '../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../azure/fake-server.ts';
import { devops } from '../azure/issuers.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { sweepSecrets } from '../support/secret-sweep.ts';

let azure: StandIn;

beforeAll(async () => {
  azure = await startStandIn();
});

afterAll(async () => {
  await azure.stop();
});

/** Each registry with one image, and what the agent hands over of the connection to it. */
interface Connected {
  readonly id: string;
  readonly image: string;
  readonly endpoints: Readonly<Record<string, string>>;
  /** As `explainCredentials` puts it. */
  readonly explained: string;
}

async function registryWith(host: string, options: { readonly login?: 'account' } = {}) {
  const registry = await azure.addRegistry(host.split('.')[0] ?? '', { loginServer: host });
  await pushImage(registry.store.url, 'team/web', '1', await makeImage());
  const account = { username: 'robot', password: azure.world.newSecret(), repositories: ['team/web'] };
  if (options.login) registry.scopeMapTokens.push(account);
  return { registry, account };
}

const acr = { registrytype: 'ACR', subscriptionid: subscription };

async function connections(): Promise<readonly Connected[]> {
  const connected: Connected[] = [];
  for (const [host, server, registrytype] of [
    ['registry-1.docker.io', 'https://index.docker.io/v1/', 'DockerHub'],
    ['ghcr.io', 'https://ghcr.io', 'Others'],
  ] as const) {
    const { username, password } = (await registryWith(host, { login: 'account' })).account;
    const id = `id-of-${registrytype}`;
    const parameters = { registry: server, username, password, email: '' };
    connected.push({
      id,
      image: host === 'ghcr.io' ? 'ghcr.io/team/web:1' : 'docker.io/team/web:1',
      endpoints: endpointsOf(id, 'UsernamePassword', parameters, { registrytype }),
      explained: `user name and password of the service connection ${id}`,
    });
  }
  const secret = azure.world.newSecret();
  const application = azure.addPrincipal({ secret });
  const federated = azure.addPrincipal({
    federated: [
      { issuer: devops.issuer, subject: devops.subjectOf('id-of-federation'), audience: 'api://AzureADTokenExchange' },
    ],
  });
  const machine = azure.addPrincipal();
  azure.local.machine = machine;
  for (const [id, scheme, principal, more, explained] of [
    [
      'id-of-secret',
      'ServicePrincipal',
      application,
      { serviceprincipalkey: secret },
      'user name and password of the service connection id-of-secret',
    ],
    [
      'id-of-federation',
      'WorkloadIdentityFederation',
      federated,
      {},
      `a token of the service connection id-of-federation (application ${federated.clientId} in tenant ${tenant})`,
    ],
    [
      'id-of-machine',
      'ManagedServiceIdentity',
      machine,
      {},
      'a token of the service connection id-of-machine (the managed identity of the agent)',
    ],
  ] as const) {
    const host = `${id.replaceAll('-', '')}.azurecr.io`;
    const { registry } = await registryWith(host);
    azure.assign(principal, 'AcrPull', registry.resourceId);
    const known = { tenantid: tenant, serviceprincipalid: principal.clientId, loginServer: host };
    connected.push({
      id,
      image: `${host}/team/web:1`,
      endpoints: endpointsOf(id, scheme, { ...known, ...more }, acr),
      explained,
    });
  }
  return connected;
}

test('every kind of connection opens its own registry, is explained, and is shown to nobody', async () => {
  const connected = await connections();
  const [work, home] = [await testFolder(), await testFolder()];
  for (const [index, { image }] of connected.entries()) {
    await writeFiles(join(work, 'charts', `web${index}`), podChart(image));
  }
  await mkdir(join(home, 'report'));
  const start = (ids: readonly string[]) =>
    sweepSecrets(
      runAsAzureTask,
      {
        node: process.execPath,
        work,
        home,
        path: [toolFolder('helm-4')],
        env: {
          HTTPS_PROXY: azure.proxy,
          AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService,
          SYSTEM_OIDCREQUESTURI: devops.requestUri,
          ...Object.assign({}, ...connected.map(({ endpoints }) => endpoints)),
        },
        inputs: {
          charts: 'charts/*',
          'ca-file': azure.caFile,
          report: join(home, 'report'),
          ...(ids.length === 0 ? {} : { 'registry-connections': ids.join(',') }),
        },
      },
      () => azure.world.secrets,
    );
  const { run, leaks, read } = await start(connected.map(({ id }) => id));
  const report = JSON.parse(await readFile(join(home, 'report', 'images.json'), 'utf8'));
  const found = report.images.map(({ image, status }: { image: string; status: string }) => `${image} ${status}`);
  expect(found.sort()).toEqual(connected.map(({ image }) => `${image} found`).sort());
  expect(run.passed).toBe(true);
  for (const { explained } of connected) expect(run.log).toContain(`registry-connections: ${explained}`);
  expect(leaks).toEqual([]);
  expect(read.program).toBeGreaterThan(0);
  expect(azure.refusedHosts).toEqual([]);
  // Without them nobody is let in, so it was the connections that opened the doors.
  const without = await start([]);
  expect(without.run.passed).toBe(false);
  expect(without.leaks).toEqual([]);
});
