import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface TemporaryFolder {
  /** Absolute. Only this user has access. */
  readonly path: string;
  /** Removes the folder and its content. May be called again. */
  remove(): Promise<void>;
}

const existing = new Set<string>();
let isListening = false;

/**
 * Creates an empty folder in `parent` that never outlives the process: if a canceled run doesn't call `remove`, the
 * folder is removed when the process exits.
 */
export async function createTemporaryFolder(parent: string, prefix: string): Promise<TemporaryFolder> {
  removeAtExit();
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, `${prefix}-`));
  existing.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, removal);
      existing.delete(path);
    },
  };
}

/** With retries, because virus scanners on Windows keep files open for a moment. */
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

function removeAtExit(): void {
  if (isListening) return;
  isListening = true;
  process.once('exit', () => {
    for (const path of existing) rmSync(path, { recursive: true, force: true });
  });
}
