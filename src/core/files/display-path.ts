import { isAbsolute, relative, sep } from 'node:path';

/** A path as reports and annotations show it: relative to the work folder where it lies below it, `/` as separator. */
export function displayPath(path: string, workFolder: string): string {
  return toPosixPath(isInside(path, workFolder) ? relative(workFolder, path) || '.' : path);
}

/** True when the path is the folder or lies below it. Both absolute; links are not followed. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

export function toPosixPath(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
