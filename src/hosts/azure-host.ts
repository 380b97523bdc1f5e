import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closestName } from '../inputs/did-you-mean.ts';
import { azureVariable, toCamelCase } from '../inputs/input-names.ts';
import { inputsOn } from '../inputs/input-table.ts';
import { percentOf } from './draw-progress.ts';
import { escapeWorkflowCommands } from './escape-workflow-commands.ts';
import { dropDefaults } from './explicit-inputs.ts';
import { formatAnnotation } from './format-annotation.ts';
import type { Host } from './host.ts';
import { jobScopedPath, temporaryFolder, userCacheFolder } from './host-folders.ts';
import { logProgress } from './log-progress.ts';
import { OutputFilter } from './output-filter.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { absolutePaths, convertFile, repositoryPaths } from './repository-paths.ts';
import { loadTaskLibrary } from './task-library.ts';
import { summaryBytes, truncateSummary } from './truncate-summary.ts';

const table = inputsOn('azure');

/** A task of Azure Pipelines. azure-pipelines-task-lib writes and escapes commands. */
export async function createAzureHost(processEnvironment: ProcessEnvironment): Promise<Host> {
  const { env, writeOut } = processEnvironment;
  // Read before the library removes them from the environment. Its getInput would print values before they are masked.
  const { inputs, unknown } = azureInputs(env);
  const serviceEndpoints = Object.fromEntries(Object.entries(env).filter(([name]) => /^ENDPOINT_/i.test(name)));
  const agentTemporary = env['AGENT_TEMPDIRECTORY'] || processEnvironment.systemTemporary;
  const temporary = temporaryFolder(agentTemporary, processEnvironment);
  const kept = jobScopedPath(agentTemporary);
  const library = await loadTaskLibrary(temporary);
  const filter = new OutputFilter();
  const work = env['SYSTEM_DEFAULTWORKINGDIRECTORY'] || processEnvironment.cwd;
  const toAbsolute = absolutePaths(work);
  const print = (lines: readonly string[], formatting = '') => {
    for (const line of lines) writeOut(`${formatting}${line}\n`);
  };
  const printText = (text: string, formatting = '') => print(filter.lines(text), formatting);
  const debug = (message: string) => {
    if (env['SYSTEM_DEBUG']?.toLowerCase() === 'true') library.debug(filter.text(message));
  };

  /** The agent reads these files after the process has ended. */
  const keep = async (name: string, text: string): Promise<string> => {
    await mkdir(kept, { recursive: true });
    const file = join(kept, name);
    await writeFile(file, text);
    return file;
  };

  for (const name of unknown) {
    const meant = closestName(
      name,
      table.map((input) => toCamelCase(input.name)),
    );
    // A name that is similar to no input is probably a variable of the pipeline.
    if (meant === undefined) debug(`The variable "input_${name}" is not an input of this task.`);
    else printText(`Ignored the unknown input "${name}". Did you mean "${meant}"?`, '##[warning]');
  }

  return {
    name: 'azure',
    inputs,
    serviceEndpoints,
    log: {
      debug,
      info: (message) => printText(message),
      warning: (message) => printText(message, '##[warning]'),
    },
    explainCredentials: debug,
    folders: {
      work,
      temporary,
      toolCache: env['AGENT_TOOLSDIRECTORY'] || userCacheFolder(processEnvironment),
    },
    repositoryPath: repositoryPaths(work, env['BUILD_REPOSITORY_URI'] || undefined),
    reportFolder: kept,
    secretMask: filter.mask,
    mask: (secret) => {
      for (const text of filter.addSecret(secret)) library.setSecret(text);
    },
    maskIssued: (token) => {
      for (const text of filter.addIssuedToken(token)) library.setSecret(text);
    },
    group: async (title, work) => {
      printText(filter.line(title), '##[group]');
      try {
        return await work();
      } finally {
        writeOut('##[endgroup]\n');
      }
    },
    withProgress: async (read, work) => {
      let shown = -1;
      return await logProgress(read, work, {
        line: (summary) => printText(summary),
        onPoll: (progress, summary) => {
          const percent = percentOf(progress);
          if (percent === shown) return;
          shown = percent;
          library.command('task.setprogress', { value: String(percent) }, filter.line(summary));
        },
      });
    },
    annotate: (annotation) => {
      const harmless = filter.annotation(convertFile(annotation, toAbsolute));
      const { level, title, message, file, line, column } = harmless;
      // The agent has no notices and no titles.
      if (level === 'notice') return print(formatAnnotation(harmless));
      library.logIssue(
        level === 'error' ? library.IssueType.Error : library.IssueType.Warning,
        `${title}: ${message}`,
        file,
        line,
        column,
      );
    },
    setOutput: (name, value) => {
      // Both names, because Azure documents only letters, digits, dots and underscores for variables. The library's
      // setVariable would change the environment of this process and print each value twice.
      for (const variable of new Set([name, toCamelCase(name)])) {
        library.command('task.setvariable', { variable, isOutput: 'true', issecret: 'false' }, value);
      }
    },
    writeSummary: async (markdown) => {
      // The file name is the heading on the page of the run.
      library.uploadSummary(await keep('chart-images.md', truncateSummary(markdown, summaryBytes)));
    },
    publishTests: async (junit) => {
      // In the agent's folder, because the command splits paths at commas.
      const resultFiles = await keep('images.junit.xml', junit);
      library.command('results.publish', { type: 'JUnit', runTitle: 'chart-images', resultFiles }, '');
    },
    display: { color: 'plain' },
    print: (output) => print(escapeWorkflowCommands(output.table)),
    finish: (exit, reason) => {
      // The command sets the result. An exit code would only show "exited with code n".
      library.command(
        'task.complete',
        { result: exit === 0 ? 'Succeeded' : 'Failed' },
        escapeWorkflowCommands(reason).join(' '),
      );
      processEnvironment.setExitCode(0);
    },
  };
}

export interface AzureInputs {
  /** By kebab-case name, without empty ones. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Lowercase names after `INPUT_` that are not in task.json. */
  readonly unknown: readonly string[];
}

/**
 * The agent passes camelCase names in upper case, so names are mapped by the table. Pipeline variables are also in the
 * environment, so not every `INPUT_` variable is an input of this task.
 */
export function azureInputs(env: ProcessEnvironment['env']): AzureInputs {
  const names = new Map<string, string>(table.map(({ name }) => [azureVariable(name), name]));
  const inputs: [string, string][] = [];
  const unknown: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    const value = text?.trim() ?? '';
    if (!variable.startsWith('INPUT_') || value === '') continue;
    const name = names.get(variable.toUpperCase());
    if (name === undefined) unknown.push(variable.slice('INPUT_'.length).toLowerCase());
    else inputs.push([name, value]);
  }
  return { inputs: { ...dropDefaults(inputs), ...jobPosition(env) }, unknown };
}

/** For `shard: auto`: the index of the job in `parallel` or `matrix`, which Azure counts from 1. */
function jobPosition(env: ProcessEnvironment['env']): Readonly<Record<string, string>> {
  const [position, total] = [Number(env['SYSTEM_JOBPOSITIONINPHASE']), Number(env['SYSTEM_TOTALJOBSINPHASE'])];
  return position >= 1 && total >= position ? { 'job-position': `${position - 1}/${total}` } : {};
}
