import { join } from 'node:path';
import { writeNamedFile } from '../files/write-file.ts';

/** The texts of the report's files, by their names. */
export type ReportFiles = Readonly<Record<'images.json' | 'images.junit.xml' | 'images.sarif', string>>;

/**
 * Writes the files into the folder, which is made where it lacks; each is there whole or not at all. Gives the path of
 * `images.json`, which comes last: who finds a new one finds the others as new. Throws `invalid-input`.
 */
export async function writeReport(folder: string, files: ReportFiles): Promise<string> {
  const { 'images.json': json, ...others } = files;
  for (const [name, text] of Object.entries(others)) await write(join(folder, name), text);
  return await write(join(folder, 'images.json'), json);
}

async function write(path: string, text: string): Promise<string> {
  await writeNamedFile(path, text, { called: 'The report', kind: 'folder', input: 'report' });
  return path;
}
