import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { isInside, toPosixPath } from '../core/files/display-path.ts';
import type { Annotation } from '../report/model/annotations.ts';
import { isSameRepository } from '../resolve/diff/repository-address.ts';

/** Converts a path from the work folder to the path that the host expects. */
export type ConvertPath = (file: string) => string;

/**
 * Paths from the top level of the checkout that the file is in, which may be below the work folder (`path:` of
 * actions/checkout) or around it. GitHub matches them with the files of `repository` (`owner/name`), so a file in a
 * checkout of another one keeps its path. So does a file outside of every checkout. Doesn't run Git.
 */
export function repositoryPaths(workFolder: string, repository?: string): ConvertPath {
  const tops = new Map<string, string | undefined>();
  return (file) => {
    const path = resolve(workFolder, file);
    const folder = dirname(path);
    if (!tops.has(folder)) tops.set(folder, topOf(path, workFolder));
    const top = tops.get(folder);
    return top === undefined || !isOf(top, repository) ? file : toPosixPath(relative(top, path));
  };
}

/** The annotation with its converted path. */
export function convertFile(annotation: Annotation, convert: ConvertPath): Annotation {
  return annotation.file === undefined ? annotation : { ...annotation, file: convert(annotation.file) };
}

/** Absolute paths of files that exist: the agent makes them relative and adds the repository. */
export function absolutePaths(workFolder: string): ConvertPath {
  return (file) => {
    const path = resolve(workFolder, file);
    return existsSync(path) ? path : file;
  };
}

/** The outermost checkout on the way from the work folder to a file, because submodules belong to it. */
function topOf(path: string, workFolder: string): string | undefined {
  if (!isInside(path, workFolder)) return undefined;
  const around = folderAbove(workFolder);
  if (around !== undefined) return around;
  let folder = workFolder;
  for (const name of relative(workFolder, dirname(path)).split(/[/\\]/)) {
    folder = join(folder, name);
    if (existsSync(join(folder, '.git'))) return folder;
  }
  return undefined;
}

function folderAbove(start: string): string | undefined {
  for (let folder = start; isAbsolute(folder) && folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
  }
  return undefined;
}

/** Git's configuration has some hundred bytes, and is read without Git. */
const maximumConfigBytes = 256 * 1024;

/** True if unknown. */
function isOf(top: string, repository: string | undefined): boolean {
  if (repository === undefined) return true;
  try {
    const config = join(top, '.git', 'config');
    if (statSync(config).size > maximumConfigBytes) return true;
    const urls = [...readFileSync(config, 'utf8').matchAll(/^\s*url\s*=\s*(\S+)/gm)].map(([, url = '']) => url);
    return urls.length === 0 || urls.some((url) => isSameRepository(url, repository));
  } catch {
    // A worktree, or not readable for this user.
    return true;
  }
}
