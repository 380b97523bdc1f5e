import type { Readable } from 'node:stream';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import type { Descriptor } from './registry.ts';
import { responseError, withOperation } from './registry-error.ts';

/** Answers to uploads have no body worth reading; some registries send a page. */
export const maximumResponseBytes = 64 * 1024;

/** Bytes of one PATCH: Azure refuses more than 20 MB, and fewer pieces are fewer round trips. Each is in memory once. */
const chunkSize = 16 * 1024 * 1024;

/** The most that a registry may want in one (`OCI-Chunk-Min-Length`); a registry that wants more refuses the chunk. */
const largestChunk = 64 * 1024 * 1024;

/** How often a chunk may go on where the registry says it stands, before the upload counts as broken. */
const maximumContinuations = 5;

/** An upload that a registry has begun (202): where it goes on, which every answer may change. */
export interface UploadSession {
  readonly repository: string;
  readonly operation: string;
  readonly location: URL;
  /** The fewest bytes of a chunk that is not the last (`OCI-Chunk-Min-Length`). */
  readonly minimumChunk: number;
}

/** Where an upload goes on after an answer. The location may be relative, and on another host. */
export function sessionFrom(
  response: BufferedResponse,
  before: Pick<UploadSession, 'repository' | 'operation'> & Partial<UploadSession>,
): UploadSession {
  const location = response.headers['location'] ?? before.location?.href ?? '';
  if (location === '' || !URL.canParse(location, response.url.href)) {
    throw new ChartImagesError('registry-answer', `${response.url.host} starts an upload without saying where.`, {
      advice: 'Check that this is a registry that can be pushed to, or ask its operator.',
    });
  }
  const said = Number(response.headers['oci-chunk-min-length'] ?? '0');
  return {
    repository: before.repository,
    operation: before.operation,
    location: new URL(location, response.url),
    minimumChunk: Number.isSafeInteger(said) ? said : (before.minimumChunk ?? 0),
  };
}

/** The whole blob with the request that closes the upload (OCI distribution-spec, "POST then PUT"). Any response is returned. */
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

/** The blob in chunks (OCI distribution-spec, "Pushing a blob in chunks"); the response that is returned closes it, or refuses. */
export async function uploadChunked(
  client: RegistryClient,
  started: UploadSession,
  blob: Descriptor,
  content: Readable,
): Promise<BufferedResponse> {
  let session = started;
  let offset = 0;
  for await (const chunk of inChunks(content, Math.min(largestChunk, Math.max(chunkSize, session.minimumChunk)))) {
    const sent = await sendChunk(client, session, chunk, offset);
    if (sent.kind === 'refused') return sent.response;
    session = sent.session;
    offset += chunk.length;
  }
  const headers = { 'content-length': '0' };
  const { response } = await client.read(
    { ...requestOf(session, 'PUT', closeUrl(session, blob)), headers },
    maximumResponseBytes,
  );
  return response;
}

/** Ends a session that is no longer needed. A registry that does not know how to forgets it by itself. */
export async function cancelUpload(client: RegistryClient, session: UploadSession): Promise<void> {
  await client.read(requestOf(session, 'DELETE', session.location), maximumResponseBytes).catch((error: unknown) => {
    if (error instanceof ChartImagesError && error.code === 'cancelled') throw error;
  });
}

type Sent =
  | { readonly kind: 'taken'; readonly session: UploadSession }
  | { readonly kind: 'refused'; readonly response: BufferedResponse };

/** `offset`: the place of the chunk's first byte in the blob. */
async function sendChunk(client: RegistryClient, before: UploadSession, chunk: Buffer, offset: number): Promise<Sent> {
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
    if (response.status === 202) return { kind: 'taken', session: sessionFrom(response, session) };
    if (response.status !== 416 || tries >= maximumContinuations) return { kind: 'refused', response: response };
    // The answer to an earlier try was lost: the registry has all of the chunk, or a part of it.
    const { response: state } = await client.read(requestOf(session, 'GET', session.location), maximumResponseBytes);
    const has = receivedBytes(state);
    if (state.status !== 204 || has === undefined) return { kind: 'refused', response: response };
    session = sessionFrom(state, session);
    const missing = offset + chunk.length - has;
    if (missing === 0) return { kind: 'taken', session };
    if (missing < 0 || missing > chunk.length) return { kind: 'refused', response: response };
    rest = chunk.subarray(chunk.length - missing);
  }
}

/** `Range: 0-99` means that 100 bytes have arrived; registries write `0-0` for none as well as for one. */
function receivedBytes({ headers }: BufferedResponse): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(headers['range'] ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}

async function* inChunks(content: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let gathered = 0;
  for await (const piece of content) {
    let rest = piece;
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

/**
 * The query of the location is the upload's state: it is continued as text, for a registry may not know its own state
 * again when the query has been written anew.
 */
function closeUrl({ location }: UploadSession, blob: Descriptor): URL {
  return new URL(`${location.href}${location.search === '' ? '?' : '&'}digest=${encodeURIComponent(blob.digest)}`);
}

/** The error for an upload that ended with this answer. */
export function uploadRefused(
  { operation }: Pick<UploadSession, 'operation'>,
  response: BufferedResponse,
): ChartImagesError {
  return withOperation(operation, responseError(response));
}
