import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ChartImagesError } from '../errors.ts';
import { trackBodyBytes } from './body-gc.ts';
import type { Deadlines } from './deadlines.ts';
import { redactUrl } from './redact.ts';
import type { StreamingResponse } from './response.ts';

/** What a server explains an error with fits in far less; a proxy's HTML page is cut. */
export const maximumErrorBytes = 64 * 1024;

/** Bytes that wait for a slow reader, and as many more in the connection: a piece of a socket has at most 64 KiB. */
const maximumWaiting = 128 * 1024;

/** The body of an answer as undici's parser hands it out, piece by piece: a slow reader slows the server. */
export class BodyStream extends Readable {
  readonly #controller: Dispatcher.DispatchController;
  readonly #watch: NodeJS.Timeout;
  #hasArrived = false;
  /** Bytes since the watch last looked. */
  #progress = 0;
  /** Whether the reader let the server wait, now or since the watch last looked. */
  #pause: 'none' | 'over' | 'now' = 'none';

  /** `slow` makes the error for a server that brings too little in time. */
  constructor(controller: Dispatcher.DispatchController, deadlines: Deadlines, slow: () => Error) {
    super({ highWaterMark: maximumWaiting });
    this.#controller = controller;
    this.#watch = setInterval(() => this.#look(deadlines, slow), deadlines.progressTime).unref();
    // It may fail before it is read; the later reader gets the error.
    this.on('error', () => {});
  }

  receive(piece: Buffer): void {
    trackBodyBytes(piece.length);
    this.#progress += piece.length;
    if (this.push(piece)) return;
    this.#pause = 'now';
    this.#controller.pause();
  }

  finish(): void {
    this.#hasArrived = true;
    clearInterval(this.#watch);
    this.push(null);
  }

  override _read(): void {
    if (this.#pause === 'now') this.#pause = 'over';
    this.#controller.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#watch);
    // Giving up a body costs its connection: what is still on its way would have to be read first.
    if (!this.#hasArrived) this.#controller.abort(error ?? new Error('the body was given up'));
    done(error);
  }

  /** A reader that lets the server wait is slow itself. */
  #look({ progressBytes }: Deadlines, slow: () => Error): void {
    if (this.#pause === 'none' && this.#progress < progressBytes) this.destroy(slow());
    this.#progress = 0;
    if (this.#pause === 'over') this.#pause = 'none';
  }
}

/** Reads what a server says about an error, at most its beginning. */
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

/** Gives up the body of an answer of which only status and headers matter. */
export function discardBody(response: StreamingResponse): void {
  let size = 0;
  // A short rest is read so that the connection can be used again.
  response.body.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maximumErrorBytes) response.body.destroy();
  });
  // This body is no longer awaited, so its error does not matter.
  response.body.on('error', () => {});
}

export function bodyTooLargeError(url: URL, maximumBytes: number): ChartImagesError {
  return new ChartImagesError('registry-answer', `${redactUrl(url)} answers with more than ${maximumBytes} bytes.`, {
    advice: 'Check that this is the server you mean; nothing honest is as long as this.',
  });
}

/** Node does not type the chunks of a stream; a body without an encoding gives Buffers. */
function bytesOf(body: Readable): AsyncIterable<Buffer> {
  return body;
}
