import { mkdir } from 'node:fs/promises';
import { handFiles } from '../files/handed-file.ts';
import { redactSecrets } from '../http/redact.ts';
import { type ProgramResult, runProgram } from '../process/run-program.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import { helmEnvironment } from './helm-environment.ts';

export interface HelmBounds {
  readonly timeoutMilliseconds: number;
  readonly maximumOutputBytes: number;
}

/**
 * Ten times what helm needs for the largest of 67 real charts (105 MiB); 64 MiB of output, all that is read, took 650 MiB. Two at
 * once fit every runner.
 */
const maximumMemoryBytes = 1024 * 1024 * 1024;

/** For commands that print a few lines and wait for hosts. */
export const networkBounds: HelmBounds = { timeoutMilliseconds: 300_000, maximumOutputBytes: 4 * 1024 * 1024 };

export interface HelmCommand {
  readonly arguments: readonly string[];
  /** The private folder that all of helm's own files live in. */
  readonly home: string;
  readonly bounds: HelmBounds;
  /** Without them helm asks everybody as nobody. */
  readonly logins?: HelmLogins;
}

/** Who helm is to registries and repositories, as texts of the files that it reads. */
export interface HelmLogins {
  /** Docker's config.json. */
  readonly registries: string;
  /** Helm's repositories.yaml. */
  readonly repositories: string;
}

export async function runHelm(
  helm: Pick<Helm, 'path'>,
  command: HelmCommand,
  access: HelmAccess,
): Promise<ProgramResult> {
  const { home, logins } = command;
  const run = (environment: Readonly<Record<string, string>>, descriptors: readonly number[]) => {
    const running = runProgram(helm.path, {
      arguments: command.arguments,
      environment,
      descriptors,
      // Relative paths in charts must not find the user's files.
      folder: access.temporary,
      ...command.bounds,
      maximumMemoryBytes,
      signal: access.signal,
    });
    access.onStart?.();
    return running;
  };
  if (logins === undefined) return await run(helmEnvironment(access.environment, home), []);
  await mkdir(home, { recursive: true });
  // Helm takes passwords from arguments, which every user of the machine can read, and from files.
  const files = await handFiles(home, [logins.registries, logins.repositories]);
  try {
    const [registries = '', repositories = ''] = files.paths;
    return await run(helmEnvironment(access.environment, home, { registries, repositories }), files.descriptors);
  } finally {
    await files.close();
  }
}

/** Helm's own words for why it failed: without its prefix, its hint at a flag, and what is secret in the addresses it quotes. */
export function helmReason(result: ProgramResult): string {
  const from = result.stderr.search(/^Error: /m);
  const text = from < 0 ? result.stderr : result.stderr.slice(from + 'Error: '.length);
  const told = text.replace(/(?<!\n)\n+Use --debug flag to render out invalid YAML\s*$/, '').trim();
  return told === ''
    ? `it ended with exit code ${result.exitCode} and said nothing`
    : shortened(redactSecrets(told.slice(0, longestReason * 4)));
}

/** A chart's `fail` can print anything; this is room for every message of helm's own, schema errors included. */
const longestReason = 8000;

function shortened(text: string): string {
  return text.length <= longestReason ? text : `${text.slice(0, longestReason)} …`;
}
