/**
 * The examples as a user copies them, run: workflows by act, steps of pipelines as the task, against the stand-in for
 * Azure. What is changed is told here: the action is this one, other people's steps are left out (what
 * docker/login-action leaves is there already), and the stand-in's authority is trusted.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { endpointsOf } from '../azure/endpoints.ts';
import { layerBytes } from '../azure/exchange.ts';
import { type Role, subscription, tenant } from '../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../azure/fake-server.ts';
import { devops, github } from '../azure/issuers.ts';
import { digestIn, image, reasonOf, repositoriesIn } from '../azure/scenarios/scenario.ts';
import { secretsIn, shownBy } from '../azure/secrets.ts';
import { runWorkflow, type WorkflowEvent } from '../support/act.ts';
import { azProgramsOf, installAz } from '../support/az-aosm.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import {
  contosoRepositories,
  contosoTag,
  copyContoso,
  fillWithContoso,
  makeContosoImage,
  storeTestApart,
} from '../support/contoso.ts';
import { testFolder } from '../support/folder.ts';
import { pushImage } from '../support/images.ts';
import { columnsOfRow } from '../support/matrix.ts';
import { outputOf } from '../support/program.ts';
import { root } from '../support/root.ts';
import { runInTerminal } from '../support/terminal.ts';

const audience = 'api://AzureADTokenExchange';
const connection = '5a1c6e2f-0000-4000-8000-000000000001';

/** A repository with its settings, and the Azure around it. */
interface Setting {
  readonly azure: StandIn;
  readonly work: string;
  readonly home: string;
  /** The application of the pipeline gets a role; `scope` is a resource id. */
  allow(role: Role, scope: string): void;
  /** Secrets, variables and service connections by the names that the examples have. */
  readonly secrets: Record<string, string>;
  /** What docker/login-action leaves: `auths` of config.json. */
  readonly logins: Record<string, object>;
}

interface Example {
  readonly kind: string;
  readonly event: WorkflowEvent;
  /** Gives what has to be seen afterwards. */
  readonly prepare: (setting: Setting) => Promise<() => Promise<void>>;
}

const examples: readonly Example[] = [
  {
    kind: 'pr-check',
    event: { name: 'pull_request', payload: { pull_request: { head: { repo: { fork: false } } } } },
    prepare: async ({ azure, work, secrets, logins }) => {
      const registry = await azure.addRegistry('myregistry');
      await fillWithContoso(registry.store.url, { store: storeTestApart });
      await copyContoso(work, ['myregistry.azurecr.io', 'myregistry.azurecr.io/test']);
      const password = azure.world.newSecret();
      const puller = azure.addPrincipal({ secret: password });
      azure.assign(puller, 'AcrPull', registry.resourceId);
      Object.assign(secrets, { registryUsername: puller.clientId, registryPassword: password });
      logins['myregistry.azurecr.io'] = { auth: Buffer.from(`${puller.clientId}:${password}`).toString('base64') };
      return async () => {
        const heads = azure.recorded.filter(({ method, status }) => method === 'HEAD' && status === 200);
        expect(heads.length).toBeGreaterThanOrEqual(contosoRepositories.length);
        expect(layerBytes(azure.recorded)).toBe(0);
      };
    },
  },
  {
    kind: 'mirror',
    event: { name: 'push', payload: {} },
    prepare: async ({ azure, work, allow }) => {
      await webFrom('ghcr.io/contoso/web:1', azure, work);
      const registry = await azure.addRegistry('myregistry');
      allow('AcrPush', registry.resourceId);
      return async () => expect(await digestIn(registry, 'mirror/contoso/web:1')).toBe(image.digest);
    },
  },
  {
    kind: 'aosm-publish',
    event: { name: 'release', payload: { action: 'published' } },
    prepare: preparePublisher,
  },
  {
    kind: 'aosm-release',
    event: { name: 'release', payload: { action: 'published' } },
    prepare: async (setting) => {
      const check = await preparePublisher(setting);
      const calls = await installAz(setting.home);
      return async () => {
        await check();
        expect(await calls()).toEqual([
          'nfd build',
          'nfd publish with 0 artifacts',
          'nsd build',
          'nsd publish with 1 artifacts',
        ]);
      };
    },
  },
  {
    kind: 'acr-import',
    event: { name: 'workflow_dispatch', payload: {} },
    prepare: async ({ azure, work, allow }) => {
      const source = await azure.addRegistry('contosobuild');
      const target = await azure.addRegistry('contosoproduction');
      await pushImage(source.store.url, 'contoso/web', '1', image);
      await writeFiles(join(work, 'charts', 'web'), podChart('contoso/web:1'));
      // As somebody made it before it was committed.
      const entry = { source: 'contosobuild.azurecr.io/contoso/web:1', digest: image.digest };
      await writeFile(
        join(work, 'images.lock.json'),
        JSON.stringify({ version: 1, images: { 'contoso/web:1': entry } }),
      );
      for (const { resourceId } of [source, target]) {
        allow('Container Registry Data Importer and Data Reader', resourceId);
      }
      return async () => {
        expect(await digestIn(target, 'contoso/web:1')).toBe(image.digest);
        expect(layerBytes(azure.recorded)).toBe(0);
      };
    },
  },
  {
    kind: 'air-gapped',
    event: { name: 'push', payload: {} },
    prepare: async ({ azure, work, home, allow, secrets }) => {
      await webFrom('ghcr.io/contoso/web:1', azure, work);
      const jump = await azure.addRegistry('contosojump');
      const inside = await azure.addRegistry('inside', { loginServer: 'registry.contoso.example' });
      allow('AcrPush', jump.resourceId);
      const [jumpPassword, registryPassword] = [azure.world.newSecret(), azure.world.newSecret()];
      jump.scopeMapTokens.push({ username: 'jumper', password: jumpPassword, repositories: ['contoso/web'] });
      inside.scopeMapTokens.push({
        username: 'writer',
        password: registryPassword,
        repositories: ['mirror/contoso/web'],
      });
      Object.assign(secrets, { jumpUsername: 'jumper', jumpPassword, registryUsername: 'writer', registryPassword });
      // As somebody made it before it was committed.
      const locked = await runInTerminal({
        node: process.execPath,
        work,
        home,
        path: [toolFolder('helm-4')],
        env: { HTTPS_PROXY: azure.proxy },
        inputs: { charts: 'charts/*', 'lock-file': 'images.lock.json', 'ca-file': azure.caFile },
      });
      expect(reasonOf(locked)).toBe('');
      return async () => expect(await digestIn(inside, 'mirror/contoso/web:1')).toBe(image.digest);
    },
  },
];

