import { join } from 'node:path';
import { ChartImagesError } from '../errors.ts';
import { writeFileAtomically } from '../files/write-file.ts';

/** Writes `images.json` into the folder, which is made where it lacks, and gives the file's path. Throws `invalid-input`. */
export async function writeReport(folder: string, json: string): Promise<string> {
  const path = join(folder, 'images.json');
  try {
    await writeFileAtomically(path, json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ChartImagesError('invalid-input', `The report could not be written to ${path}: ${why}`, {
      advice: 'Name a folder that this run may write to in the input report.',
      cause: error,
    });
  }
  return path;
}
