import { subscribe } from 'node:diagnostics_channel';
import type { Duplex } from 'node:stream';
import symbols from 'undici/lib/core/symbols.js';

/** What is used of undici's parser of HTTP/1 responses. */
interface Parser {
  /** The reader of the body pauses it. */
  paused: boolean;
  readonly ptr: number;
  readonly llhttp: { llhttp_resume(ptr: number): void };
  readonly socket: Duplex;
  execute(chunk: Buffer): void;
  finish(): unknown;
}

// The module has no names that Node can import: without a bundler, only its default export exists.
const { kParser } = symbols;

let isSubscribed = false;

/**
 * Undici 7 ends the process with an assertion if a server closes a connection while the reader of its body pauses
 * (nodejs/undici#5360). Undici 8 corrects that, but needs Node 22. Until then, each parser ends its pause first: what
 * it still holds fits into the connection's buffer.
 */
export function finishPausedParsers(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe('undici:client:connected', (message) => {
    const parser = property(property(message, 'socket'), kParser);
    if (isParser(parser)) endPauseBeforeFinish(parser);
  });
}

function endPauseBeforeFinish(parser: Parser): void {
  const finish = parser.finish.bind(parser);
  parser.finish = () => {
    for (let isMore = parser.paused; isMore; ) {
      resume(parser);
      const chunk = nextChunk(parser.socket);
      parser.execute(chunk);
      isMore = parser.paused && chunk.length > 0;
    }
    if (parser.paused) resume(parser);
    return finish();
  };
}

function resume(parser: Parser): void {
  parser.llhttp.llhttp_resume(parser.ptr);
  parser.paused = false;
}

function nextChunk(socket: Duplex): Buffer {
  const chunk: unknown = socket.read();
  return Buffer.isBuffer(chunk) ? chunk : Buffer.alloc(0);
}

function isParser(value: unknown): value is Parser {
  return typeof property(value, 'finish') === 'function' && typeof property(value, 'execute') === 'function';
}

function property(value: unknown, name: string | symbol): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
