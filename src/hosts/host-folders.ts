import { mkdirSync, mkdtempSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { notWritable } from '../core/errors.ts';
import { removeNow } from '../core/tidy-up.ts';
import type { ProcessEnvironment } from './process-environment.ts';

/** Creates a folder that is removed when the process ends. Throws `not-writable`. */
export function temporaryFolder(parent: string, processEnvironment: ProcessEnvironment): string {
  const folder = makeFolder(parent);
  processEnvironment.atExit(() => removeNow(folder));
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

/** A path that is unique in the job, for files that must exist until the job ends. It is not created. */
export function jobScopedPath(parent: string): string {
  return join(resolve(parent), `chart-images-${crypto.randomUUID().slice(0, 8)}`);
}

/** The tool cache in the user's cache folder, by the convention of each system. */
export function userCacheFolder({
  env,
  home,
  platform,
}: Pick<ProcessEnvironment, 'env' | 'home' | 'platform'>): string {
  return join(userCache(env, home, platform), 'chart-images', 'tools');
}

function userCache(env: ProcessEnvironment['env'], home: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
  // The XDG base directory specification says to ignore relative paths.
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}
