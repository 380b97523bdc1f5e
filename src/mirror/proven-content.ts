import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ChartImagesError } from '../errors.ts';
import { algorithmOf, digestFrom } from '../image/digest.ts';
import type { Blob } from '../registry/registry.ts';

/** A blob's bytes on their way, hashed as they pass. */
export interface ProvenContent {
  /** Fails when the bytes are not the blob's, and then never hands out the last of them. */
  readonly stream: Readable;
  /** Why the bytes could not be read or are not the blob's: the root of whatever the reader of `stream` then runs into. */
  fault(): ChartImagesError | undefined;
  /** True once all bytes were found to be the blob's. */
  isProven(): boolean;
}

/** `where` names the blob and its side in errors. */
export function proveContent(content: Readable, blob: Blob, where: string): ProvenContent {
  let fault: ChartImagesError | undefined;
  let proven = false;
  const fail = (error: ChartImagesError): ChartImagesError => {
    fault = error;
    return error;
  };
  const passing = async function* (): AsyncGenerator<Buffer> {
    const algorithm = algorithmOf(blob.digest);
    const hash = createHash(algorithm);
    let size = 0;
    let held: Buffer | undefined;
    for await (const piece of pieces(content, (error) => fail(broken(where, error)))) {
      size += piece.length;
      if (size > blob.size) throw fail(mismatch(where, `more than the ${blob.size} bytes it should have`));
      hash.update(piece);
      // The last piece waits for the digest, so that wrong content never becomes complete on the other side.
      if (held !== undefined) yield held;
      held = piece;
    }
    if (size !== blob.size) throw fail(mismatch(where, `${size} of ${blob.size} bytes`));
    const actual = digestFrom(hash, algorithm);
    if (actual !== blob.digest) throw fail(mismatch(where, `content with the digest ${actual}`));
    proven = true;
    if (held !== undefined) yield held;
  };
  const stream = Readable.from(passing(), { objectMode: false });
  // Both may fail after everyone stopped listening (a refused upload, a cancelled copy); `fault` and the writer tell why.
  stream.on('error', () => {});
  content.on('error', () => {});
  return { stream, fault: () => fault, isProven: () => proven };
}

/** Only reading fails in here: an error that the consumer throws into the stream ends this generator by `return`. */
async function* pieces(content: Readable, asFault: (error: unknown) => ChartImagesError): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    throw asFault(error);
  }
}

function broken(where: string, error: unknown): ChartImagesError {
  if (error instanceof ChartImagesError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ChartImagesError('network', `${where}: the content broke off (${why}).`, {
    advice: 'Try again; what has arrived is not copied again.',
    cause: error,
  });
}

function mismatch(where: string, what: string): ChartImagesError {
  return new ChartImagesError('digest-mismatch', `${where}: the registry sent ${what}.`, {
    advice:
      'Nothing was tagged; the content is damaged in its source or on the way: try again, then push it there again.',
  });
}
