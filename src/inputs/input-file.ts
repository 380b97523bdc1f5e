import { ChartImagesError } from '../core/errors.ts';
import { readText } from '../core/files/read-file.ts';

/**
 * An input file is written by hand: real ones have a few kilobytes, and this is a chart a line for thousands of charts. It also
 * bounds the time that the YAML library takes over a file made to be slow (about a second).
 */
export const largestInputFile = 256 * 1024;

/**
 * The text of an input file. `called` is how messages name it: `The input file cnf-input.jsonc`.
 * Errors: `file-not-found`, `file-unreadable` (a folder, no permission, UTF-16, binary), `file-too-large`.
 */
export async function readInputFile(path: string, called: string, shown: string): Promise<string> {
  const place = { file: shown };
  const name = `${called} ${shown}`;
  const text = await readText(path, { maximumBytes: largestInputFile, name, place });
  // Zeros are valid UTF-8 and stand in no text: this is a program or an archive, or UTF-16 without its mark.
  if (!text.includes('\0')) return text;
  throw new ChartImagesError('file-unreadable', `${name} is not a text file.`, {
    advice: 'Specify a text file, and save it as UTF-8.',
    place,
  });
}
