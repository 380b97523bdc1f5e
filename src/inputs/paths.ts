import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { ChartImagesError, type SourceLocation } from '../core/errors.ts';
import { pathOutside, type Refusal, type ResolvePath } from '../core/files/boundary.ts';
import { displayPath } from '../core/files/display-path.ts';
import { exists } from '../core/files/exists.ts';
import { kindOf } from '../core/files/read-file.ts';

/** How to resolve a path in an input or an input file. */
export interface NamedPath {
  /** Folders where a relative path starts, in order. */
  readonly folders: readonly string[];
  readonly hold: ResolvePath;
  /** Subject in errors: `The values file`. */
  readonly called: string;
  readonly place: SourceLocation | undefined;
}

/** The first folder in which the path exists. */
export async function folderOf(
  path: string,
  folders: readonly string[],
  hold: ResolvePath,
): Promise<string | undefined> {
  for (const folder of folders) {
    const held = await hold(resolve(folder, path));
    if (held.ok && (await exists(held.path))) return folder;
  }
  return undefined;
}

/**
 * Returns the absolute path of an existing file. Throws `file-not-found`, `path-outside`, and `file-unreadable` for
 * named pipes, sockets and devices.
 */
export async function existingPath(path: string, named: NamedPath): Promise<string> {
  const { folders, hold, called, place } = named;
  let refusal: Refusal | undefined;
  for (const folder of folders) {
    const held = await hold(resolve(folder, path));
    if (!held.ok) refusal ??= held;
    else if (await exists(held.path)) return await readable(held.path, path, called, place);
  }
  if (refusal !== undefined) throw outsideError(path, named, refusal);
  throw new ChartImagesError('file-not-found', `${called} ${JSON.stringify(path)} does not exist.`, {
    advice: `Check the spelling.${isAbsolute(path) ? '' : ` Relative paths start at ${folders.join(', then ')}.`}`,
    place,
  });
}

/** Returns the absolute path of a file that does not have to exist. Throws `path-outside`. */
export async function heldPath(path: string, named: NamedPath): Promise<string> {
  const held = await named.hold(resolve(...named.folders, path));
  if (held.ok) return held.path;
  throw outsideError(path, named, held);
}

function outsideError(path: string, { called, place, folders: [workFolder = '.'] }: NamedPath, refusal: Refusal) {
  const { link } = refusal;
  const at = place ?? (link === undefined ? undefined : { file: displayPath(link, workFolder) });
  return pathOutside(`${inSentence(called)} ${JSON.stringify(path)}`, refusal, at);
}

async function readable(
  file: string,
  path: string,
  called: string,
  place: SourceLocation | undefined,
): Promise<string> {
  const stats = await stat(file);
  // Callers that need a file report a folder.
  if (stats.isFile() || stats.isDirectory()) return file;
  throw new ChartImagesError(
    'file-unreadable',
    `Cannot read ${inSentence(called)} ${JSON.stringify(path)}: it is ${kindOf(stats)}.`,
    {
      advice: 'Specify a regular file.',
      place,
    },
  );
}

/** `The values file` → `the values file`. */
function inSentence(called: string): string {
  return called.charAt(0).toLowerCase() + called.slice(1);
}
