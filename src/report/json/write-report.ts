import { join } from 'node:path';
import { type ChartImagesError, throwAll, toErrors } from '../../core/errors.ts';
import { writeNamedFile } from '../../core/files/write-file.ts';

/** The contents of the report files, by name. */
export type ReportFiles = Readonly<Record<'images.json' | 'images.junit.xml' | 'images.sarif', string>>;

/**
 * Creates the folder and writes each file atomically, even if another one fails. `images.json` is written last, so that
 * the other files are at least as new. Returns its path. Throws `invalid-input` and `not-writable`.
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
    // An invalid folder is invalid for every file.
    if (issues[0]?.code === 'invalid-input') break;
  }
  throwAll(issues);
  return path;
}
