import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface TemporaryFolder {
  /** Absolute path; only this user may look into it. */
  readonly path: string;
  /** Removes the folder and all in it; harmless when done twice. */
  remove(): Promise<void>;
}

const living = new Set<string>();
let watching = false;

/**
 * Makes an empty folder below `parent` that never outlives the process: it is removed by `remove`, and, for a run that
 * is cancelled and ends without coming back, when the process exits.
 */
export async function createTemporaryFolder(parent: string, prefix: string): Promise<TemporaryFolder> {
  removeAtExit();
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, `${prefix}-`));
  living.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, removal);
      living.delete(path);
    },
  };
}

/** Virus scanners on Windows hold files open for a moment, hence the retries. */
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

function removeAtExit(): void {
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const path of living) rmSync(path, { recursive: true, force: true });
  });
}
