import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { type Boundary, resolveReferencedPath } from '../../core/files/boundary.ts';
import { isInside } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import { isNotFoundError, readText } from '../../core/files/read-file.ts';
import { checkSubchartArchives, isPackagedSubchart } from './archive.ts';
import { maximumFileBytes } from './archive-limits.ts';
import { CopyBudget, copyFolder, ignoresOf } from './copy-folder.ts';
import { type WalkRules, walkChart } from './walk-chart.ts';

/** The folder that Helm renders instead of the chart's own. */
export interface SecuredFolder {
  /** Absolute: the folder itself, or a copy. */
  readonly path: string;
  /** Paths, relative to the chart's root, that the copy does not have. */
  readonly excluded: readonly string[];
}

/**
 * Checks that links stay in the boundary, because `.Files.Get` follows them, and that packaged subcharts are within
 * limits. Returns the folder, or a copy at `copyPath` without files that no chart may read. A repository root is always
 * copied, because walking it without its .helmignore is slow. Throws `chart-invalid`, and errors of archives.
 */
export async function secureFolder(
  folder: string,
  rules: WalkRules,
  copyPath: () => Promise<string>,
): Promise<SecuredFolder> {
  const isRoot = await exists(join(folder, '.git'));
  if (!isRoot) {
    const packaged: string[] = [];
    const unread = await ignoresOf(folder);
    const excluded = await walkChart(folder, { ...rules, unread }, ({ path, pathInChart }) => {
      if (isPackagedSubchart(pathInChart)) packaged.push(path);
    });
    await checkSubchartArchives(packaged, rules.name);
    if (excluded.length === 0) return { path: folder, excluded };
  }
  const path = await copyPath();
  return { path, excluded: await copyFolder(folder, path, rules, new CopyBudget(rules.name)) };
}

/**
 * Returns the text of a file in the folder. Undefined if it is missing or outside. A link may lead to any file within
 * the boundary, because Helm follows it. `name` is that in errors. Throws as `readText`.
 */
export async function readChartFile(
  folder: string,
  path: string,
  boundary: Boundary | undefined,
  name = path,
): Promise<string | undefined> {
  try {
    const named = resolve(folder, path);
    if (!isInside(named, folder)) return undefined;
    const [root, file] = await Promise.all([realpath(folder), realpath(named)]);
    if (!isInside(file, root) && !(boundary && (await resolveReferencedPath(file, boundary)).ok)) return undefined;
    return await readText(file, { maximumBytes: maximumFileBytes, name });
  } catch (error) {
    if (isNotFoundError(error) || isNotThere(error)) return undefined;
    throw error;
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof ChartImagesError && error.code === 'file-not-found';
}
