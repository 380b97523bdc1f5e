import { ChartImagesError } from '../errors.ts';
import type { Blob } from '../registry/registry.ts';
import { stopIfCancelled } from './cancel.ts';
import type { Landing } from './landings.ts';
import { ProvenContent, readProven } from './proven-content.ts';
import { namePart, type Route } from './route.ts';

/**
 * Up to this size a blob is read whole before it is sent: it goes in one write, and can be sent again by the client. Times
 * the requests in flight this is a few MiB.
 */
export const smallBlob = 256 * 1024;

export interface Moving {
  /** A repository of the target's registry to mount the blob from; the target's own asks whether it is there. */
  readonly mountFrom: string;
  /** `early` reads the source while the target is being asked. */
  readonly reading: 'early' | 'when-wanted';
  readonly signal: AbortSignal;
  /** Told where the bytes that have come can be read off, each time that the source is opened. */
  readonly moves?: ((arrived: () => number) => void) | undefined;
}

/**
 * Brings one blob from source to target unless the target has it or can mount it. A larger one is streamed: memory holds a
 * few pieces of it. Errors: the side's own, `digest-mismatch`, `cancelled`.
 */
export async function moveBlob(route: Route, blob: Blob, moving: Moving): Promise<Landing> {
  const { from, to } = route;
  const { mountFrom, reading, signal } = moving;
  stopIfCancelled(signal);
  const where = namePart(from, blob.digest);
  const open = (offset: number) => from.registry.getBlob(from.repository, blob, offset);
  const start = () => new ProvenContent(open, blob, where).begin();
  let early = reading === 'early' ? start() : undefined;
  let sent: ProvenContent | undefined;
  const content = async () => {
    stopIfCancelled(signal);
    moving.moves?.(() => sent?.arrived ?? 0);
    sent = early ?? start();
    early = undefined;
    return blob.size <= smallBlob ? await readProven(sent) : sent;
  };
  // Wakes a copy that waits for bytes which never come.
  const stop = (): void => {
    early?.destroy();
    sent?.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const arrival = await to.registry.putBlob(to.repository, blob, content, mountFrom);
    if (arrival !== 'uploaded') return { arrival, bytes: 0 };
    if (sent?.isProven === true) return { arrival, bytes: blob.size };
    // A registry may have the blob by now and want no bytes (OCI distribution-spec, "Pushing blobs"); then it must.
    if (await to.registry.hasBlob(to.repository, blob)) return { arrival: 'present', bytes: 0 };
    throw unread(route, blob);
  } catch (error) {
    stopIfCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function unread({ to }: Route, blob: Blob): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `${namePart(to, blob.digest)}: the registry closed the upload before it had all bytes.`,
    { advice: 'Try again; when it stays so, a proxy between here and the target may be answering for it.' },
  );
}
