import { ChartImagesError } from '../core/errors.ts';
import { readText } from '../core/files/read-file.ts';

/**
 * Enough for thousands of charts; real files have a few kilobytes. It also limits the time for a malicious YAML file to
 * about a second.
 */
export const largestInputFile = 256 * 1024;

/**
 * Reads an input file. `label` is its name in messages: `The input file`.
 * Throws `file-not-found`, `file-unreadable` (a folder, no permission, UTF-16, binary), `file-too-large`.
 */
export async function readInputFile(path: string, label: string, displayPath: string): Promise<string> {
  const location = { file: displayPath };
  const name = `${label} ${displayPath}`;
  const text = await readText(path, { maximumBytes: largestInputFile, name, location });
  // NUL is valid UTF-8, but no text contains it: this is a binary file, or UTF-16 without a byte order mark.
  if (!text.includes('\0')) return text;
  throw new ChartImagesError('file-unreadable', `${name} is not a text file.`, {
    advice: 'Specify a text file, and save it as UTF-8.',
    location,
  });
}
