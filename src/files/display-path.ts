import { isAbsolute, relative, sep } from 'node:path';

/** A path as reports and annotations show it: relative to the work folder where it lies below it, `/` as separator. */
export function displayPath(path: string, workFolder: string): string {
  return withSlashes(isBelow(path, workFolder) ? relative(workFolder, path) || '.' : path);
}

/** True when the path is the folder or lies below it. Both absolute; links are not followed. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

export function withSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
