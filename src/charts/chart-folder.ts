import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChartImagesError } from '../errors.ts';
import { isBelow } from '../files/display-path.ts';
import { isMissing, readText } from '../files/read-file.ts';
import { checkArchives, isPackagedSubchart } from './archive.ts';
import { maximumFileBytes } from './archive-bounds.ts';

/** A chart at the root of a big repository is walked as a whole, as helm does; its version control is not. */
const maximumFolderEntries = 200_000;
const versionControl = '.git';

/**
 * Holds a chart's folder to what helm does with it next. Its links stay within the chart or the work folder: helm follows links,
 * and `.Files.Get` would hand a template any file of the machine. Its packaged subcharts, which helm opens, are held to the
 * bounds of all archives. Errors: `chart-invalid`, and those of archives.
 */
export async function checkFolder(folder: string, name: string, workFolder: string): Promise<void> {
  await checkArchives(await packagedSubcharts(folder, name, workFolder), name);
}

/** A folder to look into: where it is, and where helm sees it, from the chart's root. */
interface Waiting {
  readonly path: string;
  readonly seenAs: string;
}

/** Walks the folder as helm does, links included. */
async function packagedSubcharts(folder: string, name: string, workFolder: string): Promise<readonly string[]> {
  const allowed = await Promise.all([folder, workFolder].map((each) => realpath(each)));
  const waiting: Waiting[] = [{ path: folder, seenAs: '' }];
  const linked = new Set<string>();
  const packaged: string[] = [];
  let entries = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next.path, { withFileTypes: true })) {
      entries += 1;
      if (entries > maximumFolderEntries) throw tooMany(name);
      const path = join(next.path, entry.name);
      const seenAs = next.seenAs === '' ? entry.name : `${next.seenAs}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== versionControl) waiting.push({ path, seenAs });
      if (entry.isFile() && isPackagedSubchart(seenAs)) packaged.push(path);
      const target = entry.isSymbolicLink() ? await targetOf(path, allowed, name) : undefined;
      if (target?.kind === 'file' && isPackagedSubchart(seenAs)) packaged.push(target.path);
      // Helm walks into linked folders, so their links count too; each folder once by the name that decides what its archives
      // are to helm, for links can go in circles.
      const key = target?.kind === 'folder' ? `${entry.name}/${target.path}` : undefined;
      if (target === undefined || key === undefined || linked.has(key)) continue;
      linked.add(key);
      waiting.push({ path: target.path, seenAs });
    }
  }
  return packaged;
}

interface LinkTarget {
  readonly kind: 'file' | 'folder';
  /** Absolute, without links. */
  readonly path: string;
}

/** What a link leads to; undefined for broken links, for which helm has its own words. */
async function targetOf(path: string, allowed: readonly string[], name: string): Promise<LinkTarget | undefined> {
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined) return undefined;
  if (allowed.some((folder) => isBelow(target, folder))) {
    return { kind: (await stat(target)).isDirectory() ? 'folder' : 'file', path: target };
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
