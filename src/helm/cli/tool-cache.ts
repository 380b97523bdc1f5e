import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { ReleaseFile } from './release-file.ts';

/** The name that azure/setup-helm and HelmInstaller@1 use, so that releases are shared with them. */
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
    // `<cache>/helm/<version>/<arch>`, with the folder of the archive inside.
    const version = folder.split(/[\\/]/).at(-2) ?? '';
    const path = join(folder, program);
    return folder !== '' && existsSync(path) ? { path, version } : undefined;
  });
}

/** Has no limits, because the checksum of the release was verified. Throws `helm-missing`. */
export async function unpackRelease(
  file: ReleaseFile,
  archive: string,
  target: string,
  folders: ToolCacheFolders,
  log: Log,
): Promise<void> {
  try {
    await withToolCacheEnvironment(folders, log, async (cache) => {
      if (file.format === 'zip') await cache.extractZip(archive, target);
      else await cache.extractTar(archive, target);
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const program = file.format !== 'zip' ? 'tar' : process.platform === 'win32' ? 'PowerShell (pwsh)' : 'unzip';
    throw new ChartImagesError('helm-missing', `Cannot unpack ${file.name}: ${reason.replace(/\.$/, '')}.`, {
      advice: `Install ${program} on this machine, or install helm in an earlier step.`,
      cause,
    });
  }
}

/** Does not replace a release that another job saved in the meantime, because jobs can be running it. */
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

/** `useToolCache` changes state of the whole process, so only one call runs at a time. */
let toolCacheLock: Promise<unknown> = Promise.resolve();

/**
 * @actions/tool-cache reads its folders from the environment, and prints workflow commands (`::debug::`) and commands
 * (`[command]`) to standard output, which is for the report. Both are redirected while `work` runs.
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
  // The cast replaces an overloaded method; the first parameter of each overload is the chunk.
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
