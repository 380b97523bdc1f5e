import { unsafeArchive } from './archive-entry.ts';

const blockBytes = 512;

/** Bytes of one extended header: a path and a few attributes. */
const maximumExtensionBytes = 64 * 1024;

/** Entries with content, folders, and what `parseEntryPath` refuses by its name: links and devices. */
const entryKinds = '\0' + '01234567';

/** Headers that say something about the next entry (`x`, `L`, `K`) or about all that follow (`g`). */
const extensionKinds = 'xLKg';

/** Keys of pax that readers know or don't know, or apply in an order of their own. */
const disputed = / (?:size|GNU\.sparse\.[^=\n]*)=/;
const disputedForAll = / (?:path|linkpath|size|GNU\.sparse\.[^=\n]*)=/;

/**
 * Hands a tar on while it can only be read in one way. Helm opens the archive itself, with Go's reader, after it was
 * checked with another one: what the two take for different files (sparse files, two names for one entry, a folder with
 * content, unusual sizes) would hide a file from the check. Errors: `archive-unsafe`.
 */
export async function* strictTar(chunks: AsyncIterable<Buffer>, archive: string): AsyncGenerator<Buffer> {
  const reader = new BlockReader(archive);
  for await (const chunk of chunks) {
    reader.read(chunk);
    yield chunk;
  }
}

class BlockReader {
  readonly #archive: string;
  readonly #held = Buffer.alloc(blockBytes);
  #filled = 0;
  /** Bytes of content that are still to come, with those that fill its last block. */
  #content = 0;
  #extension: { readonly kind: string; readonly bytes: Buffer[] } | undefined;
  /** An extension waits for the entry that it is about. */
  #extended = false;
  #emptyBlocks = 0;
  /** No tar from here on, which is an error of the reader that comes next. */
  #stopped = false;

  constructor(archive: string) {
    this.#archive = archive;
  }

  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.#stopped; ) {
      const wanted = this.#content > 0 ? this.#content : blockBytes - this.#filled;
      const part = chunk.subarray(at, at + wanted);
      at += part.length;
      if (this.#content > 0) this.#readContent(part);
      else this.#fill(part);
    }
  }

  #readContent(part: Buffer): void {
    this.#extension?.bytes.push(part);
    this.#content -= part.length;
    if (this.#content === 0) this.#endExtension();
  }

  #fill(part: Buffer): void {
    part.copy(this.#held, this.#filled);
    this.#filled += part.length;
    if (this.#filled < blockBytes) return;
    this.#filled = 0;
    this.#readHeader(this.#held);
  }

  #readHeader(block: Buffer): void {
    if (isEmpty(block)) {
      this.#emptyBlocks += 1;
      return;
    }
    if (this.#emptyBlocks > 1) throw this.#unsafe('has something after its end');
    const form = block.toString('latin1', 257, 265);
    if (!form.startsWith('ustar\0') && form !== 'ustar  \0') {
      this.#stopped = true;
      return;
    }
    const kind = block.toString('latin1', 156, 157);
    const size = this.#sizeOf(block);
    const other = form === 'ustar  \0' ? !isEmpty(block.subarray(345)) : block.toString('latin1', 508) === 'tar\0';
    if (other) throw this.#unsafe('has a header of a form that not all programs know');
    this.#content = Math.ceil(size / blockBytes) * blockBytes;
    if (extensionKinds.includes(kind)) {
      this.#beginExtension(kind, size);
      return;
    }
    if (!entryKinds.includes(kind)) throw this.#unsafe('has an entry of a kind that not all programs know');
    const name = block.toString('latin1', 0, 100).replace(/\0.*$/s, '');
    if (size > 0 && (kind === '5' || name.endsWith('/'))) throw this.#unsafe('has a folder with content of its own');
    this.#extended = false;
  }

  #sizeOf(block: Buffer): number {
    const written = block.toString('latin1', 124, 136);
    if (!/^ *[0-7]*[ \0]*$/.test(written)) throw this.#unsafe('has a size that not all programs read alike');
    return Number.parseInt(written, 8) || 0;
  }

  #beginExtension(kind: string, size: number): void {
    if (this.#extended) throw this.#unsafe('has two headers about one entry');
    if (size > maximumExtensionBytes) throw this.#unsafe(`has a header of ${size} bytes`);
    this.#extended = kind !== 'g';
    this.#extension = size === 0 ? undefined : { kind, bytes: [] };
  }

  #endExtension(): void {
    if (this.#extension === undefined) return;
    const { kind, bytes } = this.#extension;
    this.#extension = undefined;
    const keys = kind === 'g' ? disputedForAll : disputed;
    if ((kind === 'g' || kind === 'x') && keys.test(Buffer.concat(bytes).toString('latin1'))) {
      throw this.#unsafe('has attributes that not all programs know');
    }
  }

  #unsafe(what: string) {
    return unsafeArchive(this.#archive, `it ${what}`);
  }
}

function isEmpty(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}
