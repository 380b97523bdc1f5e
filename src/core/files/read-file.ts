import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ChartImagesError, type SourceLocation } from '../errors.ts';

export interface ReadLimits {
  /** The most bytes that are read; a larger file is refused, never cut. */
  readonly maximumBytes: number;
  /** How messages name the file; else its path. */
  readonly name?: string;
  /** Where the user named the file. */
  readonly place?: SourceLocation | undefined;
}

/** Reads a whole file. Errors: `file-not-found`, `file-unreadable`, `file-too-large`. */
export async function readBytes(path: string, bounds: ReadLimits): Promise<Buffer> {
  const name = bounds.name ?? path;
  const handle = await openFile(path, name, bounds.place);
  try {
    return await readAtMost(handle, name, bounds);
  } catch (cause) {
    throw cause instanceof ChartImagesError ? cause : unreadable(name, bounds.place, cause);
  } finally {
    await handle.close();
  }
}

/** Reads a whole text file as UTF-8, without its byte-order mark. Errors as `readBytes`; other encodings are `file-unreadable`. */
export async function readText(path: string, bounds: ReadLimits): Promise<string> {
  const bytes = await readBytes(path, bounds);
  return decodeText(bytes, bounds.name ?? path, bounds.place);
}

/** UTF-8 without its byte-order mark. Windows PowerShell writes UTF-16 by default, so that one is named in the error. */
export function decodeText(bytes: Uint8Array, name: string, place?: SourceLocation): string {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    if (wide) throw new TypeError('it starts with the byte-order mark of UTF-16');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ChartImagesError('file-unreadable', `${name} is ${wide ? 'UTF-16' : 'not UTF-8'} text.`, {
      advice: 'Save the file as UTF-8.',
      place: place ?? { file: name },
      cause,
    });
  }
}

/** Opening a named pipe waits for a writer without end, and opening a device can act on it, so neither is tried. */
async function openFile(path: string, name: string, place: SourceLocation | undefined): Promise<FileHandle> {
  try {
    refuseOthers(await stat(path));
    // Should another have taken its place since: without waiting, and looked at again.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    await handle
      .stat()
      .then(refuseOthers)
      .catch(async (error: unknown) => {
        await handle.close();
        throw error;
      });
    return handle;
  } catch (cause) {
    if (!isNotFoundError(cause)) throw unreadable(name, place, cause);
    throw new ChartImagesError('file-not-found', `${name} does not exist.`, {
      advice: 'Check the spelling and the folder that relative paths start in.',
      place,
      cause,
    });
  }
}

/** Throws for all but regular files. */
function refuseOthers(stats: Stats): void {
  const kind = kindOf(stats);
  if (kind !== 'a file') throw new Error(`it is ${kind}`);
}

/** As messages name it. */
export function kindOf(stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

async function readAtMost(handle: FileHandle, name: string, bounds: ReadLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Counted while reading: growing files, and those of /proc, tell no true size. The extra byte shows that there is more.
  const stream = handle.createReadStream({ autoClose: false, end: bounds.maximumBytes });
  for await (const chunk of stream) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    chunks.push(bytes);
  }
  if (length <= bounds.maximumBytes) return Buffer.concat(chunks, length);
  throw new ChartImagesError('file-too-large', `${name} has more than ${bounds.maximumBytes} bytes.`, {
    advice: 'Check that this is the file you mean; files of this kind are never that large.',
    place: bounds.place,
  });
}

function unreadable(name: string, place: SourceLocation | undefined, cause: unknown): ChartImagesError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ChartImagesError('file-unreadable', `${name} cannot be read: ${reason}.`, {
    advice: 'Check that it is a file and that this user may read it.',
    place,
    cause,
  });
}

/** ENOTDIR: a part of the path is a file, so the path does not exist either. */
export function isNotFoundError(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR');
}
