import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ChartImagesError, rootCause } from '../../core/errors.ts';
import { type DigestAlgorithm, digestAlgorithm, finishDigest } from '../../core/oci/digest.ts';
import type { Descriptor } from '../../registry/client/registry.ts';

/** How often an interrupted download is resumed without progress, in addition to the retries of the client. */
const maximumResumptions = 5;

/** Bytes that count as progress: a source that breaks after every few bytes does not finish. */
const progressBytes = 1024 * 1024;

/** Bytes buffered for a slow target: some chunks of a socket. */
const maximumWaiting = 256 * 1024;

/** Opens a blob's bytes from an offset on. */
export type OpenBlob = (offset: number) => Promise<Readable>;

/**
 * A stream that verifies the digest of a blob and resumes interrupted downloads. It withholds the last chunk until the
 * digest matches, so that wrong content never completes an upload. Applies backpressure.
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
  /** Bytes received when resumptions were last counted from zero. */
  #progressAt = 0;
  /** Bytes received. */
  #size = 0;
  /** The last chunk, which is withheld until the digest matches. */
  #lastChunk: Buffer | undefined;
  #isVerified = false;

  /** `where` names the blob in errors. */
  constructor(open: OpenBlob, blob: Descriptor, where: string) {
    super({ highWaterMark: maximumWaiting });
    this.#open = open;
    this.#blob = blob;
    this.#where = where;
    this.#algorithm = digestAlgorithm(blob.digest);
    this.#hash = createHash(this.#algorithm);
    // It may fail after all consumers stopped listening (rejected upload, canceled copy).
    this.on('error', () => {});
  }

  /** True if the digest matched and all bytes were consumed. */
  get isVerified(): boolean {
    return this.#isVerified && this.readableLength === 0;
  }

  /** Bytes received so far. */
  get received(): number {
    return this.#size;
  }

  /** Starts reading before the first consumer. */
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
      this.destroy(this.#readError(error));
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

  /** Requests only the missing bytes, and continues the hash. */
  #resume(source: Readable, error: Error): void {
    if (this.destroyed || this.#hasEnded || source !== this.#source) return;
    this.#source = undefined;
    // Only the end of the response was lost, and no byte is left to request.
    if (this.#size === this.#blob.size) {
      this.#finish();
      return;
    }
    if (this.#size - this.#progressAt >= progressBytes) {
      this.#progressAt = this.#size;
      this.#resumptions = 0;
    }
    this.#resumptions += 1;
    const canPass = !(error instanceof ChartImagesError) || error.code === 'network' || error.code === 'timeout';
    if (canPass && this.#resumptions <= maximumResumptions) void this.#start();
    else this.destroy(this.#readError(error));
  }

  /** Names the blob, what arrived, and the tries, which the error of a connection does not have. */
  #readError(thrown: unknown): ChartImagesError {
    const error = thrown instanceof ChartImagesError ? thrown : connectionError(this.#where, thrown);
    if (error.code === 'cancelled' || this.#resumptions === 0) return error;
    const { code, message, advice } = rootCause(error);
    const arrived = `${this.#size} of ${this.#blob.size} bytes arrived in ${this.#resumptions} ${this.#resumptions === 1 ? 'try' : 'tries'}`;
    return new ChartImagesError(code, `Cannot read ${this.#where}: ${arrived}. ${message}`, { advice, cause: error });
  }
}

/** The whole content of a small blob, verified. */
export async function readVerified(content: VerifiedBlobStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

/** `where` begins with the host. */
function connectionError(where: string, thrown: unknown): ChartImagesError {
  const host = where.split('/')[0] ?? where;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new ChartImagesError('network', `${host} ended the response early (${why}).`, {
    advice:
      'Run again: uploaded layers are not copied again. If it always breaks at this layer, check the storage of the source, or the proxy in front of it.',
    cause: thrown,
  });
}

function mismatch(where: string, content: string): ChartImagesError {
  return new ChartImagesError('digest-mismatch', `Cannot read ${where}: the registry sent ${content}.`, {
    advice: 'Nothing was tagged. Try again. If the problem persists, push the image to its source again.',
  });
}
