/** Starts the action as the GitHub runner does (actions/runner, Handler.cs, NodeScriptActionHandler.cs). */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { githubVariable } from '../../src/inputs/input-names.ts';
import { type GitHubCommand, readGitHubCommands, readOutputFile } from './github-commands.ts';
import { annotation, bareEnvironment, type HostRequest, type HostRun, positive } from './host-run.ts';
import { runProgram } from './program.ts';
import { root } from './root.ts';

interface ActionManifest {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string };
}

/** A run as the runner understood it, with every command in order. */
export interface GitHubRun extends HostRun {
  readonly commands: readonly GitHubCommand[];
}

export async function runAsGitHubAction(request: HostRequest): Promise<GitHubRun> {
  // Written by the project's own script and checked by its own test.
  const manifest = parse(await readFile(join(root, 'action.yml'), 'utf8')) as ActionManifest;
  const unknown = Object.keys(request.inputs).filter((name) => !(name in manifest.inputs));
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`);
  const inputs = Object.entries(manifest.inputs).map(([name, input]) => [
    githubVariable(name),
    request.inputs[name] ?? input.default ?? '',
  ]);
  const temporary = join(request.home, 'runner-temp');
  const files = { output: join(temporary, 'output'), summary: join(temporary, 'summary.md') };
  await mkdir(temporary, { recursive: true });
  for (const file of Object.values(files)) await writeFile(file, '');
  const run = await runProgram(request.node, [join(root, manifest.runs.main)], {
    cwd: request.work,
    env: {
      ...(await bareEnvironment(request)),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: request.work,
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      RUNNER_TEMP: temporary,
      RUNNER_TOOL_CACHE: join(request.home, 'runner-tools'),
      ...Object.fromEntries(inputs),
    },
  });
  const commands = readGitHubCommands(run.output);
  return {
    passed: run.code === 0,
    code: run.code,
    annotations: commands.flatMap(readAnnotation),
    outputs: readOutputFile(await readFile(files.output, 'utf8')),
    summary: await readFile(files.summary, 'utf8'),
    log: run.output,
    commands,
  };
}

export function readAnnotation({ name, properties, data }: GitHubCommand) {
  if (name !== 'error' && name !== 'warning' && name !== 'notice') return [];
  return [
    annotation(name, data, {
      title: properties['title'] ?? '',
      file: properties['file'],
      line: positive(properties['line']),
      column: positive(properties['col']),
    }),
  ];
}
