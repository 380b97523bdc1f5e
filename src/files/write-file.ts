import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface WriteOptions {
  /** Permission bits; 0o644 where nothing is said, 0o600 for secrets. */
  readonly mode?: number;
}

/** Writes a file so that readers see the old content or the new, never a part. Makes the folder where it lacks. */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const folder = dirname(path);
  // In the same folder: a rename is only atomic within one file system.
  const partial = join(folder, `.${basename(path)}.${crypto.randomUUID()}.partial`);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(partial, content, { mode: options.mode ?? 0o644, flag: 'wx' });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
