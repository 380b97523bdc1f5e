import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNotFoundError } from './read-file.ts';

/**
 * Creates a folder and its parents. Node's own `recursive` never ends where an existing parent reports a new folder as
 * not found, as /proc does.
 */
export async function createFolder(folder: string): Promise<void> {
  try {
    await createOne(folder);
  } catch (error) {
    const parent = dirname(folder);
    if (!isNotFoundError(error) || parent === folder) throw error;
    await createFolder(parent);
    await createOne(folder);
  }
}

/** An existing folder is enough. */
async function createOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const isThere = await stat(folder).then(
      (entry) => entry.isDirectory(),
      () => false,
    );
    if (!isThere) throw error;
  }
}
