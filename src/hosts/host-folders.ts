import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { notWritable } from '../core/errors.ts';
import type { ProcessEnvironment } from './process-environment.ts';

/** A new folder for this run, removed when the process ends, however it ends. Throws `not-writable`. */
export function temporaryFolder(parent: string, surroundings: ProcessEnvironment): string {
  const folder = makeFolder(parent);
  surroundings.atExit(() => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
    } catch {
      // Windows keeps a file that a dying child still holds; the outcome of the run matters more.
    }
  });
  return folder;
}

function makeFolder(parent: string): string {
  try {
    mkdirSync(parent, { recursive: true });
    return mkdtempSync(join(resolve(parent), 'chart-images-'));
  } catch (cause) {
    throw notWritable(`temporary files to ${parent}`, cause);
  }
}

/** A path, not made yet, that no other step of the job has: it must outlive the process until the job ends. */
export function jobScopedPath(parent: string): string {
  return join(resolve(parent), `chart-images-${crypto.randomUUID().slice(0, 8)}`);
}

/** Where the user's own machine keeps what can be fetched again, by the custom of each system. */
export function userCacheFolder({
  env,
  home,
  platform,
}: Pick<ProcessEnvironment, 'env' | 'home' | 'platform'>): string {
  return join(userCache(env, home, platform), 'chart-images', 'tools');
}

function userCache(env: ProcessEnvironment['env'], home: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
  // The XDG base directory specification has relative paths ignored.
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}
