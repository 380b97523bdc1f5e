import { PassThrough, type Readable } from 'node:stream';
import { ChartImagesError } from '../errors.ts';
import type { OpenAnswer } from './answer.ts';
import { failureOf } from './failure.ts';
import { redactUrl } from './redact.ts';

/** What a server explains an error with fits in far less; a proxy's HTML page is cut. */
const maximumErrorBytes = 64 * 1024;

/** Reads a whole body. Throws `registry-answer` when it is longer than the bound. */
export async function readBounded(answer: OpenAnswer, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(answer.body)) {
    size += chunk.length;
    if (size > maximumBytes) {
      throw new ChartImagesError(
        'registry-answer',
        `${redactUrl(answer.url)} answers with more than ${maximumBytes} bytes.`,
        {
          advice: 'Check that this is the server you mean; nothing honest is as long as this.',
        },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads what a server says about an error, at most its beginning. */
export async function readErrorText(answer: OpenAnswer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(answer.body)) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maximumErrorBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maximumErrorBytes);
}

/** Gives up the body of an answer of which only status and headers matter. */
export function discard(answer: OpenAnswer): void {
  let size = 0;
  // A short rest is read so that the connection can be used again; giving up a body costs the connection.
  answer.body.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maximumErrorBytes) answer.body.destroy();
  });
  // Nobody waits for this body any more, so nobody needs its error.
  answer.body.on('error', () => {});
}

/** The body as a stream whose errors are ChartImagesErrors; destroying it gives the connection up. */
export function bodyStream(answer: OpenAnswer, signal: AbortSignal): Readable {
  const told = new PassThrough();
  answer.body.on('error', (error) => told.destroy(failureOf(error, answer.url, signal).error));
  told.on('close', () => answer.body.destroy());
  return answer.body.pipe(told);
}

/** Node types the chunks of a stream as any; a body without an encoding gives Buffers. */
function bytesOf(body: Readable): AsyncIterable<Buffer> {
  return body;
}