async function preparePublisher({ azure, work, allow }: Setting): Promise<() => Promise<void>> {
  const group = 'contoso-publisher-rg';
  const store = await azure.addArtifactStore({ group, publisher: 'contoso-publisher', name: 'contoso-acr-store' });
  const source = await azure.addRegistry('myregistry');
  await fillWithContoso(source.store.url, { store: storeTestApart });
  await copyContoso(work, ['myregistry.azurecr.io', 'myregistry.azurecr.io/test']);
  allow('Contributor', `/subscriptions/${subscription}/resourceGroups/${group}`);
  allow('AcrPull', source.resourceId);
  return async () => {
    expect(await repositoriesIn(store.registry)).toEqual(['contoso', ...contosoRepositories]);
    for (const repository of contosoRepositories) {
      const { digest } = await makeContosoImage(repository);
      expect(await digestIn(store.registry, `${repository}:${contosoTag}`)).toBe(digest);
    }
  };
}

/** A chart with one image of a public registry. */
async function webFrom(reference: string, azure: StandIn, work: string): Promise<void> {
  const hub = await azure.addRegistry('hub', { loginServer: 'ghcr.io', anonymousPull: true });
  await pushImage(hub.store.url, 'contoso/web', '1', image);
  await writeFiles(join(work, 'charts', 'web'), podChart(reference));
}

async function setUp() {
  const [work, home] = [await testFolder(), await testFolder()];
  const azure = await startStandIn({ openStore: startDemoRegistry });
  onTestFinished(() => azure.stop());
  const application = azure.addPrincipal({
    federated: [
      { issuer: github.issuer, subject: github.subject, audience },
      { issuer: devops.issuer, subject: devops.subjectOf(connection), audience },
    ],
  });
  const secrets: Record<string, string> = {};
  const logins: Record<string, object> = {};
  const allow = (role: Role, scope: string) => azure.assign(application, role, scope);
  return { application, setting: { azure, work, home, allow, secrets, logins } satisfies Setting };
}

/** As `docker login` writes it. */
async function dockerConfig({ home, logins }: Setting): Promise<string> {
  const folder = join(home, '.docker');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: logins }));
  return folder;
}

const hosts = ['GitHub', 'Azure Pipelines'] as const;
const examplesFor = (host: (typeof hosts)[number]) =>
  examples.filter((_, row) => columnsOfRow(row, hosts).includes(host));

