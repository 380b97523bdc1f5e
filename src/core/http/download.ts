import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChartImagesError } from '../errors.ts';
import { bodyTooLargeError, discardBody } from './body.ts';
import type { HttpClient } from './http.ts';
import { redactUrl } from './redact.ts';
import { adviceForStatus, errorCodeForStatus } from './status.ts';

export interface Download {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Stores what a URL holds in a new file. Nothing is left at `path` when it fails: an existing file is never overwritten,
 * a partial one is removed.
 */
export async function downloadFile(
  http: HttpClient,
  url: URL,
  path: string,
  bounds: { readonly maximumBytes: number },
): Promise<Download> {
  const file = await open(path, 'wx');
  try {
    return await receive(http, url, file.createWriteStream(), bounds.maximumBytes);
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

/** The text that a URL holds, decoded as UTF-8. Errors as those of `downloadFile`. */
export async function downloadText(http: HttpClient, url: URL, maximumBytes: number): Promise<string> {
  const response = await http.fetch({ method: 'GET', url }, maximumBytes);
  if (response.status !== 200) throw refused(url, response.status);
  return response.bytes.toString('utf8');
}

async function receive(http: HttpClient, url: URL, file: Writable, maximumBytes: number): Promise<Download> {
  const response = await http.stream({ method: 'GET', url });
  if (response.status !== 200) {
    discardBody(response);
    throw refused(url, response.status);
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

function refused(url: URL, status: number): ChartImagesError {
  return new ChartImagesError(errorCodeForStatus(status), `${redactUrl(url)} answers ${status}.`, {
    advice: adviceForStatus(status),
  });
}
