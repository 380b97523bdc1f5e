import type { Readable } from 'node:stream';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import type { RegistryClient } from './client.ts';
import type { RegistryRequest } from './guarded-exchange.ts';
import { pushError } from './push-error.ts';
import type { Descriptor } from './registry.ts';

/** Responses to uploads have no content, except for error pages. */
export const maximumResponseBytes = 64 * 1024;

/**
 * Bytes of one PATCH: Azure rejects more than 20 MB, and larger chunks need fewer round trips. Each is in memory
 * once.
 */
const chunkSize = 16 * 1024 * 1024;

/** The largest supported `OCI-Chunk-Min-Length`. A registry that requires more rejects the chunk. */
const maximumChunk = 64 * 1024 * 1024;

/** How often a chunk is resumed at the offset of the registry before the upload fails. */
const maximumContinuations = 5;

/** A started upload (202). Every response may change its location. */
export interface UploadSession {
  readonly repository: string;
  readonly operation: string;
  readonly location: URL;
  /** Minimum bytes of a chunk, except for the last one (`OCI-Chunk-Min-Length`). */
  readonly minimumChunk: number;
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
  const minimum = Number(response.headers['oci-chunk-min-length'] ?? '0');
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
  const target = closeUrl(session, blob);
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
): Promise<BufferedResponse> {
  let session = started;
  let offset = 0;
  for await (const chunk of inChunks(content, Math.min(maximumChunk, Math.max(chunkSize, session.minimumChunk)))) {
    const sent = await sendChunk(client, session, chunk, offset);
    if (sent.kind === 'rejected') return sent.response;
    session = sent.session;
    offset += chunk.length;
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
  | { readonly kind: 'accepted'; readonly session: UploadSession }
  | { readonly kind: 'rejected'; readonly response: BufferedResponse };

/** `offset` is that of the chunk in the blob. */
async function sendChunk(
  client: RegistryClient,
  before: UploadSession,
  chunk: Buffer,
  offset: number,
): Promise<ChunkResult> {
  let session = before;
  let rest = chunk;
  for (let tries = 0; ; tries += 1) {
    const start = offset + chunk.length - rest.length;
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(rest.length),
      'content-range': `${start}-${start + rest.length - 1}`,
    };
    const patch = { ...requestOf(session, 'PATCH', session.location), headers, body: rest };
    const { response } = await client.read(patch, maximumResponseBytes);
    if (response.status === 202) return { kind: 'accepted', session: sessionFrom(response, session) };
    if (response.status !== 416 || tries >= maximumContinuations) return { kind: 'rejected', response };
    // The response to an earlier attempt was lost: the registry has all of the chunk, or a part of it.
    const { response: state } = await client.read(requestOf(session, 'GET', session.location), maximumResponseBytes);
    const received = receivedBytes(state);
    if (state.status !== 204 || received === undefined) return { kind: 'rejected', response };
    session = sessionFrom(state, session);
    const missing = offset + chunk.length - received;
    if (missing === 0) return { kind: 'accepted', session };
    if (missing < 0 || missing > chunk.length) return { kind: 'rejected', response };
    rest = chunk.subarray(chunk.length - missing);
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
