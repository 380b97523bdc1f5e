import { Readable } from 'node:stream';
import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError, rootCause } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { hasBlob } from './blobs.ts';
import type { RegistryClient } from './client.ts';
import type { BlobContent, BlobPushResult, Descriptor } from './registry.ts';
import { ResponseError } from './registry-error.ts';
import {
  createRegistryBehavior,
  existsByHead,
  mayMount,
  post,
  type RegistryBehavior,
  startUpload,
  testSelfMount,
} from './start-upload.ts';
import {
  type ChunkSize,
  putMonolithic,
  sessionFrom,
  type UploadSession,
  uploadChunked,
  uploadError,
} from './upload-session.ts';

/** How often an upload is started. Chunks have retries of their own. */
const maximumTries = 4;

/** Those of the tries that send the blob in one request. */
const wholeTries = 2;

/** Registries redirect to their storage, which does not redirect again. */
const maximumRedirects = 3;

/** Parallel chunked uploads. Each needs the memory of a chunk, and twice that while its parts are joined. */
const maximumChunkedUploads = 4;

/** Uploads blobs to one registry, adapted to its observed behavior. */
export interface Uploads {
  put(repository: string, blob: Descriptor, content: BlobContent, from?: string): Promise<BlobPushResult>;
  /** Whether it is worth waiting for a blob in another repository to mount it from there. */
  mounts(): boolean;
}

export function createUploads(client: RegistryClient): Uploads {
  const behavior = createRegistryBehavior(createConcurrencyLimit(maximumChunkedUploads));
  return {
    mounts: () => mayMount(behavior),
    async put(repository, blob, content, from) {
      try {
        if (from === repository && (await existsByHead(client, behavior, repository, blob))) return 'exists';
        const start = await startUpload(client, behavior, repository, blob, from);
        if (start.kind === 'done') return start.result;
        await upload(client, behavior, blob, content, start.session);
        if (from === repository) await testSelfMount(client, behavior, repository, blob);
        return 'uploaded';
      } finally {
        if (content instanceof Readable) content.destroy();
      }
    },
  };
}

/**
 * After a failed attempt, starts the whole upload again: most breaks have passed. Then sends chunks, which can be
 * retried separately.
 */
async function upload(
  client: RegistryClient,
  behavior: RegistryBehavior,
  blob: Descriptor,
  content: BlobContent,
  first: UploadSession,
): Promise<void> {
  let session = first;
  let redirects = 0;
  for (let tries = 1; ; tries += 1) {
    // First, because its place among the reads precedes the limits of uploads.
    const body = typeof content === 'function' ? await content() : content;
    const sent =
      behavior.needsChunks || tries > wholeTries
        ? await behavior.inChunks(() => send(client, session, blob, body, behavior.chunkSize))
        : await send(client, session, blob, body, 'whole');
    if (sent.kind === 'accepted') return;
    if (sent.kind === 'redirected') {
      if (content instanceof Readable || redirects >= maximumRedirects) throw sent.error;
      redirects += 1;
      session = { ...session, redirect: sent.location };
      tries -= 1;
      continue;
    }
    if (sent.kind === 'too-large') behavior.needsChunks = true;
    // A lost response to the closing request looks like a lost upload.
    if (sent.kind === 'lost' && (await hasBlob(client, session.repository, blob))) return;
    if (content instanceof Readable || tries >= maximumTries || sent.kind === 'rejected') throw sent.error;
    const response = await post(client, session.repository, blob, undefined, retryAfterOf(sent.error));
    if (response.status === 201) return;
    if (response.status !== 202) throw uploadError(client, session, response);
    session = sessionFrom(response, { repository: session.repository, operation: session.operation });
  }
}

type UploadResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'redirected'; readonly location: URL; readonly error: ChartImagesError }
  /** `broken` and `lost`: another attempt may succeed. */
  | { readonly kind: 'too-large' | 'lost' | 'broken' | 'rejected'; readonly error: ChartImagesError };

async function send(
  client: RegistryClient,
  session: UploadSession,
  blob: Descriptor,
  body: Buffer | Readable,
  mode: 'whole' | ChunkSize,
): Promise<UploadResult> {
  try {
    const response =
      mode === 'whole'
        ? await putMonolithic(client, session, blob, body)
        : await uploadChunked(client, session, blob, body instanceof Readable ? body : Readable.from([body]), mode);
    if (acceptedStatuses.has(response.status)) return { kind: 'accepted' };
    const error = uploadError(client, session, response);
    const location = mode === 'whole' ? redirectOf(response) : undefined;
    if (location !== undefined) return { kind: 'redirected', location, error };
    const kind = classifyFailure(response);
    // A chunk that is too large means nothing for whole blobs.
    return { kind: kind === 'too-large' && mode !== 'whole' ? 'broken' : kind, error };
  } catch (error) {
    // An error of the content is not an error of the registry, and another attempt doesn't help.
    if (body instanceof Readable && body.errored instanceof ChartImagesError) throw body.errored;
    if (!(error instanceof ChartImagesError) || !isTemporary(error)) throw error;
    return { kind: 'broken', error };
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}

/** A streamed upload can't be retried, so the next request waits in its place. */
function retryAfterOf(error: ChartImagesError): number | undefined {
  const root = rootCause(error);
  return root instanceof ResponseError ? root.retryAfter : undefined;
}

/** 201 by the specification. Some registries return another status of success. */
const acceptedStatuses = new Set([200, 201, 204]);

/** A stream is not redirected by the HTTP client, because it can be sent only once. */
function redirectOf({ status, headers, url }: BufferedResponse): URL | undefined {
  const location = headers['location'] ?? '';
  const isRedirect = (status === 307 || status === 308) && URL.canParse(location, url.href);
  return isRedirect ? new URL(location, url) : undefined;
}

function isTemporary({ code }: ChartImagesError): boolean {
  return code === 'network' || code === 'timeout';
}

function classifyFailure({ status }: BufferedResponse): Exclude<UploadResult['kind'], 'accepted' | 'redirected'> {
  if (status === 413 || status === 416) return 'too-large';
  if (status === 404) return 'lost';
  // The token expired during the upload. A stream can't be sent again, but the next attempt has a new token.
  if (status === 401) return 'broken';
  return status === 408 || status === 409 || status === 429 || status >= 500 ? 'broken' : 'rejected';
}
