import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { isInside } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import { isNotFoundError, readText } from '../../core/files/read-file.ts';
import { checkSubchartArchives, isPackagedSubchart } from './archive.ts';
import { maximumFileBytes } from './archive-limits.ts';
import { CopyBudget, copyFolder } from './copy-folder.ts';
import { type WalkRules, walkChart } from './walk-chart.ts';

/** What helm may be given in the place of a chart's folder. */
export interface SecuredFolder {
  /** Absolute: the folder itself, or a copy. */
  readonly path: string;
  /** What the copy lacks, by its path from the chart's root. */
  readonly leftOut: readonly string[];
}

/**
 * Holds a chart's folder to what helm does with it next. Its links stay within the boundary: helm follows links, and `.Files.Get`
 * would hand a template any file of the machine. Its packaged subcharts, which helm opens, are held to the bounds of all
 * archives. Gives what to render from: the folder, or a copy at `copyPath` without what no chart may read. The root of a
 * repository is copied at once, because walking it without its .helmignore would take long.
 * Errors: `chart-invalid`, `archive-too-large`, and those of archives.
 */
export async function secureFolder(
  folder: string,
  rules: WalkRules,
  copyPath: () => Promise<string>,
): Promise<SecuredFolder> {
  const isRoot = await exists(join(folder, '.git'));
  if (!isRoot) {
    const packaged: string[] = [];
    const leftOut = await walkChart(folder, rules, ({ path, seenAs }) => {
      if (isPackagedSubchart(seenAs)) packaged.push(path);
    });
    await checkSubchartArchives(packaged, rules.name);
    if (leftOut.length === 0) return { path: folder, leftOut };
  }
  const path = await copyPath();
  return { path, leftOut: await copyFolder(folder, path, rules, new CopyBudget(rules.name)) };
}

/** Text of a file in the folder; undefined when it is not there or lies outside, also by a link. Errors as `readText`. */
export async function readChartFile(folder: string, path: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    const file = await realpath(resolve(folder, path));
    if (!isInside(file, root)) return undefined;
    return await readText(file, { maximumBytes: maximumFileBytes, name: path });
  } catch (error) {
    if (isNotFoundError(error) || isNotThere(error)) return undefined;
    throw error;
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof ChartImagesError && error.code === 'file-not-found';
}
