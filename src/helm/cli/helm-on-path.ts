import { ChartImagesError } from '../../core/errors.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { runProgram } from '../../core/process/run-program.ts';
import type { Helm } from './helm.ts';
import { helmEnvironment } from './helm-environment.ts';

/** Milliseconds. `helm version` takes about 50, but a virus scanner can delay the first start. */
const versionTimeout = 30_000;
const versionBytes = 64 * 1024;

export interface HelmLookupOptions {
  /** The variables of this process, including PATH. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; kept until the end of the run. */
  readonly temporary: string;
  readonly signal: AbortSignal;
}

/** Undefined if there is no helm, or if the program of that name is not Helm. */
export async function findHelmOnPath(options: HelmLookupOptions): Promise<Helm | undefined> {
  const path = await findExecutable('helm', options.environment);
  if (path === undefined) return undefined;
  const version = await versionOf(path, options);
  return version === undefined ? undefined : { path, version };
}

/** The program's version without `v`. Undefined if it does not run or its output is not that of Helm. */
export async function versionOf(path: string, options: HelmLookupOptions): Promise<string | undefined> {
  try {
    const result = await runProgram(path, {
      arguments: ['version', '--template', '{{.Version}}'],
      environment: helmEnvironment(options.environment, options.temporary),
      timeoutMilliseconds: versionTimeout,
      maximumOutputBytes: versionBytes,
      signal: options.signal,
    });
    return /^v(\d+\.\d+\S*)\s*$/.exec(result.stdout)?.[1];
  } catch (error) {
    if (error instanceof ChartImagesError && error.code === 'cancelled') throw error;
    return undefined;
  }
}
