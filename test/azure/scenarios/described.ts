/**
 * Makes tests of scenarios: each in each of its ways, all of GitHub's as steps of one workflow, and the table at the
 * end.
 */
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { startDemoRegistry } from '../../../scripts/demo-registry.ts';
import { oldestNodePath, toolFolder } from '../../../scripts/tools.ts';
import { runSteps, type WorkflowStep } from '../../support/act.ts';
import { runAsAzureTask } from '../../support/azure-agent.ts';
import { testFolder } from '../../support/folder.ts';
import type { HostRequest, HostRun } from '../../support/host-run.ts';
import { columnsOfRow } from '../../support/matrix.ts';
import { sweepSecrets } from '../../support/secret-sweep.ts';
import { runInTerminal } from '../../support/terminal.ts';
import { type StandIn, startStandIn } from '../fake-server.ts';
import { filesBelow, secretsIn, shownBy } from '../secrets.ts';
import type { Case, Place, Ran, Scenario, Way } from './scenario.ts';
import { tableOf } from './table.ts';

/** An application that starts a program by itself, and the Node that it takes. */
const starters: Readonly<Record<Exclude<Way, 'GitHub'>, (request: HostRequest) => Promise<HostRun>>> = {
  terminal: (request) => runInTerminal(withoutPasswords(request)),
  'Azure, Node 20': (request) => runAsAzureTask({ ...request, node: oldestNodePath() }),
  'Azure, Node 24': runAsAzureTask,
};

/** Every scenario in its ways, of which `npm test` takes one in turn; `title` heads the table. */
export function describeScenarios(title: string, all: readonly Scenario[]): void {
  const scenarios = all.map((scenario, row) => ({ ...scenario, ways: columnsOfRow(row, scenario.ways) }));
  const results = new Map<string, Map<string, 'passed' | 'failed'>>(scenarios.map(({ name }) => [name, new Map()]));
  const note = (name: string, way: Way): void => {
    results.get(name)?.set(way, 'passed');
    onTestFailed(() => {
      results.get(name)?.set(way, 'failed');
    });
  };
  afterAll(() => {
    process.stdout.write(tableOf(title, results));
  });

  for (const [way, start] of Object.entries(starters)) {
    const own = scenarios.filter(({ ways }) => ways.some((each) => each === way));
    if (own.length === 0) continue;
    describe(way === 'terminal' ? 'in a terminal' : `as the task on ${way}`, () => {
      for (const scenario of own) {
        test(scenario.name, { timeout: 120_000 }, async () => {
          note(scenario.name, way as Way);
          const opened = await open(scenario, await testFolder(), way === 'terminal' ? 'distribution' : 'memory');
          onTestFinished(() => opened.azure.stop());
          const runs = await runAlone(opened, start, scenario.runs ?? 1);
          await opened.made.check(...runs);
          expect(opened.azure.refusedHosts).toEqual([]);
        });
      }
    });
  }

  const onGitHub = scenarios.filter(({ ways }) => ways.includes('GitHub'));
  if (onGitHub.length > 0) describe('as a step on GitHub, by act', () => describeSteps(onGitHub, note));
}

function describeSteps(scenarios: readonly Scenario[], note: (name: string, way: Way) => void): void {
  let folder: string;
  let ran: Awaited<ReturnType<typeof runInOneJob>>;
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'chart-images-test-')));
    ran = await runInOneJob(scenarios, folder);
  });
  afterAll(async () => {
    await Promise.all((ran ?? []).map(({ opened }) => opened.azure.stop()));
    await rm(folder, { recursive: true, force: true });
  });
  // Not test.each, which cuts long names.
  for (const { name } of scenarios) {
    test(name, async () => {
      note(name, 'GitHub');
      const own = ran.find(({ scenario }) => scenario.name === name);
      if (own === undefined) throw new Error('the scenario was not run');
      await own.opened.made.check(...own.runs);
      expect(own.leaks).toEqual([]);
      expect(own.opened.azure.refusedHosts).toEqual([]);
    });
  }
}

interface Opened {
  readonly azure: StandIn;
  readonly location: Place;
  readonly made: Case;
  /** Of a run: where it may write. */
  readonly home: string;
  readonly request: Omit<HostRequest, 'node'>;
}

/**
 * The real registry takes part in one way; in the others one in this process's memory, which takes no time to start.
 */
