import { Readable } from 'node:stream';
import type { HttpRequest, StreamingResponse } from './response.ts';

/** The headers that request a body from `offset` (RFC 9110, 14.2). */
export function rangeHeaders(offset: number): NonNullable<HttpRequest['headers']> {
  return offset === 0 ? {} : { range: `bytes=${offset}-` };
}

/** The bytes from `offset`, also if the server ignores ranges. Undefined if the response doesn't contain them. */
export function bodyFrom({ status, headers, body }: StreamingResponse, offset: number): Readable | undefined {
  if (status === 200) return offset === 0 ? body : Readable.from(skipBytes(body, offset));
  return status === 206 && headers['content-range']?.startsWith(`bytes ${offset}-`) ? body : undefined;
}

async function* skipBytes(body: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of body) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
