import { appendFile, stat } from 'node:fs/promises';
import { escapeWorkflowCommands } from './escape-workflow-commands.ts';
import { dropDefaults } from './explicit-inputs.ts';
import type { Host } from './host.ts';
import { jobScopedPath, temporaryFolder, userCacheFolder } from './host-folders.ts';
import { followInLog } from './log-progress.ts';
import { OutputFilter } from './output-filter.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { summaryBytes, truncateSummary } from './truncate-summary.ts';

/** A step of GitHub Actions. @actions/core writes and escapes commands and outputs. */
export async function createGithubHost(surroundings: ProcessEnvironment): Promise<Host> {
  const core = await import('@actions/core');
  const { env, writeOut } = surroundings;
  const screen = new OutputFilter();
  const runnerTemporary = env['RUNNER_TEMP'] || surroundings.systemTemporary;
  const print = (lines: readonly string[]) => {
    for (const line of lines) writeOut(`${line}\n`);
  };
  const tell = (text: string) => print(screen.lines(text));

  const debug = (message: string) => {
    if (env['RUNNER_DEBUG'] === '1') core.debug(screen.text(message));
  };

  return {
    name: 'github',
    inputs: githubInputs(env),
    serviceEndpoints: {},
    log: {
      debug,
      info: tell,
      // Not `::warning::`, because a step shows only ten of them, which are needed for findings.
      warning: (message) => tell(`warning: ${message}`),
    },
    explainCredentials: debug,
    folders: {
      work: env['GITHUB_WORKSPACE'] || surroundings.cwd,
      temporary: temporaryFolder(runnerTemporary, surroundings),
      toolCache: env['RUNNER_TOOL_CACHE'] || userCacheFolder(surroundings),
    },
    reportFolder: jobScopedPath(runnerTemporary),
    secretMask: screen.mask,
    mask: (secret) => {
      for (const text of screen.addSecret(secret)) core.setSecret(text);
    },
    maskIssued: (token) => {
      for (const text of screen.hideIssued(token)) core.setSecret(text);
    },
    group: async (title, work) => await core.group(screen.line(title), work),
    withProgress: async (read, work) => await followInLog(read, work, { line: tell }),
    annotate: (annotation) => {
      const { level, title, message, file, line, column } = screen.annotation(annotation);
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
    print: (face) => print(escapeWorkflowCommands(face.table)),
    finish: (exit, reason) => {
      if (exit !== 0 && reason !== '') print(escapeWorkflowCommands(reason));
      surroundings.setExitCode(exit);
    },
  };
}

/**
 * The runner passes every input, unset ones as `''`, in upper case, with spaces as `_` and dashes unchanged (actions/runner,
 * Handler.cs). Values are trimmed as in @actions/core.
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
