import { ChartImagesError } from '../../core/errors.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { runProgram } from '../../core/process/run-program.ts';
import type { Helm } from './helm.ts';
import { helmEnvironment } from './helm-environment.ts';

/** Telling its version takes helm some 50 milliseconds; a virus scanner may look at the program first. */
const versionTimeout = 30_000;
const versionBytes = 64 * 1024;

export interface HelmLookupOptions {
  /** The variables of this process, PATH among them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folder for what lives as long as the run. */
  readonly temporary: string;
  readonly signal: AbortSignal;
}

/** The first helm on PATH; undefined when there is none, or something else goes by its name. */
export async function findHelmOnPath(surroundings: HelmLookupOptions): Promise<Helm | undefined> {
  const path = await findExecutable('helm', surroundings.environment);
  if (path === undefined) return undefined;
  const version = await versionOf(path, surroundings);
  return version === undefined ? undefined : { path, version };
}

/** What the program says of its version, without `v`; undefined when it does not run or does not talk like helm. */
export async function versionOf(path: string, surroundings: HelmLookupOptions): Promise<string | undefined> {
  try {
    const result = await runProgram(path, {
      arguments: ['version', '--template', '{{.Version}}'],
      environment: helmEnvironment(surroundings.environment, surroundings.temporary),
      timeoutMilliseconds: versionTimeout,
      maximumOutputBytes: versionBytes,
      signal: surroundings.signal,
    });
    return /^v(\d+\.\d+\S*)\s*$/.exec(result.stdout)?.[1];
  } catch (error) {
    if (error instanceof ChartImagesError && error.code === 'cancelled') throw error;
    return undefined;
  }
}
