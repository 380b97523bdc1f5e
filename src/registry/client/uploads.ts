import { Readable } from 'node:stream';
import { type ConcurrencyLimit, createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError, rootCause } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { hasBlob } from './blobs.ts';
import type { RegistryClient } from './client.ts';
import type { BlobContent, BlobPushResult, Descriptor } from './registry.ts';
import { ResponseError } from './registry-error.ts';
import {
  type ChunkSize,
  cancelUpload,
  createChunkSize,
  maximumResponseBytes,
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

/** Larger blobs are worth a HEAD, until the meaning of the mount responses of the registry is known. */
const headThresholdBytes = 1024 * 1024;

/** Parallel chunked uploads. Each needs the memory of a chunk, and twice that while its parts are joined. */
const maximumChunkedUploads = 4;

/** The observed behavior of one registry. */
interface RegistryBehavior {
  /**
   * Mounting a blob from its own repository returns 201 if the repository has it. Registries without mounts start an
   * upload in any case.
   */
  selfMount: 'untested' | 'supported' | 'unsupported';
  /** One test at a time is enough for parallel uploads. */
  isTesting: boolean;
  /** Mounts from other repositories: whether one succeeded, and how many did not before. */
  hasMounted: boolean;
  refusedMounts: number;
  /** It rejected a blob in one request (413, 416). */
  needsChunks: boolean;
  readonly inChunks: ConcurrencyLimit;
  readonly chunkSize: ChunkSize;
}

/** A single repository may not be readable, or may have lost the blob. A registry without mounts ignores all. */
const maximumRefusedMounts = 3;

function mayMount({ hasMounted, refusedMounts }: RegistryBehavior): boolean {
  return hasMounted || refusedMounts < maximumRefusedMounts;
}

/** Uploads blobs to one registry, adapted to its observed behavior. */
export interface Uploads {
  put(repository: string, blob: Descriptor, content: BlobContent, from?: string): Promise<BlobPushResult>;
  /** Whether it is worth waiting for a blob in another repository to mount it from there. */
  mounts(): boolean;
}

export function createUploads(client: RegistryClient): Uploads {
  const behavior: RegistryBehavior = {
    selfMount: 'untested',
    isTesting: false,
    hasMounted: false,
    refusedMounts: 0,
    needsChunks: false,
    inChunks: createConcurrencyLimit(maximumChunkedUploads),
    chunkSize: createChunkSize(),
  };
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

/** False without a request if the start of the upload will show whether the blob exists. */
async function existsByHead(
  client: RegistryClient,
  { selfMount }: RegistryBehavior,
  repository: string,
  blob: Descriptor,
): Promise<boolean> {
  const needsHead = selfMount === 'unsupported' || (selfMount === 'untested' && blob.size >= headThresholdBytes);
  return needsHead && (await hasBlob(client, repository, blob));
}

type UploadStart =
  | { readonly kind: 'done'; readonly result: BlobPushResult }
  | { readonly kind: 'session'; readonly session: UploadSession };

/**
 * One request mounts the blob or starts the upload (OCI distribution-spec, "Mounting a blob from another
 * repository").
 */
async function startUpload(
  client: RegistryClient,
  behavior: RegistryBehavior,
  repository: string,
  blob: Descriptor,
  from: string | undefined,
): Promise<UploadStart> {
  const isSelfMount = from === repository;
  const mounting = from !== undefined && (isSelfMount ? behavior.selfMount !== 'unsupported' : mayMount(behavior));
  const before = { repository, operation: operationOf(client, repository, blob) };
  const response = await post(client, repository, blob, mounting ? from : undefined).catch((error: unknown) => {
    if (mounting && !isSelfMount && isAccessError(error)) return undefined;
    throw error;
  });
  // A missing permission for the source repository doesn't affect the target repository.
  if (response === undefined) {
    behavior.refusedMounts += 1;
    return await startUpload(client, behavior, repository, blob, undefined);
  }
  // Also allowed without a mount if the registry already has the blob.
  if (response.status === 201) {
    if (mounting && isSelfMount) behavior.selfMount = 'supported';
    else if (mounting) behavior.hasMounted = true;
    return { kind: 'done', result: mounting && !isSelfMount ? 'mounted' : 'exists' };
  }
  if (response.status === 202) {
    if (mounting && !isSelfMount) behavior.refusedMounts += 1;
    return { kind: 'session', session: sessionFrom(response, before) };
  }
  if (!mounting || response.status === 429 || response.status >= 500) throw uploadError(client, before, response);
  // A registry that rejects mounts (400 or 404) may accept an upload.
  if (isSelfMount) behavior.selfMount = 'unsupported';
  else behavior.refusedMounts += 1;
  return await startUpload(client, behavior, repository, blob, undefined);
}

async function post(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  from: string | undefined,
  delay = 0,
): Promise<BufferedResponse> {
  const query = from === undefined ? '' : `?mount=${blob.digest}&from=${encodeURIComponent(from)}`;
  const request = {
    repository,
    access: 'pull,push',
    operation: operationOf(client, repository, blob),
    method: 'POST',
    target: `/v2/${repository}/blobs/uploads/${query}`,
    headers: { 'content-length': '0' },
    delay,
    mountFrom: from === repository ? undefined : from,
  } as const;
  return (await client.read(request, maximumResponseBytes)).response;
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

/** Token servers refuse to grant access to the repository to mount from with 400, 401, or 403. */
function isAccessError(error: unknown): boolean {
  return error instanceof ChartImagesError && ['unauthorized', 'denied', 'registry-answer'].includes(error.code);
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

/**
 * Tests the self-mount with a blob that was just uploaded. A registry that starts another upload doesn't support it.
 */
async function testSelfMount(
  client: RegistryClient,
  behavior: RegistryBehavior,
  repository: string,
  blob: Descriptor,
): Promise<void> {
  if (behavior.selfMount !== 'untested' || behavior.isTesting) return;
  behavior.isTesting = true;
  const response = await post(client, repository, blob, repository).finally(() => {
    behavior.isTesting = false;
  });
  // Another upload may have determined it meanwhile.
  if (behavior.selfMount === 'untested') behavior.selfMount = response.status === 201 ? 'supported' : 'unsupported';
  const operation = operationOf(client, repository, blob);
  if (response.status === 202) await cancelUpload(client, sessionFrom(response, { repository, operation }));
}

function operationOf(client: RegistryClient, repository: string, blob: Descriptor): string {
  return `upload ${client.host}/${repository}@${blob.digest}`;
}
