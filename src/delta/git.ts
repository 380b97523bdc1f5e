import { ChartImagesError } from '../errors.ts';
import { findProgram } from '../process/find-program.ts';
import { type ProgramResult, runProgram } from '../process/run-program.ts';

export interface GitAccess {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute: a folder in the checkout. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export type Git = (args: readonly string[], more?: Readonly<Record<string, string>>) => Promise<ProgramResult>;

/** A commit of a large repository takes a minute over a slow line. */
const timeoutMilliseconds = 180_000;

/** Only names, and complaints, are ever read. */
const maximumOutputBytes = 1024 * 1024;

/**
 * What git may see: enough to find its own configuration (where a checkout keeps the credentials of its remote), to reach hosts
 * and to speak with an agent for keys. Neither the inputs of this run nor variables that lead it to another repository.
 */
const kept =
  /^(PATH|HOME|USER|LOGNAME|TEMP|TMP|TMPDIR|XDG_CONFIG_HOME|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|HOMEDRIVE|HOMEPATH|(HTTP|HTTPS|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|SSH_AUTH_SOCK|GIT_SSH|GIT_SSH_COMMAND|GIT_SSL_.*|GIT_CONFIG_.*)$/i;

/** Settings of the command line win over those of the repository: nothing that it names is started, and nothing is tidied up. */
const settings = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'gc.auto=0', 'maintenance.auto=false'];

/** Git in a checkout; undefined where it is not installed. A failing git is a result; errors are those of `runProgram`. */
export async function openGit({ environment, folder, signal }: GitAccess): Promise<Git | undefined> {
  const program = await findProgram('git', environment);
  if (program === undefined) return undefined;
  const visible = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && kept.test(name) ? [[name, value] as const] : [],
  );
  // Words of messages in English, and no question to a person who is not there.
  const own = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', GIT_OPTIONAL_LOCKS: '0' };
  return (args, more = {}) =>
    runProgram(program, {
      arguments: [...settings.flatMap((setting) => ['-c', setting]), ...args],
      environment: { ...Object.fromEntries(visible), ...own, ...more },
      folder,
      timeoutMilliseconds,
      maximumOutputBytes,
      signal,
    });
}

/** The first line of what git prints; undefined when it fails or prints nothing. */
export async function askGit(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await git(args);
  return exitCode === 0 ? stdout.split('\n')[0]?.trim() || undefined : undefined;
}

/** The last complaint of a git that failed, on one line and without its full stop. */
export function complaintOf({ stderr, exitCode }: ProgramResult): string {
  const lines = stderr.split('\n').filter((line) => /^(fatal|error):/.test(line));
  return (lines.at(-1) ?? `git ended with ${exitCode}`)
    .replace(/^(fatal|error): /, '')
    .trim()
    .replace(/\.$/, '');
}

export function gitFault(message: string, advice: string): ChartImagesError {
  return new ChartImagesError('process-failed', message, { advice });
}
