import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChartImagesError } from '../errors.ts';
import { tidyUp } from '../tidy-up.ts';
import { bodyTooLargeError, discardBody } from './body.ts';
import type { HttpClient } from './http.ts';
import { redactUrl } from './redact.ts';
import { adviceForStatus, errorCodeForStatus } from './status.ts';

export interface Download {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Downloads a URL to a new file. Never overwrites an existing file, and removes a partial one if it fails. */
export async function downloadFile(
  http: HttpClient,
  url: URL,
  path: string,
  limits: { readonly maximumBytes: number },
): Promise<Download> {
  const file = await open(path, 'wx');
  try {
    return await receive(http, url, file.createWriteStream(), limits.maximumBytes);
  } catch (error) {
    // The stream may have closed it.
    await file.close().catch(() => {});
    await tidyUp(path);
    throw error;
  }
}

/** Downloads text, decoded as UTF-8. Throws as `downloadFile` does. */
export async function downloadText(http: HttpClient, url: URL, maximumBytes: number): Promise<string> {
  const response = await http.fetch({ method: 'GET', url }, maximumBytes);
  if (response.status !== 200) throw statusError(url, response.status);
  return response.bytes.toString('utf8');
}

async function receive(http: HttpClient, url: URL, file: Writable, maximumBytes: number): Promise<Download> {
  const response = await http.stream({ method: 'GET', url });
  if (response.status !== 200) {
    discardBody(response);
    throw statusError(url, response.status);
  }
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maximumBytes) throw bodyTooLargeError(url, maximumBytes);
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(response.body, measure, file);
  return { sha256: hash.digest('hex'), bytes };
}

/** The error for a response other than 200. */
export function statusError(url: URL, status: number): ChartImagesError {
  return new ChartImagesError(errorCodeForStatus(status), `${redactUrl(url)} returned ${status}.`, {
    advice: adviceForStatus(status),
  });
}