async function open(scenario: Scenario, folder: string, store: 'distribution' | 'memory'): Promise<Opened> {
  const azure = await startStandIn(store === 'memory' ? { openStore: startDemoRegistry } : {});
  try {
    const [work, machine, home] = [join(folder, 'work'), join(folder, 'machine'), join(folder, 'home')];
    for (const each of [work, machine, home]) await mkdir(each, { recursive: true });
    const place = { azure, work, machine };
    const made = await scenario.prepare(place);
    const request = {
      work,
      home,
      path: [...(made.path ?? []), toolFolder('helm-4')],
      env: {
        HTTPS_PROXY: azure.proxy,
        // Otherwise the machine that runs the tests would be asked who it is.
        AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService,
        ...made.env,
      },
      inputs: { 'ca-file': azure.caFile, report: join(home, 'report'), ...made.inputs },
    };
    return { azure, location: place, made, home, request };
  } catch (error) {
    await azure.stop();
    throw error;
  }
}

/** Every run by itself, and swept for secrets. */
async function runAlone(
  { azure, home, request }: Opened,
  start: (request: HostRequest) => Promise<HostRun>,
  times: number,
): Promise<[Ran, ...Ran[]]> {
  const once = async (): Promise<Ran> => {
    const swept = await sweepSecrets(start, { ...request, node: process.execPath }, () => azure.world.secrets);
    expect(swept.leaks).toEqual([]);
    return { host: swept.run, report: await reportIn(home) };
  };
  const runs: [Ran, ...Ran[]] = [await once()];
  for (let time = 1; time < times; time += 1) runs.push(await once());
  return runs;
}

/** All in one workflow: starting one takes longer than all its steps. */
async function runInOneJob(scenarios: readonly Scenario[], folder: string) {
  const opened = await Promise.all(
    scenarios.map(async (scenario, index) => ({
      id: `s${index}`,
      scenario,
      opened: await open(scenario, join(folder, `s${index}`), 'memory'),
    })),
  );
  const reportOf = (id: string) => join(folder, 'reports', id);
  const steps = opened.flatMap(({ id, scenario, opened: { request } }): readonly WorkflowStep[] =>
    idsOf(id, scenario).map((each) => {
      const PATH = [...(request.path ?? []), process.env['PATH']].join(':');
      return { id: each, inputs: { ...request.inputs, report: reportOf(each) }, env: { ...request.env, PATH } };
    }),
  );
  const [work, home] = [join(folder, 'work'), join(folder, 'home')];
  await mkdir(work, { recursive: true });
  await mkdir(home, { recursive: true });
  const runs = await runSteps({ node: process.execPath, work, home }, steps);
  return await Promise.all(
    opened.map(async ({ id, scenario, opened: each }) => {
      const { world } = each.azure;
      const own: Ran[] = [];
      const leaks: string[] = [];
      for (const step of idsOf(id, scenario)) {
        const host = runs.get(step);
        if (host === undefined) throw new Error(`no step ${step}`);
        own.push({ host, report: await reportIn(folder, join('reports', step)) });
        const shown = [shownBy(host.log), host.summary, JSON.stringify(host.annotations), JSON.stringify(host.outputs)];
        const files = await Promise.all([reportOf(step), join(home, 'tmp')].map(filesBelow));
        for (const text of [...shown, ...files.flatMap((below) => [...below.values()])]) {
          leaks.push(...secretsIn(text, world));
        }
      }
      const [first, ...rest] = own;
      if (first === undefined) throw new Error(`no run of ${scenario.name}`);
      const all: [Ran, ...Ran[]] = [first, ...rest];
      return { scenario, opened: each, runs: all, leaks };
    }),
  );
}

function idsOf(id: string, { runs }: Scenario): readonly string[] {
  return Array.from({ length: runs ?? 1 }, (_, time) => `${id}-${time}`);
}

async function reportIn(folder: string, below = 'report'): Promise<Ran['report']> {
  const text = await readFile(join(folder, below, 'images.json'), 'utf8').catch(() => undefined);
  // The form of images.json is the contract's.
  return text === undefined ? undefined : JSON.parse(text);
}

/** In a terminal passwords come by a variable: everybody on a machine can read command lines. */
function withoutPasswords({ inputs, env, ...rest }: HostRequest): HostRequest {
  const { 'registry-credentials': lines, ...others } = inputs;
  if (lines === undefined) return { ...rest, inputs, ...(env ? { env } : {}) };
  return { ...rest, inputs: others, env: { ...env, CHART_IMAGES_REGISTRY_CREDENTIALS: lines } };
}
