import { Readable } from 'node:stream';
import type { HttpRequest, StreamingResponse } from './response.ts';

/** The headers that ask for a body from `offset` on (RFC 9110, 14.2). */
export function rangeHeaders(offset: number): NonNullable<HttpRequest['headers']> {
  return offset === 0 ? {} : { range: `bytes=${offset}-` };
}

/** The bytes from `offset` on, also of a server without ranges, which sends all; undefined where the answer does not hold them. */
export function bodyFrom({ status, headers, body }: StreamingResponse, offset: number): Readable | undefined {
  if (status === 200) return offset === 0 ? body : Readable.from(without(body, offset));
  return status === 206 && headers['content-range']?.startsWith(`bytes ${offset}-`) ? body : undefined;
}

async function* without(body: AsyncIterable<Buffer>, skipped: number): AsyncGenerator<Buffer> {
  let left = skipped;
  for await (const chunk of body) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
