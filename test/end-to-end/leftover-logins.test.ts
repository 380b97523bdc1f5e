/**
 * What other actions, tasks and commands leave behind opens registries with no further input. Each row puts exactly
 * what that tool leaves where it leaves it, and a stand-in for its registry lets nobody else in.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { encodeBasic } from '../../src/registry/credentials/credential.ts';
import type { Principal, StandInRegistry } from '../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../azure/fake-server.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { RunOnHost } from '../support/host-run.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { runTalkative, sweepSecrets } from '../support/secret-sweep.ts';

/** What a row finds in its registry. */
interface Account {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  /** For Azure's registries: an application with AcrPull, and a refresh token of the registry for it. */
  readonly principal: Principal;
  readonly refreshToken: string;
}

interface Leftover {
  readonly tool: string;
  readonly run: RunOnHost;
  readonly host: string;
  /** Files by their place below the home folder, and variables, where `~` is the home folder. */
  readonly leaves: (account: Account) => {
    readonly files?: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
  };
  /** Programs that it put on the PATH: a credential helper, az. */
  readonly program?: (account: Account) => readonly [name: string, script: string];
  /** What the explanation says of it; `~` is the home folder. */
  readonly explained: string;
}

const nobody = '00000000-0000-0000-0000-000000000000';
const auth = (user: string, password: string) => ({ auth: encodeBasic(user, password) });
const ofKey = (key: string) => `user name and password under the key "${key}"`;

/** An az with a session, which it finds where its tool left it: a profile in its folder. */
const az = (folder: string) => (_: Account) =>
  [
    'az',
    `#!/bin/sh
test -f "${folder}/azureProfile.json" || { echo "ERROR: Please run 'az login' to setup account." >&2; exit 1; }
exec "$AZ_OF_THE_STAND_IN" "$@"
`,
  ] as const;

const rows: readonly Leftover[] = [
  {
    tool: 'docker/login-action, to a registry',
    run: runAsGitHubAction,
    host: 'ghcr.io',
    leaves: ({ host, user, password }) => ({
      files: { '.docker/config.json': { auths: { [host]: auth(user, password) } } },
    }),
    explained: `~/.docker/config.json: ${ofKey('ghcr.io')}`,
  },
  {
    tool: 'docker/login-action, to Docker Hub',
    run: runAsGitHubAction,
    host: 'registry-1.docker.io',
    leaves: ({ user, password }) => ({
      files: { '.docker/config.json': { auths: { 'https://index.docker.io/v1/': auth(user, password) } } },
    }),
    explained: `~/.docker/config.json: ${ofKey('https://index.docker.io/v1/')}`,
  },
  {
    tool: 'docker/login-action, to Azure by an application, where docker keeps logins in a store',
    run: runAsGitHubAction,
    host: 'loginaction.azurecr.io',
    leaves: ({ host }) => ({
      files: { '.docker/config.json': { auths: { [host]: {} }, credsStore: 'keychain' } },
    }),
    program: ({ principal }) => [
      'docker-credential-keychain',
      `#!/bin/sh\necho '${JSON.stringify({ Username: principal.clientId, Secret: principal.secret })}'\n`,
    ],
    explained: '~/.docker/config.json: user name and password from docker-credential-keychain',
  },
  {
    tool: 'azure/docker-login',
    run: runAsGitHubAction,
    host: 'dockerlogin.azurecr.io',
    leaves: ({ host, principal }) => ({
      files: {
        'runner-temp/docker_login_1766600000000/config.json': {
          // The key is what the user typed.
          auths: { [`https://${host}`]: auth(principal.clientId, principal.secret ?? '') },
        },
      },
      env: { DOCKER_CONFIG: '~/runner-temp/docker_login_1766600000000' },
    }),
    explained: `~/runner-temp/docker_login_1766600000000/config.json: ${ofKey('https://dockerlogin.azurecr.io')}`,
  },
  {
    tool: 'azure/login',
    run: runAsGitHubAction,
    host: 'azurelogin.azurecr.io',
    leaves: () => ({ files: { '.azure/azureProfile.json': { subscriptions: [] } } }),
    program: az('$HOME/.azure'),
    explained: 'Azure identity: a token of the session of az',
  },
  {
    tool: 'az acr login, with docker',
    run: runTalkative,
    host: 'acrlogin.azurecr.io',
    leaves: ({ host, refreshToken }) => ({
      files: { '.docker/config.json': { auths: { [host]: { ...auth(nobody, ''), identitytoken: refreshToken } } } },
    }),
    explained: '~/.docker/config.json: an identity token under the key "acrlogin.azurecr.io"',
  },
  {
    tool: 'az acr login, with podman',
    run: runTalkative,
    host: 'acrpodman.azurecr.io',
    leaves: ({ host, refreshToken }) => ({
      files: { 'run/containers/auth.json': { auths: { [host]: auth(nobody, refreshToken) } } },
      env: { XDG_RUNTIME_DIR: '~/run' },
    }),
    explained: `~/run/containers/auth.json: ${ofKey('acrpodman.azurecr.io')}`,
  },
  {
    tool: 'Docker@2 login, to another registry',
    run: runAsAzureTask,
    host: 'mcr.microsoft.com',
    leaves: ({ host, user, password }) => ({
      files: {
        'agent-temp/DockerConfig_1766600000000/config.json': {
          auths: { [`https://${host}/`]: { ...auth(user, password), email: 'ops@contoso.example' } },
          HttpHeaders: { 'X-Meta-Source-Client': 'VSTS' },
        },
      },
      env: { DOCKER_CONFIG: '~/agent-temp/DockerConfig_1766600000000' },
    }),
    explained: `~/agent-temp/DockerConfig_1766600000000/config.json: ${ofKey('https://mcr.microsoft.com/')}`,
  },
  {
    tool: 'Docker@2 login, to Azure by workload identity federation',
    run: runAsAzureTask,
    host: 'dockertask.azurecr.io',
    leaves: ({ host, refreshToken }) => ({
      files: {
        'agent-temp/DockerConfig_1766600000001/config.json': {
          auths: { [host]: { ...auth(nobody, refreshToken), email: 'WorkloadIdentityFederation@AzureRM' } },
          HttpHeaders: { 'X-Meta-Source-Client': 'VSTS' },
        },
      },
      env: { DOCKER_CONFIG: '~/agent-temp/DockerConfig_1766600000001' },
    }),
    explained: `~/agent-temp/DockerConfig_1766600000001/config.json: ${ofKey('dockertask.azurecr.io')}`,
  },
  {
    tool: 'AzureCLI@2 with keepAzSessionActive and useGlobalConfig',
    run: runAsAzureTask,
    host: 'azureclitask.azurecr.io',
    leaves: () => ({ files: { '.azure/azureProfile.json': { subscriptions: [] } } }),
    program: az('$HOME/.azure'),
    explained: 'Azure identity: a token of the session of az',
  },
  {
    tool: 'AzureCLI@2, inside of its script',
    run: runTalkative,
    host: 'azurecliscript.azurecr.io',
    leaves: () => ({
      files: { 'agent-temp/.azclitask/azureProfile.json': { subscriptions: [] } },
      env: { AZURE_CONFIG_DIR: '~/agent-temp/.azclitask' },
    }),
    program: az('$AZURE_CONFIG_DIR'),
    explained: 'Azure identity: a token of the session of az',
  },
];

