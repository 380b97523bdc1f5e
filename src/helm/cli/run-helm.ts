import nodePath, { basename, type PlatformPath } from 'node:path';
import { redactSecrets } from '../../core/http/redact.ts';
import { type ProgramResult, runProgram } from '../../core/process/run-program.ts';
import { confinedHelm } from './confine-helm.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { helmEnvironment } from './helm-environment.ts';

export interface HelmLimits {
  readonly timeoutMilliseconds: number;
  readonly maximumOutputBytes: number;
}

/** For commands that read some files and print a few lines, without network access. */
export const offlineLimits: HelmLimits = { timeoutMilliseconds: 60_000, maximumOutputBytes: 4 * 1024 * 1024 };

/**
 * Ten times the memory for the largest of 67 real charts (105 MiB); the maximum output of 64 MiB needed 650 MiB. Two
 * such processes fit every runner.
 */
const maximumMemoryBytes = 1024 * 1024 * 1024;

export interface HelmCommand {
  readonly arguments: readonly string[];
  /** Private folder for Helm's own files. */
  readonly home: string;
  readonly limits: HelmLimits;
  /** Absolute paths to read, in addition to the work folder and temporary files. */
  readonly reads: readonly string[];
  /** Absolute path of a repositories.yaml. */
  readonly repositories?: string | undefined;
}

export async function runHelm(
  helm: Pick<Helm, 'path'>,
  command: HelmCommand,
  context: HelmContext,
): Promise<ProgramResult> {
  const { environment, temporary, workFolder, log } = context;
  const files = { reads: [...command.reads, workFolder], temporary };
  const confined = await confinedHelm(helm.path, command.arguments, files, log);
  const running = runProgram(confined?.program ?? helm.path, {
    name: basename(helm.path),
    arguments: confined?.arguments ?? command.arguments,
    environment: helmEnvironment(environment, command.home, command.repositories),
    folder: helmFolder(temporary),
    ...command.limits,
    maximumMemoryBytes,
    signal: context.signal,
  });
  context.onStart?.();
  return await running;
}

/**
 * The working folder of helm. Relative paths in charts must not resolve to the user's files. Windows removes no folder
 * that a program is in, so there it is the root of the drive: a relative path leads no further than an absolute one.
 */
export function helmFolder(temporary: string, paths: PlatformPath = nodePath): string {
  return paths.sep === '/' ? temporary : paths.parse(temporary).root;
}

/** The error message of Helm, without its prefix, its hint about a flag, and secrets in URLs. */
export function helmReason(result: ProgramResult): string {
  const from = result.stderr.search(/^Error: /m);
  const text = from < 0 ? result.stderr : result.stderr.slice(from + 'Error: '.length);
  const reported = text.replace(/(?<!\n)\n+Use --debug flag to render out invalid YAML\s*$/, '').trim();
  return reported === ''
    ? `helm exited with code ${result.exitCode} and no error message`
    : truncate(redactSecrets(reported.slice(0, maximumReasonLength * 4)));
}

/** `fail` in a chart can print any length. Messages of Helm, including schema errors, are shorter than this. */
const maximumReasonLength = 8000;

function truncate(text: string): string {
  return text.length <= maximumReasonLength ? text : `${text.slice(0, maximumReasonLength)} …`;
}
