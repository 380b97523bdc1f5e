import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../core/log.ts';
import type { ReleaseFile } from './release-file.ts';

/** azure/setup-helm and HelmInstaller@1 keep theirs under the same name, so releases are shared with them. */
const tool = 'helm';

export interface ToolCacheFolders {
  readonly toolCache: string;
  readonly temporary: string;
}

export interface CachedRelease {
  readonly path: string;
  readonly version: string;
}

type ToolCache = typeof import('@actions/tool-cache');

/** The newest cached release that satisfies a version or a range. */
export async function findCached(
  wanted: string,
  program: string,
  folders: ToolCacheFolders,
  log: Log,
): Promise<CachedRelease | undefined> {
  return await withToolCacheEnvironment(folders, log, async (cache) => {
    const folder = cache.find(tool, wanted);
    // `<cache>/helm/<version>/<arch>`; the archive's own folder is kept inside.
    const version = folder.split(/[\\/]/).at(-2) ?? '';
    const path = join(folder, program);
    return folder !== '' && existsSync(path) ? { path, version } : undefined;
  });
}

/** Unpacks a release whose sum was verified: what helm's own people packed needs no further bounds. */
export async function unpackRelease(
  file: ReleaseFile,
  archive: string,
  target: string,
  folders: ToolCacheFolders,
  log: Log,
): Promise<void> {
  await withToolCacheEnvironment(folders, log, async (cache) => {
    if (file.form === 'zip') await cache.extractZip(archive, target);
    else await cache.extractTar(archive, target);
  });
}

/**
 * Keeps an unpacked release for later runs. When another job finished the same one in the meantime, that is kept:
 * replacing a release takes it away from jobs that run it.
 */
export async function saveToCache(
  unpacked: string,
  version: string,
  folders: ToolCacheFolders,
  log: Log,
): Promise<void> {
  await withToolCacheEnvironment(folders, log, async (cache) => {
    if (cache.find(tool, version) === '') await cache.cacheDir(unpacked, tool, version);
  });
}

/** What `withToolCache` changes is the process's own, so only one work at a time may find it changed. */
let toolCacheLock: Promise<unknown> = Promise.resolve();

/**
 * @actions/tool-cache knows its folders only from the environment, and writes workflow commands (`::debug::`) and the
 * programs it starts (`[command]`) to standard output, which in a terminal belongs to the report. Both are set right
 * for as long as the work lasts.
 */
async function withToolCacheEnvironment<Result>(
  folders: ToolCacheFolders,
  log: Log,
  work: (cache: ToolCache) => Promise<Result>,
): Promise<Result> {
  const turn = toolCacheLock.then(() => useToolCache(folders, log, work));
  toolCacheLock = turn.catch(() => {});
  return await turn;
}

async function useToolCache<Result>(
  folders: ToolCacheFolders,
  log: Log,
  work: (cache: ToolCache) => Promise<Result>,
): Promise<Result> {
  const cache = await import('@actions/tool-cache');
  const before = { RUNNER_TOOL_CACHE: process.env['RUNNER_TOOL_CACHE'], RUNNER_TEMP: process.env['RUNNER_TEMP'] };
  setVariables({ RUNNER_TOOL_CACHE: folders.toolCache, RUNNER_TEMP: folders.temporary });
  const write = process.stdout.write;
  // The one place that stands in for an overloaded method: all its forms begin with what is written.
  process.stdout.write = function (this: typeof process.stdout, ...parts: Parameters<typeof write>): boolean {
    const [chunk] = parts;
    if (typeof chunk !== 'string' || !/^(?:::debug::|\[command\])/.test(chunk)) return write.apply(this, parts);
    log.debug(chunk.replace(/^::debug::/, '').trimEnd());
    return true;
  } as typeof write;
  try {
    return await work(cache);
  } finally {
    process.stdout.write = write;
    setVariables(before);
  }
}

function setVariables(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
