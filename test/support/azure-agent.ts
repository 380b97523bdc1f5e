/**
 * Starts the Azure Pipelines task out of the packed extension, as the agent does (microsoft/azure-pipelines-agent,
 * Handler.cs, NodeHandler.cs).
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { azureVariable, toCamelCase } from '../../src/inputs/input-names.ts';
import { type AzureCommand, readAzureCommands } from './azure-commands.ts';
import { annotation, bareEnvironment, type HostRequest, type HostRun, positive } from './host-run.ts';
import { runProgram } from './program.ts';
import { unpackedTask } from './unpacked-task.ts';

/** The token of the job that the task runs in. */
export const agentJobToken = 'job-token-of-the-test';

interface TaskManifest {
  readonly restrictions: {
    readonly commands?: { readonly mode: string };
    readonly settableVariables: { readonly allowed: readonly string[] };
  };
  readonly inputs: readonly { readonly name: string; readonly defaultValue?: string }[];
}

/** A run as the agent understood it, with every command in order. */
export interface AzureRun extends HostRun {
  readonly commands: readonly AzureCommand[];
  /** Those that the agent would not carry out, because task.json does not allow them (TaskRestrictionsExtension.cs). */
  readonly refused: readonly AzureCommand[];
}

/** The folder of the job that the agent empties after it; what a task leaves there is seen by later steps. */
export function agentTemporaryFolder({ home }: Pick<HostRequest, 'home'>): string {
  return join(home, 'agent-temp');
}

export async function runAsAzureTask(request: HostRequest): Promise<AzureRun> {
  const task = await unpackedTask();
  // Written by the task's own script and checked by its own test.
  const manifest = JSON.parse(await readFile(join(task.folder, 'task.json'), 'utf8')) as TaskManifest;
  const given = new Map(Object.entries(request.inputs).map(([name, value]) => [toCamelCase(name), value]));
  const unknown = [...given.keys()].filter((name) => !manifest.inputs.some((input) => input.name === name));
  if (unknown.length > 0) throw new Error(`the task has no input ${unknown.join(', ')}`);
  const inputs = manifest.inputs.map(({ name, defaultValue }) => [
    azureVariable(name),
    given.get(name) ?? defaultValue ?? '',
  ]);
  const temporary = agentTemporaryFolder(request);
  await mkdir(temporary, { recursive: true });
  const run = await runProgram(request.node, [task.entry], {
    cwd: request.work,
    env: {
      ...(await bareEnvironment(request)),
      TF_BUILD: 'True',
      AGENT_TEMPDIRECTORY: temporary,
      AGENT_TOOLSDIRECTORY: join(request.home, 'agent-tools'),
      AGENT_WORKFOLDER: join(request.home, 'agent-work'),
      AGENT_VERSION: '4.278.0',
      SYSTEM_DEFAULTWORKINGDIRECTORY: request.work,
      BUILD_SOURCESDIRECTORY: request.work,
      SYSTEM_CULTURE: 'en-US',
      VSTS_PUBLIC_VARIABLES: '["system.culture"]',
      VSTS_SECRET_VARIABLES: '[]',
      ENDPOINT_URL_SYSTEMVSSCONNECTION: 'https://dev.azure.example/',
      ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION: 'OAuth',
      ENDPOINT_AUTH_SYSTEMVSSCONNECTION: `{"scheme":"OAuth","parameters":{"AccessToken":"${agentJobToken}"}}`,
      ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: agentJobToken,
      ...Object.fromEntries(inputs),
    },
  });
  const said = readAzureCommands(run.output);
  const commands = said.filter((command) => isAllowed(command, manifest));
  const uploaded = commands.filter(({ name }) => name === 'task.uploadsummary');
  const summaries = await Promise.all(uploaded.map(({ data }) => readFile(data, 'utf8')));
  return {
    passed: run.code === 0 && !commands.some(isFailure),
    code: run.code,
    annotations: commands.filter(({ name }) => name === 'task.logissue').map((issue) => readIssue(issue, request.work)),
    outputs: Object.fromEntries(
      commands
        .filter(({ name, properties }) => name === 'task.setvariable' && properties['isOutput'] === 'true')
        .map(({ properties, data }) => [kebabCase(properties['variable'] ?? ''), data]),
    ),
    summary: summaries.join('\n'),
    log: run.output,
    commands,
    refused: said.filter((command) => !commands.includes(command)),
  };
}

function isAllowed({ name, properties }: AzureCommand, { restrictions }: TaskManifest): boolean {
  if (restrictions.commands !== undefined) throw new Error('this agent knows no restricted mode');
  return name !== 'task.setvariable' || restrictions.settableVariables.allowed.includes(properties['variable'] ?? '');
}

function isFailure({ name, properties }: AzureCommand): boolean {
  return name === 'task.complete' && properties['result'] === 'Failed';
}

function readIssue({ properties, data }: AzureCommand, work: string) {
  return annotation(properties['type'] === 'error' ? 'error' : 'warning', data, {
    title: '',
    file: convertLocalPath(properties['sourcepath'], work),
    line: positive(properties['linenumber']),
    column: positive(properties['columnnumber']),
  });
}

/**
 * The path in the repository, which the agent shows for a file that exists there (BuildJobExtension.cs,
 * ConvertLocalPath).
 */
function convertLocalPath(path: string | undefined, sources: string): string | undefined {
  if (path === undefined || !isAbsolute(path) || !existsSync(path)) return path;
  const inside = relative(sources, path);
  return inside.startsWith('..') ? path : inside.replaceAll(sep, '/');
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
