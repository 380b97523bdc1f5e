import nodePath, { type PlatformPath } from 'node:path';

/** `\\?\C:\a`, `\\.\C:\a` and `//?/C:/a`: the same as `C:\a`, but `?` and `.` are no names of it. */
const devicePrefix = /^[\\/]{2}[?.][\\/](?=[a-z]:[\\/])/i;
const deviceShare = /^[\\/]{2}[?.][\\/]UNC[\\/]/i;

/** A path without the prefix that Windows accepts for long paths. Others are unchanged. */
export function withoutDevicePrefix(path: string, { sep }: PlatformPath = nodePath): string {
  return sep === '/' ? path : path.replace(deviceShare, '\\\\').replace(devicePrefix, '');
}

/**
 * The path from a folder to a path in it, empty for the folder itself. Undefined if it is outside. Both must be
 * absolute; on Windows, case is ignored. Links are not followed.
 */
export function pathFrom(folder: string, path: string, paths: PlatformPath = nodePath): string | undefined {
  const from = withoutDevicePrefix(folder, paths);
  const suffix = paths.relative(from, withoutDevicePrefix(path, paths));
  return suffix === '..' || suffix.startsWith(`..${paths.sep}`) || paths.isAbsolute(suffix) ? undefined : suffix;
}

/** A path as the user typed it, absolute: relative ones start at the folder. */
export function absolutePath(typed: string, folder: string, paths: PlatformPath = nodePath): string {
  return paths.resolve(withoutDevicePrefix(folder, paths), withoutDevicePrefix(typed, paths));
}
