import { isAbsolute, resolve } from 'node:path';
import { ChartImagesError, type Place } from '../errors.ts';
import { exists } from '../files/exists.ts';

/** The first of the folders in which a path names something that exists. */
export async function folderOf(path: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) if (await exists(resolve(folder, path))) return folder;
  return undefined;
}

/** The absolute path of a file that must exist. `called` names it in the error: `The values file`. */
export async function existingPath(
  path: string,
  folders: readonly string[],
  called: string,
  place: Place | undefined,
): Promise<string> {
  const folder = await folderOf(path, folders);
  if (folder !== undefined) return resolve(folder, path);
  throw new ChartImagesError('file-not-found', `${called} ${JSON.stringify(path)} does not exist.`, {
    advice: `Check the spelling and the folder that relative paths start in${isAbsolute(path) ? '' : `: ${folders.join(', then ')}`}.`,
    place,
  });
}
