import { basename } from 'node:path';
import { redactSecrets } from '../../core/http/redact.ts';
import { type ProgramResult, runProgram } from '../../core/process/run-program.ts';
import { confinedHelm } from './confine-helm.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { helmEnvironment } from './helm-environment.ts';

export interface HelmBounds {
  readonly timeoutMilliseconds: number;
  readonly maximumOutputBytes: number;
}

/** For commands that read some files and print a few lines; helm asks no host. */
export const offlineBounds: HelmBounds = { timeoutMilliseconds: 60_000, maximumOutputBytes: 4 * 1024 * 1024 };

/**
 * Ten times what helm needs for the largest of 67 real charts (105 MiB); 64 MiB of output, all that is read, took 650 MiB. Two at
 * once fit every runner.
 */
const maximumMemoryBytes = 1024 * 1024 * 1024;

export interface HelmCommand {
  readonly arguments: readonly string[];
  /** The private folder that all of helm's own files live in. */
  readonly home: string;
  readonly bounds: HelmBounds;
  /** Absolute paths that helm has to read beside the work folder and temporary files. */
  readonly reads: readonly string[];
  /** Absolute path of a repositories.yaml. */
  readonly repositories?: string;
}

export async function runHelm(
  helm: Pick<Helm, 'path'>,
  command: HelmCommand,
  access: HelmContext,
): Promise<ProgramResult> {
  const { environment, temporary, workFolder, log } = access;
  const files = { reads: [...command.reads, workFolder], temporary };
  const confined = await confinedHelm(helm.path, command.arguments, files, log);
  const running = runProgram(confined?.program ?? helm.path, {
    name: basename(helm.path),
    arguments: confined?.arguments ?? command.arguments,
    environment: helmEnvironment(environment, command.home, command.repositories),
    // Relative paths in charts must not find the user's files.
    folder: temporary,
    ...command.bounds,
    maximumMemoryBytes,
    signal: access.signal,
  });
  access.onStart?.();
  return await running;
}

/** Helm's own words for why it failed: without its prefix, its hint at a flag, and what is secret in the addresses it quotes. */
export function helmReason(result: ProgramResult): string {
  const from = result.stderr.search(/^Error: /m);
  const text = from < 0 ? result.stderr : result.stderr.slice(from + 'Error: '.length);
  const reported = text.replace(/(?<!\n)\n+Use --debug flag to render out invalid YAML\s*$/, '').trim();
  return reported === ''
    ? `it ended with exit code ${result.exitCode} and said nothing`
    : shortened(redactSecrets(reported.slice(0, longestReason * 4)));
}

/** A chart's `fail` can print anything; this is room for every message of helm's own, schema errors included. */
const longestReason = 8000;

function shortened(text: string): string {
  return text.length <= longestReason ? text : `${text.slice(0, longestReason)} …`;
}
