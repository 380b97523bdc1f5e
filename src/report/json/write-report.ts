import { join } from 'node:path';
import { type ChartImagesError, throwAll, toErrors } from '../../core/errors.ts';
import { writeNamedFile } from '../../core/files/write-file.ts';

/** The texts of the report's files, by their names. */
export type ReportFiles = Readonly<Record<'images.json' | 'images.junit.xml' | 'images.sarif', string>>;

/**
 * Writes the files into the folder, which is made where it lacks; each is there whole or not at all. Gives the path of
 * `images.json`, which comes last: who finds a new one finds the others as new. One that can't be written keeps none of the others
 * back. Errors: `invalid-input`, `not-writable`.
 */
export async function writeReport(folder: string, files: ReportFiles): Promise<string> {
  const { 'images.json': json, ...others } = files;
  const path = join(folder, 'images.json');
  const issues: ChartImagesError[] = [];
  for (const [name, text] of Object.entries({ ...others, 'images.json': json })) {
    const output = { label: 'the report', kind: 'folder', input: 'report' } as const;
    try {
      await writeNamedFile(join(folder, name), text, output);
    } catch (thrown) {
      issues.push(...toErrors(thrown));
    }
    // A folder that is the wrong one is wrong for all.
    if (issues[0]?.code === 'invalid-input') break;
  }
  throwAll(issues);
  return path;
}