describe('the example for GitHub', () => {
  test.each(examplesFor('GitHub'))('$kind does what it says', async ({ kind, event, prepare }) => {
    const { application, setting } = await setUp();
    const { azure, work, home, secrets } = setting;
    const check = await prepare(setting);
    const workflow = parse(await readFile(join(root, 'examples', 'github', `${kind}.yml`), 'utf8'));
    // act 0.2.87 refuses a workflow with `queue`, which is newer; one run has no queue.
    delete workflow.concurrency;
    for (const job of Object.values<Job>(workflow.jobs)) job.steps = job.steps.map((step) => hereStep(step, azure));
    const request = {
      node: process.execPath,
      work,
      home,
      path: [toolFolder('helm-4'), azProgramsOf(home)],
      env: {
        HTTPS_PROXY: azure.proxy,
        NODE_EXTRA_CA_CERTS: azure.caFile,
        DOCKER_CONFIG: await dockerConfig(setting),
        ACTIONS_ID_TOKEN_REQUEST_URL: github.requestUrl,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: azure.githubToken,
        AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService,
      },
    };
    const run = await runWorkflow(request, workflow, event, {
      secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [upperSnake(name), value])),
      variables: {
        AZURE_CLIENT_ID: application.clientId,
        AZURE_TENANT_ID: tenant,
        AZURE_SUBSCRIPTION_ID: subscription,
      },
    });
    expect(run.passed ? '' : run.log).toBe('');
    await check();
    expect(secretsIn(shownBy(run.log), azure.world)).toEqual([]);
  });
});

/** A step of a workflow, as YAML has it. */
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  steps: readonly Step[];
}

/** The action is this one; what comes from elsewhere does nothing; a file of authorities is the stand-in's. */
function hereStep(step: Step, { caFile }: StandIn): Step {
  const { uses, with: inputs, ...rest } = step;
  if (uses === undefined || uses.startsWith('actions/checkout@')) return step;
  if (!uses.startsWith('chart-images/')) return { ...rest, run: 'true' };
  const trusted = inputs?.['ca-file'] === undefined ? {} : { 'ca-file': caFile };
  return { ...step, uses: './', with: { ...inputs, ...trusted } };
}

describe('the example for Azure Pipelines', () => {
  test.each(examplesFor('Azure Pipelines'))('$kind does what it says', async ({ kind, prepare }) => {
    const { application, setting } = await setUp();
    const { azure, work, home: agent, secrets } = setting;
    const check = await prepare(setting);
    const text = await readFile(join(root, 'examples', 'azure-pipelines', `${kind}.yml`), 'utf8');
    const pipeline: Pipeline = parse(text, { schema: 'failsafe' });
    const steps = [pipeline, ...(pipeline.jobs ?? [])].flatMap(({ steps = [] }) => steps);
    expect(steps.filter(isOurs).length).toBeGreaterThan(0);
    for (const step of steps) {
      if (step.task === 'AzureCLI@2') await runScript(step, work, agent);
      if (!isOurs(step)) continue;
      const { inputs } = step;
      const run = await runAsAzureTask({
        node: process.execPath,
        work,
        home: await testFolder(),
        path: [toolFolder('helm-4')],
        env: {
          HTTPS_PROXY: azure.proxy,
          NODE_EXTRA_CA_CERTS: azure.caFile,
          SYSTEM_OIDCREQUESTURI: devops.requestUri,
          AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService,
          ...connectionOf(application.clientId),
        },
        inputs: Object.fromEntries(
          Object.entries(inputs ?? {}).map(([name, value]) => [kebab(name), valueAsGiven(name, value, secrets, azure)]),
        ),
      });
      expect(reasonOf(run)).toBe('');
      expect(secretsIn(shownBy(run.log), azure.world)).toEqual([]);
    }
    await check();
  });
});

interface Pipeline {
  readonly steps?: readonly PipelineStep[];
  readonly jobs?: readonly Pipeline[];
}

interface PipelineStep {
  readonly task?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** As the agent runs an inline script of AzureCLI@2, which ends at the first command that fails. */
async function runScript({ inputs }: PipelineStep, cwd: string, home: string): Promise<void> {
  const env = { PATH: [azProgramsOf(home), process.env['PATH']].join(delimiter) };
  await outputOf('bash', ['-e', '-c', inputs?.['inlineScript'] ?? ''], { cwd, env });
}

function isOurs({ task }: PipelineStep): boolean {
  return task?.startsWith('ChartImages@') === true;
}

/** As the agent gives a value to the task: variables filled in, a service connection by its id. */
function valueAsGiven(
  name: string,
  value: string,
  variables: Readonly<Record<string, string>>,
  { caFile }: StandIn,
): string {
  if (name === 'azureSubscription') return connection;
  if (name === 'caFile') return caFile;
  return value.replace(/\$\((\w+)\)/g, (_, variable: string) => variables[variable] ?? '');
}

function connectionOf(serviceprincipalid: string) {
  const parameters = { tenantid: tenant, serviceprincipalid };
  const data = { subscriptionid: subscription, environment: 'AzureCloud' };
  return endpointsOf(connection, 'WorkloadIdentityFederation', parameters, data);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `registryPassword` is the secret `REGISTRY_PASSWORD` on GitHub. */
function upperSnake(name: string): string {
  return kebab(name).replaceAll('-', '_').toUpperCase();
}
