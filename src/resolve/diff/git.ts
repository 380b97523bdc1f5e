import { ChartImagesError } from '../../core/errors.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { type ProgramResult, runProgram } from '../../core/process/run-program.ts';
import { overridesOf, readConfigEntries } from './git-overrides.ts';

export interface GitAccess {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute: a folder in the checkout. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** `environment` comes on top of what git always gets, and `input` goes to its standard input. */
export interface GitCall {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export type Git = (args: readonly string[], call?: GitCall) => Promise<ProgramResult>;

/** A commit of a large repository takes a minute over a slow line. */
const timeoutMilliseconds = 180_000;

/** Only names, and complaints, are ever read. */
const maximumOutputBytes = 1024 * 1024;

/**
 * What git may see: enough to find its own configuration (where a checkout keeps the credentials of its remote), to reach hosts
 * and to speak with an agent for keys. Neither the inputs of this run nor variables that lead it to another repository.
 */
const allowedVariables =
  /^(PATH|HOME|USER|LOGNAME|TEMP|TMP|TMPDIR|XDG_CONFIG_HOME|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|HOMEDRIVE|HOMEPATH|(HTTP|HTTPS|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|SSH_AUTH_SOCK|GIT_SSH|GIT_SSH_COMMAND|GIT_SSL_.*|GIT_CONFIG_.*)$/i;

/**
 * Settings of the command line win over those of the repository: no hook and no monitor is started, nothing is tidied up, and a
 * repository without a work tree that lies among the files of a checkout is not taken for the checkout (safe.bareRepository).
 */
const safeConfig = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'safe.bareRepository=explicit',
  'gc.auto=0',
  'maintenance.auto=false',
];

/** How a remote may be reached, whatever `protocol.*.allow` and `url.*.insteadOf` say: `ext::` and helpers are programs. */
const protocols = 'file:http:https:ssh';

/**
 * Git in a checkout; undefined where it is not installed. What only the checkout's configuration would have it start is not
 * started; its other settings hold, the credentials of its remote among them. A failing git is a result; errors are those of
 * `runProgram`, and `process-failed` for a configuration that cannot be read.
 */
export async function createGit({ environment, folder, signal }: GitAccess): Promise<Git | undefined> {
  const program = await findExecutable('git', environment);
  if (program === undefined) return undefined;
  const visible = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && allowedVariables.test(name) ? [[name, value] as const] : [],
  );
  // Words of messages in English, and no question to a person who is not there.
  const own = {
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: protocols,
    // Or refs/replace could put other rules in place of the base's.
    GIT_NO_REPLACE_OBJECTS: '1',
  };
  const start = (overrides: readonly string[], args: readonly string[], { environment: more, input }: GitCall) =>
    runProgram(program, {
      arguments: [...[...safeConfig, ...overrides].flatMap((setting) => ['-c', setting]), ...args],
      environment: { ...Object.fromEntries(visible), ...own, ...more },
      folder,
      ...(input === undefined ? {} : { input }),
      timeoutMilliseconds,
      maximumOutputBytes,
      signal,
    });
  const overrides = await readOverrides((args) => start([], args, {}));
  return (args, call = {}) => start(overrides, args, call);
}

async function readOverrides(git: Git): Promise<readonly string[]> {
  const listed = await git(['config', '--list', '--show-scope', '-z']);
  const entries = listed.exitCode === 0 ? readConfigEntries(listed.stdout) : undefined;
  if (entries === undefined) {
    throw gitError(
      `Cannot read the Git configuration: ${lastError(listed)}.`,
      'Use Git 2.26 or newer, and check that git config --list works in the checkout.',
    );
  }
  const overrides = overridesOf(entries);
  if ('settings' in overrides) return overrides.settings;
  throw gitError(
    `Cannot disable a program in the Git configuration of the checkout: ${overrides.refused}.`,
    `Remove it: git config --unset-all ${overrides.refused}.`,
  );
}

/** The first line of what git prints; undefined when it fails or prints nothing. */
export async function gitLine(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await git(args);
  return exitCode === 0 ? stdout.split('\n')[0]?.trim() || undefined : undefined;
}

/** The last complaint of a git that failed, on one line and without its full stop. */
export function lastError({ stderr, exitCode }: ProgramResult): string {
  const lines = stderr.split('\n').filter((line) => /^(fatal|error):/.test(line));
  return (lines.at(-1) ?? `git exited with code ${exitCode}`)
    .replace(/^(fatal|error): /, '')
    .trim()
    .replace(/\.$/, '');
}

export function gitError(message: string, advice: string): ChartImagesError {
  return new ChartImagesError('process-failed', message, { advice });
}
