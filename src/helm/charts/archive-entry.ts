import { ChartImagesError } from '../../core/errors.ts';

/** The parts of a tar header that decide whether the entry is safe. */
export interface EntryHeader {
  readonly name: string;
  readonly type?: string | null | undefined;
}

export interface EntryPath {
  /** The archive's top folder. */
  readonly folder: string;
  /** From that folder, `/` as separator; `''` for the folder itself. */
  readonly path: string;
}

/** Characters below the blank break messages and tables, and no file of a chart has them in its name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f]/;

/**
 * Splits an entry's name after the top folder. Only folders and regular files with plain relative names pass: `helm
 * package` writes nothing else. Errors: `archive-unsafe`, and `chart-invalid` for a file beside the chart's folder.
 */
export function parseEntryPath(header: EntryHeader, archive: string): EntryPath {
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
  if (parts.includes('..')) throw unsafeArchive(archive, `"${name}" leaves the chart's folder`);
  const [folder, ...rest] = parts;
  if (folder === undefined || folder === '.' || (rest.length === 0 && type !== 'directory')) {
    throw new ChartImagesError('chart-invalid', `${archive} holds "${name}" beside the chart's folder.`, {
      advice: 'Package the chart with `helm package`: its files belong into one folder, named as the chart.',
      place: { file: archive },
    });
  }
  // Helm looks at whole names after the first slash, so `chart/./x` is kept a different file from `chart/x`.
  if (rest.includes('.')) throw unsafeArchive(archive, `"${name}" has a "." in its path`);
  return { folder, path: rest.join('/') };
}

/** `what` is a sentence without its end. */
export function unsafeArchive(archive: string, what: string): ChartImagesError {
  return new ChartImagesError('archive-unsafe', `${archive} is not safe to open: ${what}.`, {
    advice: 'Do not use this archive; package the chart again with `helm package`.',
    place: { file: archive },
  });
}
