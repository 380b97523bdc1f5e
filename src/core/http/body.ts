import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ChartImagesError } from '../errors.ts';
import { trackBodyBytes } from './body-gc.ts';
import type { Deadlines } from './deadlines.ts';
import { redactUrl } from './redact.ts';
import type { StreamingResponse } from './response.ts';

/** Error bodies of registries are far smaller. Longer HTML pages of proxies are truncated. */
export const maximumErrorBytes = 64 * 1024;

/** Buffered bytes for a slow reader. The connection buffers as many again: a chunk of a socket has at most 64 KiB. */
const maximumBuffered = 128 * 1024;

/** The body of a response, in the chunks of undici's parser. A slow reader slows the server down. */
export class BodyStream extends Readable {
  readonly #controller: Dispatcher.DispatchController;
  readonly #timer: NodeJS.Timeout;
  #isComplete = false;
  /** Bytes since the last check. */
  #progress = 0;
  /** Whether the reader pauses the server, now or since the last check. */
  #pause: 'none' | 'over' | 'now' = 'none';

  /** `tooSlowError` creates the error for a server that sends too few bytes in time. */
  constructor(controller: Dispatcher.DispatchController, deadlines: Deadlines, tooSlowError: () => Error) {
    super({ highWaterMark: maximumBuffered });
    this.#controller = controller;
    this.#timer = setInterval(() => this.#checkProgress(deadlines, tooSlowError), deadlines.progressTime).unref();
    // It may fail before it is read. The later reader gets the error.
    this.on('error', () => {});
  }

  receive(chunk: Buffer): void {
    trackBodyBytes(chunk.length);
    this.#progress += chunk.length;
    if (this.push(chunk)) return;
    this.#pause = 'now';
    this.#controller.pause();
  }

  finish(): void {
    this.#isComplete = true;
    clearInterval(this.#timer);
    this.push(null);
  }

  override _read(): void {
    if (this.#pause === 'now') this.#pause = 'over';
    this.#controller.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#timer);
    // Discarding a body closes its connection, which could only be reused after reading the rest.
    if (!this.#isComplete) this.#controller.abort(error ?? new Error('the body was discarded'));
    done(error);
  }

  /** While the reader pauses the server, the server is not too slow. */
  #checkProgress({ progressBytes }: Deadlines, tooSlowError: () => Error): void {
    if (this.#pause === 'none' && this.#progress < progressBytes) this.destroy(tooSlowError());
    this.#progress = 0;
    if (this.#pause === 'over') this.#pause = 'none';
  }
}

/** Reads the body of an error response, at most `maximumErrorBytes`. */
export async function readErrorText(response: StreamingResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(response.body)) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maximumErrorBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maximumErrorBytes);
}

/** Discards the body of a response of which only status and headers are needed. */
export function discardBody(response: StreamingResponse): void {
  let size = 0;
  // Reading a short rest allows the connection to be reused.
  response.body.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maximumErrorBytes) response.body.destroy();
  });
  // The body is not used, so its error is irrelevant.
  response.body.on('error', () => {});
}

export function bodyTooLargeError(url: URL, maximumBytes: number): ChartImagesError {
  return new ChartImagesError('registry-answer', `${redactUrl(url)} returned more than ${maximumBytes} bytes.`, {
    advice: 'Check that this is the correct server. The response exceeds the size limit.',
  });
}

/** Node does not type the chunks of a stream. A body without an encoding has Buffers. */
function bytesOf(body: Readable): AsyncIterable<Buffer> {
  return body;
}
