import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, silentLog } from './log.ts';

/** Files and folders that must not outlive the process. */
const remaining = new Set<string>();
let isListening = false;

/** Removes a file or folder when the process exits, unless `tidyUp` did so before. */
export function removeAtExit(path: string): void {
  remaining.add(path);
  if (isListening) return;
  isListening = true;
  process.once('exit', () => {
    for (const each of remaining) removeNow(each);
  });
}

/** With retries, because virus scanners on Windows keep files open for a moment. */
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

/**
 * Removes a file or folder that is no longer needed. Never fails, because the result of the run does not depend on it:
 * the reason is logged, and what is left is removed when the process exits.
 */
export async function tidyUp(path: string, log: Log = silentLog): Promise<void> {
  try {
    await rm(path, removal);
    remaining.delete(path);
  } catch (error) {
    removeAtExit(path);
    log.debug(`Cannot remove ${path} yet: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Windows removes no file that a program has open, and programs that were ended may need a moment. */
const lastTry = { recursive: true, force: true, maxRetries: 3, retryDelay: 50 } as const;

/**
 * Removes a file or folder at once. Never fails: if a part cannot be removed, all others are, because they may have
 * passwords.
 */
export function removeNow(path: string, remove: typeof rmSync = rmSync): void {
  if (succeeds(() => remove(path, { recursive: true, force: true }))) return;
  removeParts(path, remove);
  succeeds(() => remove(path, lastTry));
}

function removeParts(folder: string, remove: typeof rmSync): void {
  let entries: readonly { readonly name: string; isDirectory(): boolean }[] = [];
  succeeds(() => {
    entries = readdirSync(folder, { withFileTypes: true });
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeParts(path, remove);
    else succeeds(() => remove(path, { force: true }));
  }
  succeeds(() => rmdirSync(folder));
}

function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
