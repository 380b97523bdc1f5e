/**
 * The charts of a folder of the corpus's form: `charts/<chart>.tgz` with what a reader found in
 * `expected/<chart>.json`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CorpusChart {
  readonly chart: string;
  /** Relative to the folder. */
  readonly file: string;
  /** What `helm template` is given besides the chart. */
  readonly args: readonly string[];
  readonly synthetic?: boolean;
}

/** The open set, beside the repository. */
export const openCorpus: string = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

export function readCorpus(folder: string): readonly CorpusChart[] {
  const expected = join(folder, 'expected');
  // The form is the corpus's own.
  return readdirSync(expected)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(expected, name), 'utf8')) as CorpusChart);
}
