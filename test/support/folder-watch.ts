/** Reads every file that is made or changed below some folders, while it is there and at the end. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds; files that live shorter are seen by `recording-programs.ts`, which looks whenever a program starts. */
const pause = 20;

/** Larger ones are charts and layers. */
const largestBytes = 1024 * 1024;

/** The bundle, which hosts copy; and what the test itself writes a run's inputs into, as users do. */
const passedOver = /\/(dist\/[\w./-]+|\.git\/.*|\.github\/workflows\/[\w.-]+)$/;

export interface FolderWatch {
  /** Ends the watch: path and content of what was not there, or was something else, at its beginning. */
  end(): Promise<readonly (readonly [string, string])[]>;
}

export async function watchFolders(folders: readonly string[]): Promise<FolderWatch> {
  const before = new Set<string>();
  const seen = new Map<string, readonly [string, string]>();
  const states = new Map<string, string>();
  const look = async (found: (path: string, content: string) => void): Promise<void> => {
    for (const folder of folders) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const path = join(entry.parentPath, entry.name);
        if (!entry.isFile() || passedOver.test(path)) continue;
        const state = await stat(path).catch(() => undefined);
        if (state === undefined || state.size > largestBytes) continue;
        const now = `${state.ino} ${state.size} ${state.mtimeMs}`;
        if (states.get(path) === now) continue;
        states.set(path, now);
        // Gone meanwhile: what it held was seen before, or when a program was started.
        const content = await readFile(path, 'latin1').catch(() => '');
        found(path, content);
      }
    }
  };
  await look((path, content) => before.add(`${path}\0${content}`));
  let over = false;
  const note = (path: string, content: string) => {
    const key = `${path}\0${content}`;
    if (!before.has(key)) seen.set(key, [path, content]);
  };
  const watching = (async () => {
    while (!over) {
      await look(note);
      await sleep(pause);
    }
    await look(note);
  })();
  return {
    end: async () => {
      over = true;
      await watching;
      return [...seen.values()];
    },
  };
}
