import { stat } from 'node:fs/promises';
import nodePath, { type PlatformPath } from 'node:path';
import { withoutDevicePrefix } from './path-spelling.ts';

/** A folder, and a pattern for paths in it. */
export interface GlobStart {
  /** Absolute. Nothing in it is part of the pattern. */
  readonly folder: string;
  /** With `/` as separator. */
  readonly pattern: string;
}

export interface GlobOptions {
  readonly onlyFiles: 'only files' | 'files and folders';
  /** Whether links to folders are walked. */
  readonly links: 'follow' | 'skip';
  readonly ignore?: readonly string[];
}

/** A pattern as globs take it: with `/` as separator, without the prefix that Windows accepts for long paths. */
export function toGlob(typed: string, paths: PlatformPath = nodePath): string {
  const plain = withoutDevicePrefix(typed, paths);
  return paths.sep === '/' ? plain : plain.replaceAll('\\', '/');
}

/**
 * Where a pattern starts: its leading folders without special characters, and then also with those that a folder has in
 * its name, such as `Program Files (x86)`. Relative patterns start at `base`.
 */
export async function globStarts(
  pattern: string,
  base: string,
  paths: PlatformPath = nodePath,
  isFolder: (path: string) => Promise<boolean> = isFolderHere,
): Promise<readonly GlobStart[]> {
  const { isDynamicPattern } = await import('tinyglobby');
  const parts = pattern.split('/');
  const starts: GlobStart[] = [];
  const isSpecial = (part: string) => isDynamicPattern(part) || part.includes('{');
  for (let at = parts.findIndex(isSpecial); at >= 0 && at < parts.length; at += 1) {
    const folder = at === 0 ? base : paths.resolve(base, `${parts.slice(0, at).join('/')}/`);
    const rest = parts.slice(at);
    if (starts.length > 0 && !(await isFolder(folder))) break;
    if (rest.some(isSpecial)) starts.push({ folder, pattern: rest.join('/') });
  }
  return distinctStarts(starts, isSpecial);
}

/** Absolute paths, sorted, of all starts. */
export async function globFrom(
  starts: readonly GlobStart[],
  { onlyFiles, links, ignore }: GlobOptions,
): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby');
  const found = await Promise.all(
    starts.map(({ folder, pattern }) =>
      glob(pattern, {
        cwd: folder,
        absolute: true,
        onlyFiles: onlyFiles === 'only files',
        expandDirectories: false,
        followSymbolicLinks: links === 'follow',
        caseSensitiveMatch: process.platform !== 'win32',
        ...(ignore !== undefined && { ignore: [...ignore] }),
      }),
    ),
  );
  return [...new Set(found.flat().map((path) => nodePath.resolve(path)))].sort();
}

/** The first, and the last of each run of folders: those between them only lead to the same paths. */
function distinctStarts(starts: readonly GlobStart[], isSpecial: (part: string) => boolean): readonly GlobStart[] {
  return starts.filter(({ pattern }, index) => {
    const [first = ''] = pattern.split('/');
    return index === 0 || isSpecial(first);
  });
}

async function isFolderHere(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
