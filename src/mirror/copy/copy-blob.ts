import { ChartImagesError, cancelledError } from '../../core/errors.ts';
import type { Descriptor } from '../../registry/client/registry.ts';
import type { TransferResult } from './blob-transfers.ts';
import { type CopyEndpoints, formatDigestReference } from './copy-endpoints.ts';
import { readVerified, VerifiedBlobStream } from './verified-blob.ts';

/**
 * Blobs up to this size are buffered: they need one request, and the client can retry them. Multiplied by the requests
 * in flight, this is a few MiB.
 */
export const smallBlob = 256 * 1024;

export interface BlobCopyOptions {
  /**
   * Repository of the target's registry to mount the blob from. The target repository itself means a check for
   * existence, and undefined an upload in any case.
   */
  readonly mountFrom: string | undefined;
  /** `early` reads the source while the target is checked. */
  readonly reading: 'early' | 'when-wanted';
  readonly signal: AbortSignal;
  /** Called each time the source is opened, with a function that returns the bytes received so far. */
  readonly onStream?: ((received: () => number) => void) | undefined;
}

/**
 * Copies one blob unless the target has it or can mount it. Larger blobs are streamed. Throws the errors of both
 * registries, `digest-mismatch`, and `cancelled`.
 */
export async function copyBlob(
  endpoints: CopyEndpoints,
  blob: Descriptor,
  options: BlobCopyOptions,
): Promise<TransferResult> {
  const { from, to } = endpoints;
  const { mountFrom, reading, signal } = options;
  throwIfCancelled(signal);
  const where = formatDigestReference(from, blob.digest);
  /** One for each attempt. */
  const started: VerifiedBlobStream[] = [];
  let isStopped = false;
  const start = async (): Promise<VerifiedBlobStream> => {
    const place = await from.registry.reserveRead();
    const open = (offset: number) => from.registry.getBlob(from.repository, blob, offset, place);
    const stream = new VerifiedBlobStream(open, blob, where);
    stream.once('close', () => place.release());
    started.push(stream);
    return isStopped ? stream.destroy() : stream.start();
  };
  let early = reading === 'early' ? start() : undefined;
  let sent: VerifiedBlobStream | undefined;
  const content = async () => {
    throwIfCancelled(signal);
    options.onStream?.(() => sent?.received ?? 0);
    const opening = early ?? start();
    early = undefined;
    sent = await opening;
    return blob.size <= smallBlob ? await readVerified(sent) : sent;
  };
  // Wakes a copy that waits for bytes that never arrive.
  const stop = (): void => {
    isStopped = true;
    for (const stream of started) stream.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const pushResult = await to.registry.putBlob(to.repository, blob, content, mountFrom);
    if (pushResult !== 'uploaded') return { pushResult, bytes: 0 };
    if (sent?.isVerified === true) return { pushResult, bytes: blob.size };
    // A registry that already has the blob may end the upload early (OCI distribution-spec, "Pushing blobs").
    if (await to.registry.hasBlob(to.repository, blob)) return { pushResult: 'exists', bytes: 0 };
    throw prematureCloseError(endpoints, blob);
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function prematureCloseError({ to }: CopyEndpoints, blob: Descriptor): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `Cannot upload ${formatDigestReference(to, blob.digest)}: the registry closed the upload before it received all bytes.`,
    { advice: 'Try again. If the problem persists, check whether a proxy responds in place of the target.' },
  );
}

/** Throws `cancelled` if the run was interrupted. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledError();
}
