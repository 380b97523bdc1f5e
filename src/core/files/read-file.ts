import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ChartImagesError, type SourceLocation } from '../errors.ts';

export interface ReadLimits {
  /** A larger file is an error. It is never truncated. */
  readonly maximumBytes: number;
  /** How messages name the file. Default: its path. */
  readonly name?: string;
  /** Where the user wrote the path. */
  readonly location?: SourceLocation | undefined;
}

/** Reads a whole file. Throws `file-not-found`, `file-unreadable` or `file-too-large`. */
export async function readBytes(path: string, limits: ReadLimits): Promise<Buffer> {
  const name = limits.name ?? path;
  const handle = await openFile(path, name, limits.location);
  try {
    return await readAtMost(handle, name, limits);
  } catch (cause) {
    throw cause instanceof ChartImagesError ? cause : unreadable(name, limits.location, cause);
  } finally {
    // What was read does not depend on it.
    await handle.close().catch(() => {});
  }
}

/** Reads UTF-8 without its byte-order mark. Throws as `readBytes` does, and `file-unreadable` for other encodings. */
export async function readText(path: string, limits: ReadLimits): Promise<string> {
  const bytes = await readBytes(path, limits);
  return decodeText(bytes, limits.name ?? path, limits.location);
}

/** Throws `file-unreadable`. The message names UTF-16, because Windows PowerShell writes it by default. */
export function decodeText(bytes: Uint8Array, name: string, location?: SourceLocation): string {
  const isUtf16 = startsAsUtf16(bytes);
  try {
    if (isUtf16) throw new TypeError('it starts with the byte-order mark of UTF-16');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ChartImagesError(
      'file-unreadable',
      `Cannot read ${inSentence(name)}: it is ${isUtf16 ? 'UTF-16' : 'not UTF-8'} text.`,
      {
        advice: 'Save the file as UTF-8.',
        location: location ?? { file: name },
        cause,
      },
    );
  }
}

/** Throws `file-unreadable` for a file that starts with the byte-order mark of UTF-16. Reads only its start. */
export async function refuseUtf16(path: string, name: string, location?: SourceLocation): Promise<void> {
  const handle = await openFile(path, name, location);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    if (bytesRead === 2 && startsAsUtf16(buffer)) decodeText(buffer, name, location);
  } finally {
    await handle.close().catch(() => {});
  }
}

function startsAsUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Never opens a named pipe, which would wait for a writer forever, or a device, which may react to it. */
async function openFile(path: string, name: string, location: SourceLocation | undefined): Promise<FileHandle> {
  try {
    requireRegularFile(await stat(path));
    // The file may have been replaced since: open it without waiting, and check it again.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    await handle
      .stat()
      .then(requireRegularFile)
      .catch(async (error: unknown) => {
        await handle.close();
        throw error;
      });
    return handle;
  } catch (cause) {
    if (!isNotFoundError(cause)) throw unreadable(name, location, cause);
    throw new ChartImagesError('file-not-found', `Cannot read ${inSentence(name)}: the file does not exist.`, {
      advice: 'Check the spelling of the path, and the folder that relative paths start in.',
      location,
      cause,
    });
  }
}

function requireRegularFile(stats: Stats): void {
  const kind = kindOf(stats);
  if (kind !== 'a file') throw new Error(`it is ${kind}`);
}

/** Names such as `The lock file a.json` may start a sentence in the messages of callers. */
function inSentence(name: string): string {
  return name.replace(/^The /, 'the ');
}

/** The kind of a file, for messages. */
export function kindOf(stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

async function readAtMost(handle: FileHandle, name: string, limits: ReadLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Counted while reading: `stat` is wrong for growing files and those of /proc. One extra byte shows that there is
  // more.
  const stream = handle.createReadStream({ autoClose: false, end: limits.maximumBytes });
  for await (const chunk of stream) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    chunks.push(bytes);
  }
  if (length <= limits.maximumBytes) return Buffer.concat(chunks, length);
  throw new ChartImagesError(
    'file-too-large',
    `Cannot read ${inSentence(name)}: it has more than ${limits.maximumBytes} bytes.`,
    {
      advice: 'Check that this is the correct file. Files of this kind are never that large.',
      location: limits.location,
    },
  );
}

function unreadable(name: string, location: SourceLocation | undefined, cause: unknown): ChartImagesError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ChartImagesError('file-unreadable', `Cannot read ${inSentence(name)}: ${reason}.`, {
    advice: 'Check that it is a file that this user can read.',
    location,
    cause,
  });
}

/** ELOOP: a circular link leads to no file. */
const notFoundCodes: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** ENOTDIR: a component of the path is a file, so the path does not exist either. */
export function isNotFoundError(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && notFoundCodes.has(String(thrown.code));
}
