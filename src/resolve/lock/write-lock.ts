import { readText } from '../../core/files/read-file.ts';
import { writeNamedFile } from '../../core/files/write-file.ts';
import type { Log } from '../../core/log.ts';
import type { Resolution } from '../resolution.ts';
import { joinNames } from '../use-text.ts';
import { createLock, formatLock, type LockFile, staleEntries } from './lock.ts';

/** Enough for ten thousand images. A lock of a hundred charts has some hundred kilobytes. */
export const maximumLockBytes = 4 * 1024 * 1024;

/**
 * Writes the lock file if all images were found: adds new images, drops unused ones, and keeps existing entries.
 * Frozen and unchanged files are not written. Logs unused entries, because other charts may need them. Throws
 * `invalid-input`.
 */
export async function writeLock(
  resolutions: readonly Resolution[],
  file: LockFile | undefined,
  log: Log,
): Promise<void> {
  if (file === undefined) return;
  const unnamed = staleEntries(file.lock, resolutions);
  const reported = unnamed.length === 0 ? '' : `${joinNames(unnamed)}, which no chart of this run uses`;
  if (file.mode === 'frozen') {
    if (reported !== '') log.info(`${file.name} lists ${reported}`);
    return;
  }
  const lock = createLock(resolutions);
  if (lock === undefined) return log.info(`Skipped ${file.name}: not every image was found`);
  const text = formatLock(lock);
  if (file.lock !== undefined && text === (await readText(file.path, { maximumBytes: maximumLockBytes }))) return;
  await writeNamedFile(file.path, text, { label: 'the lock file', kind: 'file', input: 'lock-file' });
  if (reported !== '') log.info(`Removed from ${file.name}: ${reported}`);
  log.info(`Wrote ${file.name} (${lock.images.size} ${lock.images.size === 1 ? 'image' : 'images'})`);
}
