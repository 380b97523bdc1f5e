import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { removeAtExit, tidyUp } from '../tidy-up.ts';

export interface TemporaryFolder {
  /** Absolute. Only this user has access. */
  readonly path: string;
  /** Removes the folder and its content. May be called again. Never fails, see `tidyUp`. */
  remove(log?: Log): Promise<void>;
}

/**
 * Creates an empty folder in `parent` that never outlives the process: if a canceled run doesn't call `remove`, the
 * folder is removed when the process exits.
 */
export async function createTemporaryFolder(parent: string, prefix: string): Promise<TemporaryFolder> {
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, `${prefix}-`));
  removeAtExit(path);
  return { path, remove: (log) => tidyUp(path, log) };
}
