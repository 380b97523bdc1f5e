import type { Readable } from 'node:stream';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import type { RegistryClient } from './client.ts';
import type { RegistryRequest } from './guarded-exchange.ts';
import { pushError } from './push-error.ts';
import type { Descriptor } from './registry.ts';

/** Responses to uploads have no content, except for error pages. */
export const maximumResponseBytes = 64 * 1024;

const mebibyte = 1024 * 1024;

/**
 * Bytes of one PATCH, the largest first: fewer round trips. Azure rejects more than 20 MB, GHCR more than 4 MiB, and
 * proxies often more than 1 MiB. Each chunk is in memory once.
 */
const chunkSizes = [16 * mebibyte, 4 * mebibyte, mebibyte] as const;

/** The largest supported `OCI-Chunk-Min-Length`. A registry that requires more rejects the chunk. */
const maximumChunk = 64 * 1024 * 1024;

/** How often a chunk is resumed without progress before the upload fails. */
const maximumContinuations = 5;

/** The size of chunks that one registry accepts. */
export interface ChunkSize {
  /** Bytes. */
  current: number;
}

export function createChunkSize(): ChunkSize {
  return { current: chunkSizes[0] };
}

/** The next smaller size for chunks, after one of these bytes was rejected. Undefined if there is none. */
function smallerChunk(rejected: number, { minimumChunk }: UploadSession): number | undefined {
  return chunkSizes.find((size) => size < rejected && size >= minimumChunk);
}

/** A started upload (202). Every response may change its location. */
export interface UploadSession {
  readonly repository: string;
  readonly operation: string;
  readonly location: URL;
  /** Minimum bytes of a chunk, except for the last one (`OCI-Chunk-Min-Length`). */
  readonly minimumChunk: number;
  /** Where the registry redirected the blob in one request. */
  readonly redirect?: URL;
}

/** The session after a response. Its location may be relative, or on another host. */
export function sessionFrom(
  response: BufferedResponse,
  before: Pick<UploadSession, 'repository' | 'operation'> & Partial<UploadSession>,
): UploadSession {
  const location = response.headers['location'] ?? before.location?.href ?? '';
  if (location === '' || !URL.canParse(location, response.url.href)) {
    throw new ChartImagesError('registry-answer', `${response.url.host} started an upload without a location.`, {
      advice: 'Check that this registry allows pushes, or ask its operator.',
    });
  }
  const minimum = Number(response.headers['oci-chunk-min-length'] ?? before.minimumChunk ?? 0);
  return {
    repository: before.repository,
    operation: before.operation,
    location: new URL(location, response.url),
    minimumChunk: Number.isSafeInteger(minimum) ? minimum : (before.minimumChunk ?? 0),
  };
}

/** Sends the blob with the request that closes the upload (OCI distribution-spec, "POST then PUT"). */
export async function putMonolithic(
  client: RegistryClient,
  session: UploadSession,
  blob: Descriptor,
  content: Buffer | Readable,
): Promise<BufferedResponse> {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) };
  const target = session.redirect ?? closeUrl(session, blob);
  const { response } = await client.read(
    { ...requestOf(session, 'PUT', target), headers, body: content },
    maximumResponseBytes,
  );
  return response;
}

/**
 * Sends chunks (OCI distribution-spec, "Pushing a blob in chunks"). Returns the last response: success or rejection.
 */
export async function uploadChunked(
  client: RegistryClient,
  started: UploadSession,
  blob: Descriptor,
  content: Readable,
  chunkSize: ChunkSize,
): Promise<BufferedResponse> {
  let session = started;
  let offset = 0;
  const read = Math.min(maximumChunk, Math.max(chunkSize.current, session.minimumChunk));
  for await (const chunk of inChunks(content, read)) {
    for (let start = 0; start < chunk.length; ) {
      const size = Math.max(chunkSize.current, session.minimumChunk);
      const part = chunk.subarray(start, start + size);
      const sent = await sendChunk(client, session, part, offset, chunkSize);
      if (sent.kind === 'rejected') return sent.response;
      session = sent.session;
      start += sent.bytes;
      offset += sent.bytes;
    }
  }
  const headers = { 'content-length': '0' };
  const close = { ...requestOf(session, 'PUT', closeUrl(session, blob)), headers, responseTime: 'upload' } as const;
  const { response } = await client.read(close, maximumResponseBytes);
  return response;
}

