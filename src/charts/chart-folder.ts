import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChartImagesError } from '../errors.ts';
import { isBelow } from '../files/display-path.ts';
import { isMissing, readText } from '../files/read-file.ts';
import { maximumFileBytes } from './archive-bounds.ts';

/** A chart at the root of a big repository is walked as a whole, as helm does; its version control is not. */
const maximumFolderEntries = 200_000;
const versionControl = '.git';

/**
 * Holds a chart's folder to the rule that its links stay within the chart or the work folder: helm follows links, and
 * `.Files.Get` would hand a template any file of the machine. Errors: `chart-invalid`.
 */
export async function checkLinks(folder: string, name: string, workFolder: string): Promise<void> {
  const allowed = await Promise.all([folder, workFolder].map((each) => realpath(each)));
  const waiting = [folder];
  const linked = new Set<string>();
  let entries = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      entries += 1;
      if (entries > maximumFolderEntries) throw tooMany(name);
      const path = join(next, entry.name);
      if (entry.isDirectory() && entry.name !== versionControl) waiting.push(path);
      const target = entry.isSymbolicLink() ? await targetOf(path, allowed, name) : undefined;
      // Helm walks into linked folders, so their links count too; each folder once, for links can go in circles.
      if (target === undefined || linked.has(target)) continue;
      linked.add(target);
      waiting.push(target);
    }
  }
}

/** The folder that a link leads to; undefined for files and broken links, for which helm has its own words. */
async function targetOf(path: string, allowed: readonly string[], name: string): Promise<string | undefined> {
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined) return undefined;
  if (allowed.some((folder) => isBelow(target, folder))) {
    return (await stat(target)).isDirectory() ? target : undefined;
  }
  throw new ChartImagesError('chart-invalid', `${name} has a link that leaves it and the work folder: ${path}.`, {
    advice: "Put the file itself into the chart: a link could show the chart any of this machine's files.",
    place: { file: name },
  });
}

/** Text of a file in the folder; undefined when it is not there or lies outside, also by a link. Errors as `readText`. */
export async function readInFolder(folder: string, path: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    const file = await realpath(resolve(folder, path));
    if (!isBelow(file, root)) return undefined;
    return await readText(file, { maximumBytes: maximumFileBytes, name: path });
  } catch (error) {
    if (isMissing(error) || isNotThere(error)) return undefined;
    throw error;
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof ChartImagesError && error.code === 'file-not-found';
}

function tooMany(name: string): ChartImagesError {
  return new ChartImagesError('chart-invalid', `${name} has more than ${maximumFolderEntries} files.`, {
    advice: 'Name the folder that holds the Chart.yaml, not one with build output in it.',
    place: { file: name },
  });
}
