/**
 * Reads every file that is made or changed below some folders, while it is there and at the end. All at once, for other
 * work of the process would let a file go by that is there for a moment.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
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

export function watchFolders(folders: readonly string[]): FolderWatch {
  const before = new Set<string>();
  const seen = new Map<string, readonly [string, string]>();
  const states = new Map<string, string>();
  const look = (found: (path: string, content: string) => void): void => {
    for (const entry of folders.flatMap(filesIn)) {
      const path = join(entry.parentPath, entry.name);
      if (passedOver.test(path)) continue;
      // Gone meanwhile: what it held was seen before, or when a program was started.
      const state = unlessGone(() => statSync(path));
      if (state === undefined || state.size > largestBytes) continue;
      const now = `${state.ino} ${state.size} ${state.mtimeMs}`;
      if (states.get(path) === now) continue;
      states.set(path, now);
      found(path, unlessGone(() => readFileSync(path, 'latin1')) ?? '');
    }
  };
  look((path, content) => before.add(`${path}\0${content}`));
  let over = false;
  const note = (path: string, content: string) => {
    const key = `${path}\0${content}`;
    if (!before.has(key)) seen.set(key, [path, content]);
  };
  const watching = (async () => {
    while (!over) {
      look(note);
      await sleep(pause);
    }
    look(note);
  })();
  return {
    end: async () => {
      over = true;
      await watching;
      return [...seen.values()];
    },
  };
}

function filesIn(folder: string): readonly Dirent[] {
  const entries = unlessGone(() => readdirSync(folder, { recursive: true, withFileTypes: true }));
  return (entries ?? []).filter((entry) => entry.isFile());
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
