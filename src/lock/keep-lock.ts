import { readText } from '../files/read-file.ts';
import { writeFileAtomically } from '../files/write-file.ts';
import type { Log } from '../log.ts';
import type { Resolution } from '../resolution/resolution.ts';
import { formatLock, type LockFile, lockOf } from './lock.ts';

/** A lock of a hundred charts has some hundred kilobytes; this is one of ten thousand images. */
export const maximumLockBytes = 4 * 1024 * 1024;

/**
 * Writes the lock file when everything was found: new images are added, those that no chart names any more are taken out, and
 * what was locked stays locked. A frozen file, and one that would not change, is not touched.
 */
export async function keepLock(
  resolutions: readonly Resolution[],
  file: LockFile | undefined,
  log: Log,
): Promise<void> {
  if (file === undefined || file.mode === 'frozen') return;
  const lock = lockOf(resolutions);
  if (lock === undefined) return log.info(`${file.name} is not written: not every image was found`);
  const text = formatLock(lock);
  if (file.lock !== undefined && text === (await readText(file.path, { maximumBytes: maximumLockBytes }))) return;
  await writeFileAtomically(file.path, text);
  log.info(`Wrote ${file.name} (${lock.images.size} ${lock.images.size === 1 ? 'image' : 'images'})`);
}
