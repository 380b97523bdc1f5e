import { appendFile, stat } from 'node:fs/promises';
import { escapeWorkflowCommands } from './escape-workflow-commands.ts';
import { dropDefaults } from './explicit-inputs.ts';
import type { Host } from './host.ts';
import { jobScopedPath, temporaryFolder, userCacheFolder } from './host-folders.ts';
import { logProgress } from './log-progress.ts';
import { OutputFilter } from './output-filter.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { convertFile, repositoryPaths } from './repository-paths.ts';
import { summaryBytes, truncateSummary } from './truncate-summary.ts';

/** A step of GitHub Actions. @actions/core writes and escapes commands and outputs. */
export async function createGithubHost(processEnvironment: ProcessEnvironment): Promise<Host> {
  const core = await import('@actions/core');
  const { env, writeOut } = processEnvironment;
  const filter = new OutputFilter();
  const runnerTemporary = env['RUNNER_TEMP'] || processEnvironment.systemTemporary;
  const work = env['GITHUB_WORKSPACE'] || processEnvironment.cwd;
  const toRepository = repositoryPaths(work, env['GITHUB_REPOSITORY'] || undefined);
  const print = (lines: readonly string[]) => {
    for (const line of lines) writeOut(`${line}\n`);
  };
  const printText = (text: string) => print(filter.lines(text));

  const debug = (message: string) => {
    if (env['RUNNER_DEBUG'] === '1') core.debug(filter.text(message));
  };

  return {
    name: 'github',
    inputs: githubInputs(env),
    serviceEndpoints: {},
    log: {
      debug,
      info: printText,
      // Not `::warning::`, because a step shows only ten of them, which are needed for findings.
      warning: (message) => printText(`warning: ${message}`),
    },
    explainCredentials: debug,
    folders: {
      work,
      temporary: temporaryFolder(runnerTemporary, processEnvironment),
      toolCache: env['RUNNER_TOOL_CACHE'] || userCacheFolder(processEnvironment),
    },
    repositoryPath: toRepository,
    reportFolder: jobScopedPath(runnerTemporary),
    secretMask: filter.mask,
    mask: (secret) => {
      for (const text of filter.addSecret(secret)) core.setSecret(text);
    },
    maskIssued: (token) => {
      for (const text of filter.addIssuedToken(token)) core.setSecret(text);
    },
    group: async (title, work) => await core.group(filter.line(title), work),
    withProgress: async (read, work) => await logProgress(read, work, { line: printText }),
    annotate: (annotation) => {
      const { level, title, message, file, line, column } = filter.annotation(convertFile(annotation, toRepository));
      core[level](message, {
        title,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { startLine: line }),
        ...(column === undefined ? {} : { startColumn: column }),
      });
    },
    setOutput: (name, value) => core.setOutput(name, value),
    writeSummary: async (markdown) => await appendSummary(env['GITHUB_STEP_SUMMARY'], markdown),
    publishTests: async () => {},
    display: { color: 'plain' },
    print: (output) => print(escapeWorkflowCommands(output.table)),
    finish: (exit, reason) => {
      if (exit !== 0 && reason !== '') print(escapeWorkflowCommands(reason));
      processEnvironment.setExitCode(exit);
    },
  };
}

/**
 * The runner passes every input, unset ones as `''`, in upper case, with spaces as `_` and dashes unchanged
 * (actions/runner, Handler.cs). Values are trimmed as in @actions/core.
 */
export function githubInputs(env: ProcessEnvironment['env']): Readonly<Record<string, string>> {
  const entries = Object.entries(env)
    .filter(([variable]) => variable.startsWith('INPUT_'))
    .map(([variable, value]) => [variable.slice('INPUT_'.length).toLowerCase(), value?.trim() ?? ''] as const);
  return dropDefaults(entries);
}

/** Not the summary of @actions/core, which has no size limit. Older GitHub servers have no summaries. */
async function appendSummary(file: string | undefined, markdown: string): Promise<void> {
  if (file === undefined || file === '') return;
  const written = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  await appendFile(file, truncateSummary(markdown, summaryBytes - written));
}
