import { constants } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { readText } from '../../core/files/read-file.ts';
import { checkSubchartArchives, isPackagedSubchart } from './archive.ts';
import { maximumEntries, maximumUnpackedBytes } from './archive-limits.ts';
import { type Ignores, readHelmIgnore } from './helm-ignore.ts';
import { type WalkRules, walkChart } from './walk-chart.ts';

/** Helm's own file has some twenty lines. */
const maximumIgnoreBytes = 64 * 1024;

/** What the copies for one chart may still use: as much as an archive may unpack to. */
export class CopyBudget {
  readonly #name: string;
  #bytes = 0;
  #files = 0;

  /** `name` is how messages name the chart. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Errors: `archive-too-large`. */
  take(bytes: number): void {
    this.#bytes += bytes;
    this.#files += 1;
    if (this.#bytes > maximumUnpackedBytes) throw this.#tooLarge(`${maximumUnpackedBytes} bytes`);
    if (this.#files > maximumEntries) throw this.#tooLarge(`${maximumEntries} files`);
  }

  #tooLarge(what: string): ChartImagesError {
    return new ChartImagesError('archive-too-large', `Cannot copy ${this.#name}: it has more than ${what}.`, {
      advice: 'List what does not belong to the chart in its .helmignore, or move the chart into a folder of its own.',
      place: { file: this.#name },
    });
  }
}

/**
 * Copies the folder of a chart as helm sees it: links become what they lead to, and what its .helmignore leaves out is not there, nor
 * what no chart may read (`walkChart`), whose paths from `from` it gives. Errors: as `walkChart`, `archive-too-large`, and those of archives for packaged subcharts.
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
  const leftOut = await walkChart(from, { ...rules, ignores }, async ({ path, seenAs }) => {
    budget.take((await stat(path)).size);
    const target = join(to, seenAs);
    await mkdir(dirname(target), { recursive: true });
    // A copy on write where the file system has it.
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    if (isPackagedSubchart(seenAs)) packaged.push(target);
  });
  await checkSubchartArchives(packaged, rules.name);
  return leftOut;
}

async function ignoresOf(folder: string): Promise<Ignores> {
  // Helm says itself what is wrong with a file that cannot be read.
  const text = await readText(join(folder, '.helmignore'), { maximumBytes: maximumIgnoreBytes }).catch(() => '');
  return readHelmIgnore(text);
}
