/**
 * Runs the action in a real workflow, `uses: ./`, with act on this machine: no container, no network. The workflow's
 * later step reads the outputs and the outcome as a user's step would; the summary, which no later step can read
 * because each step has a file of its own, is what act took for the job's page.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { toolPath } from '../../scripts/tools.ts';
import type { Annotation } from '../../src/report/model/annotations.ts';
import { readAnnotation } from './github-runner.ts';
import { bareEnvironment, type HostRequest, type HostRun } from './host-run.ts';
import { outputOf, runProgram } from './program.ts';
import { root } from './root.ts';

/** What starts the workflow. The work folder may be a git repository; its history is kept. */
export interface WorkflowEvent {
  readonly name: 'push' | 'pull_request' | 'release' | 'workflow_dispatch';
  readonly payload: unknown;
}

/**
 * A step of a workflow: the action with its inputs, or a script of the user's. A step that fails does not end the job.
 */
export type WorkflowStep =
  | { readonly id: string; readonly inputs: HostRequest['inputs']; readonly env?: HostRequest['env'] }
  | { readonly id: string; readonly run: string };

/** A workflow with the action as its one step. */
export async function runInWorkflow(request: HostRequest, event?: WorkflowEvent): Promise<HostRun> {
  const runs = await runSteps(request, [{ id: 'images', inputs: request.inputs }], event);
  return of(runs, 'images');
}

/** Several steps of one job, one after the other in one checkout; each run by the id of its step. */
export async function runSteps(
  request: Omit<HostRequest, 'inputs'>,
  steps: readonly WorkflowStep[],
  event: WorkflowEvent = { name: 'push', payload: {} },
): Promise<ReadonlyMap<string, HostRun>> {
  const results = join(request.home, 'results');
  await mkdir(results, { recursive: true });
  const { run, events } = await runAct(request, workflow(steps, results), event);
  const told = await readFile(join(results, 'steps.json'), 'utf8').catch(() => {
    throw new Error(`the workflow did not come to its last step:\n${run.output}`);
  });
  // What GitHub documents of the context `steps` (docs.github.com, "Contexts").
  const contexts = JSON.parse(told) as Readonly<
    Record<string, { readonly outcome: string; readonly outputs: HostRun['outputs'] }>
  >;
  return new Map(
    steps.map(({ id }) => {
      const own = events.filter(({ stepID }) => stepID?.includes(id));
      return [
        id,
        {
          passed: contexts[id]?.outcome === 'success',
          code: undefined,
          annotations: own.flatMap(annotationOf),
          outputs: contexts[id]?.outputs ?? {},
          summary: own.map(({ command, content }) => (command === 'summary' ? (content ?? '') : '')).join(''),
          log: own.map(({ msg = '' }) => msg.trimEnd()).join('\n'),
        },
      ] as const;
    }),
  );
}

/** What a repository's settings hold for its workflows. */
export interface RepositorySettings {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A user's whole workflow, as far as nothing in it comes from the network but `./`; passed when every job did. */
export async function runWorkflow(
  request: Omit<HostRequest, 'inputs'>,
  content: unknown,
  event: WorkflowEvent,
  settings: RepositorySettings = {},
): Promise<Pick<HostRun, 'passed' | 'annotations' | 'log'>> {
  const { run, events } = await runAct(request, content, event, settings);
  return {
    passed: run.code === 0,
    annotations: events.flatMap(annotationOf),
    log: events.length === 0 ? run.output : events.map(({ msg = '' }) => msg.trimEnd()).join('\n'),
  };
}

async function runAct(
  request: Omit<HostRequest, 'inputs'>,
  content: unknown,
  event: WorkflowEvent,
  { secrets = {}, variables = {} }: RepositorySettings = {},
) {
  const repository = join(request.home, 'repository');
  await cp(request.work, repository, { recursive: true });
  await cp(join(root, 'dist'), join(repository, 'dist'), { recursive: true });
  await cp(join(root, 'action.yml'), join(repository, 'action.yml'));
  await mkdir(join(repository, '.github', 'workflows'), { recursive: true });
  await writeFile(join(repository, '.github', 'workflows', 'images.yml'), stringify(content));

  const bare = await bareEnvironment({ ...request, inputs: {} });
  // act starts `node` of the PATH whatever action.yml says.
  const env = { ...bare, PATH: [dirname(request.node), bare['PATH']].join(delimiter) };
  const git = (...args: string[]) => outputOf('git', args, { cwd: repository, env });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message=Test');

  const eventFile = join(request.home, 'event.json');
  await writeFile(eventFile, JSON.stringify(event.payload));
  const platforms = ['ubuntu-latest', 'self-hosted'].flatMap((label) => ['-P', `${label}=-self-hosted`]);
  const given = [
    ...Object.entries(secrets).flatMap(([name, value]) => ['--secret', `${name}=${value}`]),
    ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
  ];
  const args = [event.name, '--eventpath', eventFile, ...platforms, ...given, '--json'];
  const run = await runProgram(toolPath('act'), args, { cwd: repository, env });
  return { run, events: run.stdout.split('\n').flatMap(readEvent) };
}

function of(runs: ReadonlyMap<string, HostRun>, id: string): HostRun {
  const run = runs.get(id);
  if (run === undefined) throw new Error(`the workflow has no step ${id}`);
  return run;
}

function workflow(steps: readonly WorkflowStep[], results: string): unknown {
  return {
    on: ['push', 'pull_request'],
    permissions: {},
    jobs: {
      images: {
        'runs-on': 'ubuntu-latest',
        steps: [
          // act takes the work tree itself for this step and fetches nothing.
          { uses: 'actions/checkout@v5' },
          ...steps.map((step) => ({
            id: step.id,
            'continue-on-error': true,
            ...('run' in step
              ? { shell: 'bash', run: step.run }
              : { uses: './', with: step.inputs, env: step.env ?? {} }),
          })),
          {
            if: expression('always()'),
            shell: 'bash',
            env: { RESULTS: results, STEPS: expression('toJSON(steps)') },
            run: 'printf "%s" "$STEPS" > "$RESULTS/steps.json"',
          },
        ],
      },
    },
  };
}

function expression(text: string): string {
  return ['${{', text, '}}'].join(' ');
}

/** A line of act's JSON log, as far as this needs it. */
interface ActEvent {
  /** The ids of the steps, outermost first. */
  readonly stepID?: readonly string[];
  readonly msg?: string;
  readonly command?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly kvPairs?: Readonly<Record<string, string>>;
}

function readEvent(line: string): readonly ActEvent[] {
  return line.startsWith('{') ? [JSON.parse(line)] : [];
}

function annotationOf({ command, arg = '', kvPairs }: ActEvent): readonly Annotation[] {
  return command === undefined ? [] : readAnnotation({ name: command, properties: kvPairs ?? {}, data: arg });
}
