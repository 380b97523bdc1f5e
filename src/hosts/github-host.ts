import { appendFile, stat } from 'node:fs/promises';
import { keptFolder, temporaryFolder, userToolCache } from './folders.ts';
import { followInLog } from './follow-in-log.ts';
import { givenInputs } from './given-inputs.ts';
import type { Host } from './host.ts';
import { neutralise } from './neutralise.ts';
import { Screen } from './screen.ts';
import { boundSummary, summaryBytes } from './summary.ts';
import type { Surroundings } from './surroundings.ts';

/** A step of GitHub Actions. Commands, outputs and their escaping are @actions/core's. */
export async function openGithubHost(surroundings: Surroundings): Promise<Host> {
  const core = await import('@actions/core');
  const { env, writeOut } = surroundings;
  const screen = new Screen();
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
      // Not `::warning::`: a step shows only ten of those, and they belong to the findings.
      warning: (message) => tell(`warning: ${message}`),
    },
    explainCredentials: debug,
    folders: {
      work: env['GITHUB_WORKSPACE'] || surroundings.cwd,
      temporary: temporaryFolder(runnerTemporary, surroundings),
      toolCache: env['RUNNER_TOOL_CACHE'] || userToolCache(surroundings),
    },
    reportFolder: keptFolder(runnerTemporary),
    secretMask: screen.mask,
    mask: (secret) => {
      for (const text of screen.hide(secret)) core.setSecret(text);
    },
    maskIssued: (token) => {
      for (const text of screen.hideIssued(token)) core.setSecret(text);
    },
    group: async (title, work) => await core.group(screen.line(title), work),
    follow: async (read, work) => await followInLog(read, work, { line: tell }),
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
    display: { colour: 'plain' },
    print: (face) => print(neutralise(face.table)),
    finish: (exit, reason) => {
      if (exit !== 0 && reason !== '') print(neutralise(reason));
      surroundings.setExitCode(exit);
    },
  };
}

/**
 * The runner passes every declared input, unset ones as `''`, and those that are not declared as well; upper-cased, blanks
 * as `_`, with the dash kept (actions/runner, Handler.cs). Blanks around a value are dropped as @actions/core does.
 */
export function githubInputs(env: Surroundings['env']): Readonly<Record<string, string>> {
  const entries = Object.entries(env)
    .filter(([variable]) => variable.startsWith('INPUT_'))
    .map(([variable, value]) => [variable.slice('INPUT_'.length).toLowerCase(), value?.trim() ?? ''] as const);
  return givenInputs(entries);
}

/** Written by hand because the summary of @actions/core knows no bound. Older GitHub servers have no summaries. */
async function appendSummary(file: string | undefined, markdown: string): Promise<void> {
  if (file === undefined || file === '') return;
  const written = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  await appendFile(file, boundSummary(markdown, summaryBytes - written));
}
