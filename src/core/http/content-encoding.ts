import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { ChartImagesError } from '../errors.ts';
import type { BufferedResponse } from './response.ts';

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Decompresses a body: caches in front of a registry compress JSON although the request does not ask for it (RFC 9110,
 * 12.5.3). Throws `registry-answer` if it cannot be decompressed to `maximumBytes`. Never for blobs, whose bytes are
 * what their digest is of.
 */
export async function decodeBody(response: BufferedResponse, maximumBytes: number): Promise<BufferedResponse> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase();
  const decode = decoders.get(encoding ?? '');
  if (decode === undefined || response.bytes.length === 0) return response;
  try {
    return { ...response, bytes: await decode(response.bytes, { maxOutputLength: maximumBytes }) };
  } catch (cause) {
    // The beginning of a long error page.
    if (response.status >= 300) return { ...response, bytes: Buffer.alloc(0) };
    const message = `the response from ${response.url.host} cannot be decompressed (${encoding}).`;
    throw new ChartImagesError('registry-answer', message, {
      advice: 'Ask the operator of the server, or of the proxy in front of it.',
      cause,
    });
  }
}
