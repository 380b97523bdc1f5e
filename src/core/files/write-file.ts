import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ChartImagesError, isFullOrReadOnly, notWritable } from '../errors.ts';
import { tidyUp } from '../tidy-up.ts';
import { createFolder } from './create-folder.ts';

export interface WriteOptions {
  /** Permission bits. Default: 0o644. Secrets need 0o600. */
  readonly mode?: number;
}

/** Readers see the old or the new content, never a part. Creates the folder if it is missing. */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const folder = dirname(path);
  // In the same folder, because a rename is only atomic within one file system.
  const partial = join(folder, `.${basename(path)}.${crypto.randomUUID()}.partial`);
  await createFolder(folder);
  try {
    await writeFile(partial, content, { mode: options.mode ?? 0o644, flag: 'wx' });
    await rename(partial, path);
  } catch (error) {
    await tidyUp(partial);
    throw error;
  }
}

/** A file whose path is the value of an input. */
export interface NamedOutput {
  /** How messages name it: `the lock file`. */
  readonly label: string;
  readonly kind: 'file' | 'folder';
  readonly input: string;
}

/**
 * Writes a file to a path of the user. Throws `not-writable` if the disk is full or read-only, and `invalid-input` for
 * all other errors.
 */
export async function writeNamedFile(
  path: string,
  content: string,
  { label, kind, input }: NamedOutput,
): Promise<void> {
  try {
    await writeFileAtomically(path, content);
  } catch (cause) {
    if (isFullOrReadOnly(cause)) throw notWritable(path, cause);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChartImagesError('invalid-input', `Cannot write ${label} to ${path}: ${reason}.`, {
      advice: `Set the input ${input} to a ${kind} that this run can write to.`,
      cause,
    });
  }
}
