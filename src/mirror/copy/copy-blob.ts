import { ChartImagesError, cancelledError } from '../../core/errors.ts';
import type { Descriptor } from '../../registry/client/registry.ts';
import type { TransferResult } from './blob-transfers.ts';
import { type CopyEndpoints, formatDigestReference } from './copy-endpoints.ts';
import { readVerified, VerifiedBlobStream } from './verified-blob.ts';

/**
 * Up to this size a blob is read whole before it is sent: it goes in one write, and can be sent again by the client. Times
 * the requests in flight this is a few MiB.
 */
export const smallBlob = 256 * 1024;

export interface BlobCopyOptions {
  /** A repository of the target's registry to mount the blob from; the target's own asks whether it is there. */
  readonly mountFrom: string;
  /** `early` reads the source while the target is being asked. */
  readonly reading: 'early' | 'when-wanted';
  readonly signal: AbortSignal;
  /** Called each time that the source is opened, with a function that returns the bytes received so far. */
  readonly onStream?: ((received: () => number) => void) | undefined;
}

/**
 * Brings one blob from source to target unless the target has it or can mount it. A larger one is streamed: memory holds a
 * few pieces of it. Errors: the side's own, `digest-mismatch`, `cancelled`.
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
  const open = (offset: number) => from.registry.getBlob(from.repository, blob, offset);
  const start = () => new VerifiedBlobStream(open, blob, where).start();
  let early = reading === 'early' ? start() : undefined;
  let sent: VerifiedBlobStream | undefined;
  const content = async () => {
    throwIfCancelled(signal);
    options.onStream?.(() => sent?.received ?? 0);
    sent = early ?? start();
    early = undefined;
    return blob.size <= smallBlob ? await readVerified(sent) : sent;
  };
  // Wakes a copy that waits for bytes which never come.
  const stop = (): void => {
    early?.destroy();
    sent?.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const pushResult = await to.registry.putBlob(to.repository, blob, content, mountFrom);
    if (pushResult !== 'uploaded') return { pushResult, bytes: 0 };
    if (sent?.isVerified === true) return { pushResult, bytes: blob.size };
    // A registry may have the blob by now and want no bytes (OCI distribution-spec, "Pushing blobs"); then it must.
    if (await to.registry.hasBlob(to.repository, blob)) return { pushResult: 'present', bytes: 0 };
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
