import { realpath } from 'node:fs/promises';
import { displayPath, isInside } from './display-path.ts';
import { isNotFoundError } from './read-file.ts';

/**
 * The display path of the file that a path leads to: its lines are in the target of a link, and reviews show a link as
 * one line. Both must be absolute. A path that does not exist, or leads out of the work folder, is shown as it is.
 */
export async function realDisplayPath(path: string, workFolder: string): Promise<string> {
  try {
    const [file, folder] = await Promise.all([realpath(path), realpath(workFolder)]);
    if (isInside(file, folder)) return displayPath(file, folder);
  } catch (error) {
    if (!isNotFoundError(error)) throw error;
  }
  return displayPath(path, workFolder);
}
