import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ChartImagesError } from '../../core/errors.ts';
import { type DigestAlgorithm, digestAlgorithm, finishDigest } from '../../core/oci/digest.ts';
import type { Descriptor } from '../../registry/client/registry.ts';

/** How often a blob that breaks off is gone on with where it stood. Each try has the patience of the client besides. */
const maximumResumptions = 5;

/** Bytes that wait for a slow target: some pieces of a socket. */
const maximumWaiting = 256 * 1024;

/** Opens a blob's bytes from an offset on. */
export type OpenBlob = (offset: number) => Promise<Readable>;

/**
 * A blob's bytes on their way, hashed as they pass. Fails when they are not the blob's, and then never hands out the last
 * of them, so that wrong content does not become complete on the other side. Where the bytes break off they are opened
 * again. A slow reader slows the source.
 */
export class VerifiedBlobStream extends Readable {
  readonly #open: OpenBlob;
  readonly #blob: Descriptor;
  readonly #where: string;
  readonly #algorithm: DigestAlgorithm;
  readonly #hash: Hash;
  #source: Readable | undefined;
  #isOpening = false;
  #hasEnded = false;
  #resumptions = 0;
  /** Bytes that have arrived. */
  #size = 0;
  /** The last piece, which waits for the digest. */
  #lastChunk: Buffer | undefined;
  #isVerified = false;

  /** `where` names the blob and its side in errors. */
  constructor(open: OpenBlob, blob: Descriptor, where: string) {
    super({ highWaterMark: maximumWaiting });
    this.#open = open;
    this.#blob = blob;
    this.#where = where;
    this.#algorithm = digestAlgorithm(blob.digest);
    this.#hash = createHash(this.#algorithm);
    // It may fail after everyone stopped listening (a refused upload, a cancelled copy).
    this.on('error', () => {});
  }

  /** True once all bytes were found to be the blob's and none of them waits here for the reader. */
  get isVerified(): boolean {
    return this.#isVerified && this.readableLength === 0;
  }

  /** Bytes that have come so far. */
  get received(): number {
    return this.#size;
  }

  /** Begins to read before anyone wants the bytes. */
  start(): this {
    this.read(0);
    return this;
  }

  override _read(): void {
    if (this.#source) this.#source.resume();
    else if (!this.#hasEnded) void this.#start();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#source?.destroy();
    done(error);
  }

  async #start(): Promise<void> {
    if (this.#isOpening) return;
    this.#isOpening = true;
    try {
      const source = await this.#open(this.#size);
      if (this.destroyed) source.destroy();
      else this.#follow(source);
    } catch (error) {
      this.destroy(readError(this.#where, error));
    } finally {
      this.#isOpening = false;
    }
  }

  #follow(source: Readable): void {
    this.#source = source;
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.once('end', () => this.#finish());
    source.on('error', (error) => this.#resume(source, error));
    source.once('close', () => this.#resume(source, new Error('connection closed')));
  }

  #take(chunk: Buffer): void {
    if (this.destroyed) return;
    this.#size += chunk.length;
    if (this.#size > this.#blob.size) {
      this.destroy(mismatch(this.#where, `more than the expected ${this.#blob.size} bytes`));
      return;
    }
    this.#hash.update(chunk);
    const before = this.#lastChunk;
    this.#lastChunk = chunk;
    if (before !== undefined && !this.push(before)) this.#source?.pause();
  }

  #finish(): void {
    if (this.destroyed) return;
    this.#hasEnded = true;
    if (this.#size !== this.#blob.size) {
      this.destroy(mismatch(this.#where, `${this.#size} of ${this.#blob.size} bytes`));
      return;
    }
    const actual = finishDigest(this.#hash, this.#algorithm);
    if (actual !== this.#blob.digest) {
      this.destroy(mismatch(this.#where, `content with the digest ${actual}`));
      return;
    }
    this.#isVerified = true;
    if (this.#lastChunk !== undefined) this.push(this.#lastChunk);
    this.push(null);
  }

  /** Only the bytes that are missing, hashed on from where the hash stands. */
  #resume(source: Readable, error: Error): void {
    if (this.destroyed || this.#hasEnded || source !== this.#source) return;
    this.#source = undefined;
    this.#resumptions += 1;
    const canPass = !(error instanceof ChartImagesError) || error.code === 'network' || error.code === 'timeout';
    if (canPass && this.#resumptions <= maximumResumptions) void this.#start();
    else this.destroy(readError(this.#where, error));
  }
}

/** The whole of a small blob, proven. */
export async function readVerified(content: VerifiedBlobStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

function readError(where: string, error: unknown): ChartImagesError {
  if (error instanceof ChartImagesError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ChartImagesError('network', `Cannot read ${where}: the response ended early (${why}).`, {
    advice: 'Try again. Uploaded layers are not copied again.',
    cause: error,
  });
}

function mismatch(where: string, content: string): ChartImagesError {
  return new ChartImagesError('digest-mismatch', `Cannot read ${where}: the registry sent ${content}.`, {
    advice: 'Nothing was tagged. Try again. If the problem persists, push the image to its source again.',
  });
}
