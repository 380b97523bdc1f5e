import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { ChartImagesError, type SourceLocation } from '../core/errors.ts';
import { pathOutside, type Refusal, type ResolvePath } from '../core/files/boundary.ts';
import { displayPath } from '../core/files/display-path.ts';
import { exists } from '../core/files/exists.ts';
import { pathOnDisk } from '../core/files/path-below.ts';
import { absolutePath } from '../core/files/path-spelling.ts';
import { kindOf } from '../core/files/read-file.ts';

/** How to resolve a path in an input or an input file. */
export interface NamedPath {
  /** Folders where a relative path starts, in order. */
  readonly folders: readonly string[];
  readonly resolvePath: ResolvePath;
  /** Subject in errors: `The values file`. */
  readonly label: string;
  readonly location: SourceLocation | undefined;
}

/** The first folder in which the path exists. */
export async function folderOf(
  path: string,
  folders: readonly string[],
  resolvePath: ResolvePath,
): Promise<string | undefined> {
  for (const folder of folders) {
    const resolved = await resolvePath(absolutePath(path, folder));
    if (resolved.ok && (await exists(resolved.path))) return folder;
  }
  return undefined;
}

/**
 * Returns the absolute path of an existing file. Throws `file-not-found`, `path-outside`, and `file-unreadable` for
 * named pipes, sockets and devices.
 */
export async function existingPath(path: string, named: NamedPath): Promise<string> {
  const { folders, resolvePath, label, location } = named;
  let refusal: Refusal | undefined;
  for (const folder of folders) {
    const resolved = await resolvePath(absolutePath(path, folder));
    if (!resolved.ok) refusal ??= resolved;
    else if (await exists(resolved.path)) {
      return await readable(await pathOnDisk(resolved.path, folder), path, label, location);
    }
  }
  if (refusal !== undefined) throw outsideError(path, named, refusal);
  throw new ChartImagesError('file-not-found', `${label} ${JSON.stringify(path)} does not exist.`, {
    advice: `Check the spelling.${isAbsolute(path) ? '' : ` Relative paths start at ${folders.join(', then ')}.`}`,
    location,
  });
}

/** Returns the absolute path of a file that does not have to exist. Throws `path-outside`. */
export async function pathInside(path: string, named: NamedPath): Promise<string> {
  const resolved = await named.resolvePath(absolutePath(path, resolve(...named.folders)));
  if (resolved.ok) return resolved.path;
  throw outsideError(path, named, resolved);
}

function outsideError(path: string, { label, location, folders: [workFolder = '.'] }: NamedPath, refusal: Refusal) {
  const { link } = refusal;
  const at = location ?? (link === undefined ? undefined : { file: displayPath(link, workFolder) });
  return pathOutside(`${inSentence(label)} ${JSON.stringify(path)}`, refusal, at);
}

async function readable(
  file: string,
  path: string,
  label: string,
  location: SourceLocation | undefined,
): Promise<string> {
  const stats = await stat(file);
  // Callers that need a file report a folder.
  if (stats.isFile() || stats.isDirectory()) return file;
  throw new ChartImagesError(
    'file-unreadable',
    `Cannot read ${inSentence(label)} ${JSON.stringify(path)}: it is ${kindOf(stats)}.`,
    {
      advice: 'Specify a regular file.',
      location,
    },
  );
}

/** `The values file` → `the values file`. */
function inSentence(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}
