import { Readable } from 'node:stream';
import { type ConcurrencyLimit, createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { hasBlob } from './blobs.ts';
import type { RegistryClient } from './client.ts';
import type { BlobContent, BlobPushResult, Descriptor } from './registry.ts';
import {
  cancelUpload,
  maximumResponseBytes,
  putMonolithic,
  sessionFrom,
  type UploadSession,
  uploadChunked,
  uploadRefused,
} from './upload-session.ts';

/** How often a whole upload begins anew. What can be sent again in parts has been tried before that. */
const maximumTries = 4;

/** Blobs from this size on are worth a question more, until it is known what a registry's answers to mounts mean. */
const headThresholdBytes = 1024 * 1024;

/** Uploads in chunks at once: each holds a whole chunk in memory, and twice that while its pieces are joined. */
const maximumChunkedUploads = 4;

/** What one registry has shown about how it takes blobs. */
interface RegistryBehavior {
  /**
   * What mounting a blob from the very repository it goes to means: `201` where it is there. Registries that know no
   * mounts begin an upload whether it is there or not.
   */
  question: 'unproven' | 'answered' | 'ignored';
  /** One proof at a time: uploads that end together need not each ask. */
  isProving: boolean;
  /** Whether it mounts from other repositories. */
  mounts: boolean;
  /** Refused the whole of a blob in one request once (413, 416). */
  wantsChunks: boolean;
  readonly inChunks: ConcurrencyLimit;
}

/** Puts blobs into one registry and remembers how it wants them. */
export interface Uploads {
  put(repository: string, blob: Descriptor, content: BlobContent, from?: string): Promise<BlobPushResult>;
  /** Whether mounting a blob from another repository is worth waiting for the blob to be there. */
  mounts(): boolean;
}

export function createUploads(client: RegistryClient): Uploads {
  const unknown = { question: 'unproven', isProving: false, mounts: true, wantsChunks: false } as const;
  const habits: RegistryBehavior = { ...unknown, inChunks: createConcurrencyLimit(maximumChunkedUploads) };
  return {
    mounts: () => habits.mounts,
    async put(repository, blob, content, from) {
      try {
        if (from === repository && (await needsHead(client, habits, repository, blob))) return 'present';
        const began = await startUpload(client, habits, repository, blob, from);
        if (began.kind === 'there') return began.arrival;
        await upload(client, habits, blob, content, began.session);
        if (from === repository) await confirmMount(client, habits, repository, blob);
        return 'uploaded';
      } finally {
        if (content instanceof Readable) content.destroy();
      }
    },
  };
}

async function needsHead(
  client: RegistryClient,
  { question }: RegistryBehavior,
  repository: string,
  blob: Descriptor,
): Promise<boolean> {
  const isWorth = question === 'ignored' || (question === 'unproven' && blob.size >= headThresholdBytes);
  return isWorth && (await hasBlob(client, repository, blob));
}

type UploadStart =
  | { readonly kind: 'there'; readonly arrival: BlobPushResult }
  | { readonly kind: 'session'; readonly session: UploadSession };

/** One request asks for the blob, or mounts it, and begins the upload otherwise (OCI distribution-spec, "Mounting"). */
async function startUpload(
  client: RegistryClient,
  habits: RegistryBehavior,
  repository: string,
  blob: Descriptor,
  from: string | undefined,
): Promise<UploadStart> {
  const isQuestion = from === repository;
  const mounting = from !== undefined && (isQuestion ? habits.question !== 'ignored' : habits.mounts);
  const before = { repository, operation: operationOf(client, repository, blob) };
  const response = await post(client, repository, blob, mounting ? from : undefined).catch((error: unknown) => {
    if (mounting && !isQuestion && isRefusal(error)) return undefined;
    throw error;
  });
  // No token for the repository to mount from says nothing about the one that the blob goes to.
  if (response === undefined) {
    habits.mounts = false;
    return await startUpload(client, habits, repository, blob, undefined);
  }
  // Allowed where the registry has the blob already.
  if (response.status === 201) {
    if (mounting && isQuestion) habits.question = 'answered';
    return { kind: 'there', arrival: mounting && !isQuestion ? 'mounted' : 'present' };
  }
  if (response.status === 202) {
    if (mounting && !isQuestion) habits.mounts = false;
    return { kind: 'session', session: sessionFrom(response, before) };
  }
  if (!mounting || response.status === 429 || response.status >= 500) throw uploadRefused(before, response);
  // A registry that does not like to be asked like this (a 400 or 404) may like it without.
  if (isQuestion) habits.question = 'ignored';
  else habits.mounts = false;
  return await startUpload(client, habits, repository, blob, undefined);
}

async function post(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  from: string | undefined,
): Promise<BufferedResponse> {
  const query = from === undefined ? '' : `?mount=${blob.digest}&from=${encodeURIComponent(from)}`;
  const request = {
    repository,
    access: 'pull,push',
    operation: operationOf(client, repository, blob),
    method: 'POST',
    target: `/v2/${repository}/blobs/uploads/${query}`,
    headers: { 'content-length': '0' },
  } as const;
  return (await client.read(request, maximumResponseBytes)).response;
}

/** Sends the content, if need be again from its beginning in chunks, which can each be sent again. */
async function upload(
  client: RegistryClient,
  habits: RegistryBehavior,
  blob: Descriptor,
  content: BlobContent,
  first: UploadSession,
): Promise<void> {
  let session = first;
  for (let tries = 1; ; tries += 1) {
    const sent =
      habits.wantsChunks || tries > 1
        ? await habits.inChunks(() => send(client, session, blob, content, 'chunks'))
        : await send(client, session, blob, content, 'whole');
    if (sent.kind === 'taken') return;
    if (sent.kind === 'too-large') habits.wantsChunks = true;
    // A lost answer to the closing request looks like a lost upload.
    if (sent.kind === 'lost' && (await hasBlob(client, session.repository, blob))) return;
    if (content instanceof Readable || tries >= maximumTries || sent.kind === 'refused') throw sent.error;
    const response = await post(client, session.repository, blob, undefined);
    if (response.status === 201) return;
    if (response.status !== 202) throw uploadRefused(session, response);
    session = sessionFrom(response, session);
  }
}

type UploadResult =
  | { readonly kind: 'taken' }
  /** `broken` and `lost`: another try may help. */
  | { readonly kind: 'too-large' | 'lost' | 'broken' | 'refused'; readonly error: ChartImagesError };

async function send(
  client: RegistryClient,
  session: UploadSession,
  blob: Descriptor,
  content: BlobContent,
  manner: 'whole' | 'chunks',
): Promise<UploadResult> {
  const body = typeof content === 'function' ? await content() : content;
  try {
    const response =
      manner === 'whole'
        ? await putMonolithic(client, session, blob, body)
        : await uploadChunked(client, session, blob, body instanceof Readable ? body : Readable.from([body]));
    return response.status === 201
      ? { kind: 'taken' }
      : { kind: interpretMount(response), error: uploadRefused(session, response) };
  } catch (error) {
    // What the content itself failed of is no fault of the registry, and another try would not fix it.
    if (body instanceof Readable && body.errored instanceof ChartImagesError) throw body.errored;
    if (!(error instanceof ChartImagesError) || !canPass(error)) throw error;
    return { kind: 'broken', error };
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ChartImagesError && (error.code === 'unauthorized' || error.code === 'denied');
}

function canPass({ code }: ChartImagesError): boolean {
  return code === 'network' || code === 'timeout';
}

function interpretMount({ status }: BufferedResponse): Exclude<UploadResult['kind'], 'taken'> {
  if (status === 413 || status === 416) return 'too-large';
  if (status === 404) return 'lost';
  // A token that ended on the way: a stream cannot be sent again with a new one, but the next try can.
  if (status === 401) return 'broken';
  return status === 408 || status === 409 || status === 429 || status >= 500 ? 'broken' : 'refused';
}

/** Asks for a blob that was just taken: a registry that begins another upload does not answer this question. */
async function confirmMount(
  client: RegistryClient,
  habits: RegistryBehavior,
  repository: string,
  blob: Descriptor,
): Promise<void> {
  if (habits.question !== 'unproven' || habits.isProving) return;
  habits.isProving = true;
  const response = await post(client, repository, blob, repository).finally(() => {
    habits.isProving = false;
  });
  // Another question may have been answered meanwhile.
  if (habits.question === 'unproven') habits.question = response.status === 201 ? 'answered' : 'ignored';
  const operation = operationOf(client, repository, blob);
  if (response.status === 202) await cancelUpload(client, sessionFrom(response, { repository, operation }));
}

function operationOf(client: RegistryClient, repository: string, blob: Descriptor): string {
  return `upload ${client.host}/${repository}@${blob.digest}`;
}
