import { isAbsolute, relative, sep } from 'node:path';

/** A path as reports and annotations show it: relative to the work folder if it is inside, with `/` as separator. */
export function displayPath(path: string, workFolder: string): string {
  return toPosixPath(isInside(path, workFolder) ? relative(workFolder, path) || '.' : path);
}

/** The display path of a file in a folder. GitHub matches no annotation whose path starts with `./`. */
export function displayPathIn(folder: string, path: string): string {
  return folder === '.' ? path : `${folder}/${path}`;
}

/** True if the path is the folder or inside of it. Both must be absolute. Links are not followed. */
export function isInside(path: string, folder: string): boolean {
  const suffix = relative(folder, path);
  return suffix !== '..' && !suffix.startsWith(`..${sep}`) && !isAbsolute(suffix);
}

export function toPosixPath(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
