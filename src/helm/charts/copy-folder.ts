import { constants } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import { checkSubchartArchives, isPackagedSubchart } from './archive.ts';
import { maximumEntries, maximumUnpackedBytes } from './archive-limits.ts';
import { type Ignores, readHelmIgnore } from './helm-ignore.ts';
import { type WalkRules, walkChart } from './walk-chart.ts';

/** The default file of `helm create` has about 20 lines. */
const maximumIgnoreBytes = 64 * 1024;

/** Limits the copies of one chart to what an archive can unpack to. */
export class CopyBudget {
  readonly #name: string;
  #bytes = 0;
  #files = 0;

  /** @param name the chart in messages */
  constructor(name: string) {
    this.#name = name;
  }

  /** Throws `archive-too-large`. */
  take(bytes: number): void {
    this.#bytes += bytes;
    this.#files += 1;
    if (this.#bytes > maximumUnpackedBytes) throw this.#tooLarge(`${maximumUnpackedBytes} bytes`);
    if (this.#files > maximumEntries) throw this.#tooLarge(`${maximumEntries} files`);
  }

  #tooLarge(limit: string): ChartImagesError {
    return new ChartImagesError('archive-too-large', `Cannot copy ${this.#name}: it has more than ${limit}.`, {
      advice: 'List files that do not belong to the chart in .helmignore, or move the chart to its own folder.',
      location: { file: this.#name },
    });
  }
}

/**
 * Copies the folder of a chart as Helm reads it: links are resolved and .helmignore applies. Returns the paths,
 * relative to `from`, that no chart may read (`walkChart`). Throws as `walkChart`, `archive-too-large`, and the errors
 * of archives.
 */
export async function copyFolder(
  from: string,
  to: string,
  rules: WalkRules,
  budget: CopyBudget,
): Promise<readonly string[]> {
  await mkdir(to, { recursive: true });
  const ignores = await ignoresOf(from);
  const packaged: string[] = [];
  const excluded = await walkChart(from, { ...rules, ignores }, async ({ path, pathInChart }) => {
    budget.take((await stat(path)).size);
    const target = join(to, pathInChart);
    await mkdir(dirname(target), { recursive: true });
    // Copy-on-write if the file system supports it.
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    if (isPackagedSubchart(pathInChart)) packaged.push(target);
  });
  await checkSubchartArchives(packaged, rules.name);
  return excluded;
}

/** The rules of the chart at the root; without a file, none. */
export async function ignoresOf(folder: string): Promise<Ignores> {
  // Helm reports a file that cannot be read.
  const text = await readText(join(folder, '.helmignore'), { maximumBytes: maximumIgnoreBytes }).catch(() => '');
  return readHelmIgnore(text);
}
