import { ChartImagesError } from '../../core/errors.ts';
import { toPosixPath } from '../../core/files/display-path.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { type ProgramResult, runProgram } from '../../core/process/run-program.ts';
import { overridesOf, readConfigEntries } from './git-overrides.ts';

export interface GitContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute: a folder in the checkout. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /**
   * Absolute paths of checkouts to use although they belong to another user (`safe.directory`), as in the container
   * of a job. Only below the workspace of a host.
   */
  readonly trusted?: readonly string[];
}

/** `environment` extends the fixed variables. `input` is the standard input. */
export interface GitCall {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export type Git = (args: readonly string[], call?: GitCall) => Promise<ProgramResult>;

/** Fetching a commit of a large repository takes a minute on a slow connection. */
const timeoutMilliseconds = 180_000;

/** Only names, small files, and errors are read. */
const maximumOutputBytes = 1024 * 1024;

/**
 * Variables that Git needs for its configuration, network, and SSH agent. Excludes inputs of this run and variables
 * that select another repository.
 */
const allowedVariables =
  /^(PATH|HOME|USER|LOGNAME|TEMP|TMP|TMPDIR|XDG_CONFIG_HOME|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|HOMEDRIVE|HOMEPATH|(HTTP|HTTPS|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|SSH_AUTH_SOCK|GIT_SSH|GIT_SSH_COMMAND|GIT_SSL_.*|GIT_CONFIG_.*)$/i;

/**
 * Overrides the repository: no hooks, no file system monitor, no maintenance, and no bare repository inside of the
 * checkout (safe.bareRepository).
 */
const safeConfig = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'safe.bareRepository=explicit',
  // Otherwise, git on Windows creates no path with more than 260 characters.
  'core.longpaths=true',
  'gc.auto=0',
  'maintenance.auto=false',
];

/** Overrides `protocol.*.allow` and `url.*.insteadOf`, because `ext::` and remote helpers run programs. */
const protocols = 'file:http:https:ssh';

/**
 * Git in a checkout. Undefined if not installed. Programs from the configuration of the checkout are disabled, other
 * settings apply. A failed command is a result. Throws the errors of `runProgram`, and `process-failed`.
 */
export async function createGit({ environment, folder, signal, trusted = [] }: GitContext): Promise<Git | undefined> {
  const program = await findExecutable('git', environment);
  if (program === undefined) return undefined;
  const visible = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && allowedVariables.test(name) ? [[name, value] as const] : [],
  );
  // English messages, and no prompts.
  const own = {
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: protocols,
    // Otherwise refs/replace could replace the rules of the base.
    GIT_NO_REPLACE_OBJECTS: '1',
  };
  const ownership = trusted.map((path) => `safe.directory=${toPosixPath(path)}`);
  const start = (overrides: readonly string[], args: readonly string[], { environment: more, input }: GitCall) =>
    runProgram(program, {
      arguments: [...[...safeConfig, ...ownership, ...overrides].flatMap((setting) => ['-c', setting]), ...args],
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

/** First line of the output. Undefined if Git fails or prints nothing. */
export async function gitLine(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await git(args);
  return exitCode === 0 ? stdout.split('\n')[0]?.trim() || undefined : undefined;
}

const certificateAdvice = 'Git has certificate authorities of its own: set GIT_SSL_CAINFO to the file of ca-file';

/** Last error message of Git, without its full stop. */
export function lastError({ stderr, exitCode }: ProgramResult): string {
  const lines = stderr.split('\n').filter((line) => /^(fatal|error):/.test(line));
  const message = (lines.at(-1) ?? `git exited with code ${exitCode}`)
    .replace(/^(fatal|error): /, '')
    .trim()
    .replace(/\.$/, '');
  return /\bcertificate\b/i.test(message) ? `${message} (${certificateAdvice})` : message;
}

export function gitError(message: string, advice: string): ChartImagesError {
  return new ChartImagesError('process-failed', message, { advice });
}
