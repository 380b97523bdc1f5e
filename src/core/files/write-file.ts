import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ChartImagesError, isFullOrReadOnly, notWritable } from '../errors.ts';

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

/** What an input of the user's names to be written. */
export interface NamedOutput {
  /** Begins the sentence of the error: `The lock file`. */
  readonly called: string;
  readonly kind: 'file' | 'folder';
  readonly input: string;
}

/**
 * Writes a file at a place that the user has named. Throws `invalid-input` where the place can't be written to, `not-writable`
 * where the disk is full or read-only.
 */
export async function writeNamedFile(
  path: string,
  content: string,
  { called, kind, input }: NamedOutput,
): Promise<void> {
  try {
    await writeFileAtomically(path, content);
  } catch (cause) {
    if (isFullOrReadOnly(cause)) throw notWritable(path, cause);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ChartImagesError('invalid-input', `${called} could not be written to ${path}: ${why}.`, {
      advice: `Name a ${kind} that this run may write to in the input ${input}.`,
      cause,
    });
  }
}