/** Ignores errors: a registry that doesn't support it lets the session expire. */
export async function cancelUpload(client: RegistryClient, session: UploadSession): Promise<void> {
  await client.read(requestOf(session, 'DELETE', session.location), maximumResponseBytes).catch((error: unknown) => {
    if (error instanceof ChartImagesError && error.code === 'cancelled') throw error;
  });
}

type ChunkResult =
  /** `bytes`: the beginning of the chunk that the registry has. */
  | { readonly kind: 'accepted'; readonly session: UploadSession; readonly bytes: number }
  | { readonly kind: 'rejected'; readonly response: BufferedResponse };

/** `offset` is that of the chunk in the blob. Lowers `chunkSize` if the registry rejects the chunk for its size. */
async function sendChunk(
  client: RegistryClient,
  before: UploadSession,
  chunk: Buffer,
  offset: number,
  chunkSize: ChunkSize,
): Promise<ChunkResult> {
  let session = before;
  let sent = 0;
  for (let tries = 0; ; tries += 1) {
    const rest = chunk.subarray(sent);
    const start = offset + sent;
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(rest.length),
      'content-range': `${start}-${start + rest.length - 1}`,
    };
    const patch = { ...requestOf(session, 'PATCH', session.location), headers, body: rest };
    const { response } = await client.read(patch, maximumResponseBytes);
    if (response.status === 202)
      return { kind: 'accepted', session: sessionFrom(response, session), bytes: chunk.length };
    const smaller = smallerChunk(rest.length, session);
    if (response.status === 413 && smaller !== undefined) {
      chunkSize.current = Math.min(chunkSize.current, smaller);
      return { kind: 'accepted', session, bytes: sent };
    }
    if (response.status !== 416) return { kind: 'rejected', response };
    const { response: state } = await client.read(requestOf(session, 'GET', session.location), maximumResponseBytes);
    const received = receivedBytes(state);
    if (state.status !== 204 || received === undefined) return { kind: 'rejected', response };
    session = sessionFrom(state, session);
    const progress = received - offset;
    if (progress < 0 || progress > chunk.length) return { kind: 'rejected', response };
    if (progress === chunk.length) return { kind: 'accepted', session, bytes: progress };
    // The response to an earlier attempt was lost if the registry has a part of the chunk.
    if (progress > sent) tries = -1;
    else if (smaller !== undefined) {
      chunkSize.current = Math.min(chunkSize.current, smaller);
      return { kind: 'accepted', session, bytes: progress };
    } else if (tries >= maximumContinuations) return { kind: 'rejected', response };
    sent = progress;
  }
}

/** `Range: 0-99` means 100 received bytes. Registries return `0-0` for none as well as for one. */
function receivedBytes({ headers }: BufferedResponse): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(headers['range'] ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}

async function* inChunks(content: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let gathered = 0;
  for await (const part of content) {
    let rest = part;
    while (gathered + rest.length >= size) {
      const fits = size - gathered;
      yield Buffer.concat([...chunks, rest.subarray(0, fits)]);
      rest = rest.subarray(fits);
      chunks = [];
      gathered = 0;
    }
    if (rest.length > 0) chunks.push(rest);
    gathered += rest.length;
  }
  if (gathered > 0) yield Buffer.concat(chunks);
}

function requestOf(
  { repository, operation }: UploadSession,
  method: RegistryRequest['method'],
  target: URL,
): RegistryRequest {
  return { repository, access: 'pull,push', operation, method, target };
}

/** Appends to the text of the location: some registries reject their own query if it is re-encoded. */
function closeUrl({ location }: UploadSession, blob: Descriptor): URL {
  return new URL(`${location.href}${location.search === '' ? '?' : '&'}digest=${encodeURIComponent(blob.digest)}`);
}

/** The error for an upload that ended with this response. */
export function uploadError(
  { host }: Pick<RegistryClient, 'host'>,
  { operation, repository }: Pick<UploadSession, 'operation' | 'repository'>,
  response: BufferedResponse,
): ChartImagesError {
  return pushError(operation, response, { host, repository }, { kind: 'blob' });
}
