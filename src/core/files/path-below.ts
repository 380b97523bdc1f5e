import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathFrom } from './path-spelling.ts';

/**
 * The path from a folder to a path in it, whichever way leads there: links, other spellings of its name, and mounts.
 * Empty for the folder itself, undefined if it is outside. Both must be absolute; the end of the path may not exist.
 */
export async function pathBelow(path: string, folder: string): Promise<string | undefined> {
  const wanted = await identityOf(folder);
  if (wanted === undefined) return pathFrom(folder, path);
  // First as it is written: links in the folder are part of the path.
  return (await suffixOf(path, wanted)) ?? (await suffixOf(await realEnd(path), wanted));
}

/**
 * A path in `folder` with the names that the folders list, where a file system ignores their case. Unchanged if it does
 * not exist.
 */
export async function asOnDisk(
  path: string,
  folder: string,
  list: ListNames = async (each) => await readdir(each),
): Promise<string> {
  let at = folder;
  const parts: string[] = [];
  for (const part of path === '' ? [] : path.split(sep)) {
    // A folder that cannot be listed, or does not exist.
    const names: readonly string[] = await list(at).catch(() => []);
    const other = names.includes(part) ? undefined : names.find((each) => each.toLowerCase() === part.toLowerCase());
    const name = other !== undefined && (await isSame(join(at, other), join(at, part))) ? other : part;
    parts.push(name);
    at = join(at, name);
  }
  return parts.join(sep);
}

/**
 * A path in the folder with the names on disk, for reports and annotations: reviews match them with case. Both must be
 * absolute. Unchanged on Linux, whose file systems distinguish case.
 */
export async function pathOnDisk(
  path: string,
  folder: string,
  { platform = process.platform, list }: DiskNames = {},
): Promise<string> {
  const below = platform === 'linux' ? undefined : pathFrom(folder, path);
  return below === undefined ? path : join(folder, await asOnDisk(below, folder, list));
}

interface DiskNames {
  readonly platform?: NodeJS.Platform;
  readonly list?: ListNames;
}

type ListNames = (folder: string) => Promise<readonly string[]>;

async function isSame(one: string, other: string): Promise<boolean> {
  const identity = await identityOf(one);
  return identity !== undefined && identity === (await identityOf(other));
}

async function suffixOf(path: string, wanted: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    if ((await identityOf(at)) === wanted) return relative(at, path);
    if (dirname(at) === at) return undefined;
  }
}

/** Undefined if it does not exist, or if the file system numbers no files. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return ino === 0n ? undefined : `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The path without links in the part of it that exists. */
async function realEnd(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return join(real, relative(at, path));
    if (dirname(at) === at) return path;
  }
}
