import type { Readable } from 'node:stream';
import { ChartImagesError } from '../errors.ts';
import type { WholeAnswer } from '../http/answer.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { during, refused } from './refusal.ts';
import type { Blob } from './registry.ts';

/** Answers to uploads have no body worth reading; some registries send a page. */
export const maximumAnswerBytes = 64 * 1024;

/** Bytes of one PATCH: Azure refuses more than 20 MB, and fewer pieces are fewer round trips. Each is in memory once. */
const chunkSize = 16 * 1024 * 1024;

/** The most that a registry may want in one (`OCI-Chunk-Min-Length`); whoever wants more refuses what it gets. */
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
export function sessionOf(
  answer: WholeAnswer,
  before: Pick<UploadSession, 'repository' | 'operation'> & Partial<UploadSession>,
): UploadSession {
  const location = answer.headers['location'] ?? before.location?.href ?? '';
  if (location === '' || !URL.canParse(location, answer.url.href)) {
    throw new ChartImagesError('registry-answer', `${answer.url.host} starts an upload without saying where.`, {
      advice: 'Check that this is a registry that can be pushed to, or ask its operator.',
    });
  }
  const said = Number(answer.headers['oci-chunk-min-length'] ?? '0');
  return {
    repository: before.repository,
    operation: before.operation,
    location: new URL(location, answer.url),
    minimumChunk: Number.isSafeInteger(said) ? said : (before.minimumChunk ?? 0),
  };
}

/** The whole blob with the request that closes the upload (OCI distribution-spec, "POST then PUT"). Any answer is told. */
export async function closeWith(
  client: RegistryClient,
  session: UploadSession,
  blob: Blob,
  content: Buffer | Readable,
): Promise<WholeAnswer> {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) };
  const target = closingUrl(session, blob);
  const { answer } = await client.read(
    { ...requestOf(session, 'PUT', target), headers, body: content },
    maximumAnswerBytes,
  );
  return answer;
}

/** The blob in chunks (OCI distribution-spec, "Pushing a blob in chunks"); the answer that is told closes it, or refuses. */
export async function closeInChunks(
  client: RegistryClient,
  started: UploadSession,
  blob: Blob,
  content: Readable,
): Promise<WholeAnswer> {
  let session = started;
  let offset = 0;
  for await (const chunk of inChunks(content, Math.min(largestChunk, Math.max(chunkSize, session.minimumChunk)))) {
    const sent = await sendChunk(client, session, chunk, offset);
    if (sent.kind === 'refused') return sent.answer;
    session = sent.session;
    offset += chunk.length;
  }
  const headers = { 'content-length': '0' };
  const { answer } = await client.read(
    { ...requestOf(session, 'PUT', closingUrl(session, blob)), headers },
    maximumAnswerBytes,
  );
  return answer;
}

/** Ends a session that nobody needs any more. A registry that does not know how to forgets it by itself. */
export async function abandon(client: RegistryClient, session: UploadSession): Promise<void> {
  await client.read(requestOf(session, 'DELETE', session.location), maximumAnswerBytes).catch((error: unknown) => {
    if (error instanceof ChartImagesError && error.code === 'cancelled') throw error;
  });
}

type Sent =
  | { readonly kind: 'taken'; readonly session: UploadSession }
  | { readonly kind: 'refused'; readonly answer: WholeAnswer };

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
    const { answer } = await client.read(patch, maximumAnswerBytes);
    if (answer.status === 202) return { kind: 'taken', session: sessionOf(answer, session) };
    if (answer.status !== 416 || tries >= maximumContinuations) return { kind: 'refused', answer };
    // The answer to an earlier try was lost: the registry has all of the chunk, or a part of it.
    const { answer: state } = await client.read(requestOf(session, 'GET', session.location), maximumAnswerBytes);
    const has = bytesIn(state);
    if (state.status !== 204 || has === undefined) return { kind: 'refused', answer };
    session = sessionOf(state, session);
    const missing = offset + chunk.length - has;
    if (missing === 0) return { kind: 'taken', session };
    if (missing < 0 || missing > chunk.length) return { kind: 'refused', answer };
    rest = chunk.subarray(chunk.length - missing);
  }
}

/** `Range: 0-99` means that 100 bytes have arrived; registries write `0-0` for none as well as for one. */
function bytesIn({ headers }: WholeAnswer): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(headers['range'] ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}

async function* inChunks(content: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let gathered = 0;
  for await (const piece of content) {
    let rest = piece;
    while (gathered + rest.length >= size) {
      const fits = size - gathered;
      yield Buffer.concat([...pieces, rest.subarray(0, fits)]);
      rest = rest.subarray(fits);
      pieces = [];
      gathered = 0;
    }
    if (rest.length > 0) pieces.push(rest);
    gathered += rest.length;
  }
  if (gathered > 0) yield Buffer.concat(pieces);
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
function closingUrl({ location }: UploadSession, blob: Blob): URL {
  return new URL(`${location.href}${location.search === '' ? '?' : '&'}digest=${encodeURIComponent(blob.digest)}`);
}

/** The error for an upload that ended with this answer. */
export function uploadRefused({ operation }: Pick<UploadSession, 'operation'>, answer: WholeAnswer): ChartImagesError {
  return during(operation, refused(answer));
}
