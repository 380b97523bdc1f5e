import { ChartImagesError } from '../../core/errors.ts';

/** The fields of a tar header that decide whether an entry is safe. */
export interface EntryHeader {
  readonly name: string;
  readonly type?: string | null | undefined;
}

export interface EntryPath {
  /** The archive's top folder. */
  readonly folder: string;
  /** Relative to that folder, `/` as separator; `''` for the folder itself. */
  readonly path: string;
}

/** Control characters break messages and tables. No file name in a real chart has them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern detects control characters
const control = /[\u0000-\u001f\u007f]/;

/**
 * Devices with any extension, streams, wildcards, and ends that Windows leaves out, so that another file is written
 * (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
 */
const reservedOnWindows = /^(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?: *\.|$)|[<>:"|?*]|[. ]$/i;

/**
 * Splits an entry's name after the top folder. Only folders and regular files with plain relative names are accepted,
 * because `helm package` writes nothing else.
 * Throws `archive-unsafe`, and `chart-invalid` for a file outside the chart's folder.
 */
export function parseEntryPath(
  header: EntryHeader,
  archive: string,
  platform: NodeJS.Platform = process.platform,
): EntryPath {
  const { name } = header;
  const type = header.type ?? 'file';
  if (control.test(name)) throw unsafeArchive(archive, `${JSON.stringify(name)} has control characters in its name`);
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
    throw unsafeArchive(archive, `"${name}" is a ${type}, not a file or folder`);
  }
  // Go takes it for a folder, or for a file, by which header it comes from.
  if (type !== 'directory' && name.endsWith('/')) throw unsafeArchive(archive, `"${name}" is a file named as a folder`);
  if (name.includes('\\')) throw unsafeArchive(archive, `"${name}" has a backslash in its name`);
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) throw unsafeArchive(archive, `"${name}" is an absolute path`);
  const parts = name.split('/').filter((part) => part !== '');
  if (parts.includes('..')) throw unsafeArchive(archive, `"${name}" is outside the chart's folder`);
  const [folder, ...rest] = parts;
  if (folder === undefined || folder === '.' || (rest.length === 0 && type !== 'directory')) {
    throw new ChartImagesError('chart-invalid', `Cannot read ${archive}: "${name}" is not in the chart's folder.`, {
      advice: 'Package the chart with `helm package`. Its files must be in one folder with the name of the chart.',
      location: { file: archive },
    });
  }
  // Helm compares the text after the first slash, so it treats `chart/./x` and `chart/x` as different files.
  if (rest.includes('.')) throw unsafeArchive(archive, `"${name}" has a "." in its path`);
  const refused = platform === 'win32' ? parts.find((part) => reservedOnWindows.test(part)) : undefined;
  if (refused !== undefined) throw unsafeArchive(archive, `"${name}" has a name that Windows cannot hold`);
  return { folder, path: rest.join('/') };
}

/** `reason` is a sentence without its end. */
export function unsafeArchive(archive: string, reason: string): ChartImagesError {
  return new ChartImagesError('archive-unsafe', `Cannot open ${archive}: ${reason}.`, {
    advice: 'Do not use this archive. Package the chart again with `helm package`.',
    location: { file: archive },
  });
}
