import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { hasBlob } from './blobs.ts';
import type { RegistryClient } from './client.ts';
import type { BlobPushResult, Descriptor } from './registry.ts';
import {
  type ChunkSize,
  cancelUpload,
  createChunkSize,
  maximumResponseBytes,
  sessionFrom,
  type UploadSession,
  uploadError,
} from './upload-session.ts';

/** Larger blobs are worth a HEAD, until the meaning of the mount responses of the registry is known. */
const headThresholdBytes = 1024 * 1024;

/** The observed behavior of one registry. */
export interface RegistryBehavior {
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

export function mayMount({ hasMounted, refusedMounts }: RegistryBehavior): boolean {
  return hasMounted || refusedMounts < maximumRefusedMounts;
}

export function createRegistryBehavior(inChunks: ConcurrencyLimit): RegistryBehavior {
  return {
    selfMount: 'untested',
    isTesting: false,
    hasMounted: false,
    refusedMounts: 0,
    needsChunks: false,
    inChunks,
    chunkSize: createChunkSize(),
  };
}

/** False without a request if the start of the upload will show whether the blob exists. */
export async function existsByHead(
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
export async function startUpload(
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

export async function post(
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
 * Tests the self-mount with a blob that was just uploaded. A registry that starts another upload doesn't support it.
 */
export async function testSelfMount(
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

/** Token servers refuse to grant access to the repository to mount from with 400, 401, or 403. */
function isAccessError(error: unknown): boolean {
  return error instanceof ChartImagesError && ['unauthorized', 'denied', 'registry-answer'].includes(error.code);
}

function operationOf(client: RegistryClient, repository: string, blob: Descriptor): string {
  return `upload ${client.host}/${repository}@${blob.digest}`;
}
