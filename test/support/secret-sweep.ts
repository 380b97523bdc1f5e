/**
 * One run of the program with every place read to which a secret could come: what it prints, its summary, annotations,
 * outputs and commands, every file below its folders while it runs and afterwards, arguments and environment of every
 * program that it starts.
 *
 * Two things do not count. What was there before the run is the user's own (a config.json with a password). And the
 * commands that tell a runner what to hide (`::add-mask::`, `##vso[task.setsecret]`) hold the secret by design: the
 * runner takes them out of the log and masks it from then on. A terminal has no such commands, so there every line
 * counts.
 */
import { randomUUID } from 'node:crypto';
import { shownBy } from '../azure/secrets.ts';
import { testFolder } from './folder.ts';
import { watchFolders } from './folder-watch.ts';
import type { HostRequest, HostRun } from './host-run.ts';
import { watchProcesses } from './process-watch.ts';
import { recordPrograms, startRecording } from './recording-programs.ts';
import { formsOf } from './secret-forms.ts';
import { runInTerminal, type TerminalRun } from './terminal.ts';

export interface Swept<Run extends HostRun> {
  readonly run: Run;
  /** `location: the beginning of the secret`; empty is what a test wants. */
  readonly leaks: readonly string[];
  /** Names of the programs that were started, of those that are recorded. */
  readonly started: readonly string[];
  /**
   * How many texts of each kind were read, so that a test sees that it looked: `program`, `process`, `file`, `shown`.
   */
  readonly read: Readonly<Record<'program' | 'process' | 'file' | 'shown', number>>;
}

/** Runs at its most talkative. `secrets` is asked afterwards: some are made while the program runs. */
export async function sweepSecrets<Run extends HostRun>(
  start: (request: HostRequest) => Promise<Run>,
  request: HostRequest,
  secrets: () => Iterable<string>,
): Promise<Swept<Run>> {
  const records = await testFolder();
  const watched = [...new Set([request.home, request.work])];
  const path = [...(request.path ?? []), request.env?.['PATH'] ?? process.env['PATH'] ?? ''];
  const programs = await recordPrograms(path, watched, records);
  const processes = watchProcesses(randomUUID());
  const folders = watchFolders(watched);
  await startRecording(records);
  const { PATH, ...env } = request.env ?? {};
  const run = await start({
    ...request,
    path: [programs.folder, ...(request.path ?? []), ...(PATH === undefined ? [] : [PATH])],
    env: { RUNNER_DEBUG: '1', SYSTEM_DEBUG: 'true', ...env, ...processes.mark },
  });
  const seen = {
    process: await processes.end(),
    file: await folders.end(),
    program: await programs.seen(),
    shown: shownOf(run),
  };
  const texts = [...seen.program, ...seen.process, ...seen.file, ...seen.shown];
  return {
    run,
    leaks: leaksIn(texts, [...secrets()]),
    started: [...new Set(seen.program.map(([name]) => name.split(' ')[0] ?? ''))],
    read: {
      program: seen.program.length,
      process: seen.process.length,
      file: seen.file.length,
      shown: seen.shown.length,
    },
  };
}

/** A terminal that says all it can. */
export async function runTalkative(request: HostRequest): Promise<TerminalRun> {
  return await runInTerminal(request, '--debug', '--explain-credentials');
}

/** Texts are read as bytes, one character each, so forms have to be too. */
function leaksIn(texts: readonly (readonly [string, string])[], secrets: readonly string[]): readonly string[] {
  const leaks = secrets.flatMap((secret) => {
    const forms = formsOf(secret).map((form) => Buffer.from(form).toString('latin1'));
    return texts
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([place]) => `${place}: ${secret.slice(0, 40)}`);
  });
  return [...new Set(leaks)];
}

function shownOf(
  run: HostRun & { readonly commands?: readonly { readonly name: string }[] },
): readonly (readonly [string, string])[] {
  const isTerminal = 'stdout' in run;
  const { commands = [] } = run;
  const shown: readonly (readonly [string, string])[] = [
    ['log', isTerminal ? run.log : shownBy(run.log)],
    ['summary', run.summary],
    ['annotations', textOf(run.annotations)],
    ['outputs', textOf(run.outputs)],
    ['commands', textOf(commands.filter(({ name }) => name !== 'add-mask' && name !== 'task.setsecret'))],
  ];
  return shown.map(([place, text]) => [place, Buffer.from(text).toString('latin1')]);
}

/** All texts in a value as they are: written as JSON, one that is JSON itself would hide what it holds. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? Object.values(value).map(textOf).join('\n') : String(value);
}