let azure: StandIn;
let azOfTheStandIn: string;
const accounts = new Map<string, Account>();

beforeAll(async () => {
  azure = await startStandIn({ openStore: startDemoRegistry });
  azOfTheStandIn = join(await standInFolder(), 'az');
  const image = await makeImage();
  for (const { host } of rows) {
    const registry = await azure.addRegistry(host.split('.')[0] ?? '', { loginServer: host });
    await pushImage(registry.store.url, 'team/web', '1', image);
    accounts.set(host, accountOf(registry));
  }
});

afterAll(async () => {
  await azure.stop();
});

async function standInFolder(): Promise<string> {
  const folder = await azFolder();
  await azure.local.installAz(folder);
  return folder;
}

async function azFolder(): Promise<string> {
  const folder = join(dirname(azure.caFile), 'az-of-the-stand-in');
  await mkdir(folder, { recursive: true });
  return folder;
}

function accountOf(registry: StandInRegistry): Account {
  const { loginServer: host } = registry;
  const principal = azure.addPrincipal({ secret: azure.world.newSecret() });
  if (registry.resourceId !== '') azure.assign(principal, 'AcrPull', registry.resourceId);
  const password = azure.world.newSecret();
  registry.scopeMapTokens.push({ username: 'robot', password, repositories: ['team/web'] });
  const refreshToken = azure.world.sign({ kind: 'refresh', aud: host, oid: principal.objectId }, 10_800);
  return { host, user: 'robot', password, principal, refreshToken };
}

const imageOf = (host: string) => `${host === 'registry-1.docker.io' ? 'docker.io' : host}/team/web:1`;

async function play(run: RunOnHost, hosts: readonly string[], leftover: Leftover | undefined) {
  const [work, home, bin] = [await testFolder(), await testFolder(), await testFolder()];
  const account = leftover && accounts.get(leftover.host);
  const { files = {}, env = {} } = (account && leftover.leaves(account)) ?? {};
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), JSON.stringify(content));
  }
  const program = account && leftover.program?.(account);
  if (program) await writeFile(join(bin, program[0]), program[1], { mode: 0o755 });
  for (const host of hosts) await writeFiles(join(work, 'charts', host), podChart(imageOf(host)));
  azure.local.session = account?.principal;
  const swept = await sweepSecrets(
    run,
    {
      node: process.execPath,
      work,
      home,
      path: [bin, toolFolder('helm-4')],
      env: {
        HTTPS_PROXY: azure.proxy,
        AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService,
        AZ_OF_THE_STAND_IN: azOfTheStandIn,
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('~', home)])),
      },
      inputs: { charts: 'charts/*', 'ca-file': azure.caFile, report: join(home, 'report') },
    },
    () => azure.world.secrets,
  );
  const report = JSON.parse(await readFile(join(home, 'report', 'images.json'), 'utf8'));
  const statuses: readonly string[] = report.images.map(({ status }: { status: string }) => status);
  return { ...swept, statuses, log: swept.run.log.replaceAll(home, '~') };
}

describe('with no input for it, the image is found after', () => {
  test.each(rows)('$tool', async (row) => {
    const { statuses, log, leaks } = await play(row.run, [row.host], row);
    expect([statuses, leaks]).toEqual([['found'], []]);
    expect(log).toContain(row.explained);
  });
});

test('without what they left, none of these registries lets the run in', { timeout: 120_000 }, async () => {
  const { statuses, leaks } = await play(
    runTalkative,
    rows.map(({ host }) => host),
    undefined,
  );
  expect([statuses.length, statuses.filter((status) => status === 'found')]).toEqual([rows.length, []]);
  expect(leaks).toEqual([]);
});
