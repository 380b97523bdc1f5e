import { ChartImagesError } from '../errors.ts';
import type { Blob } from '../registry/registry.ts';
import { stopIfCancelled } from './cancel.ts';
import { proveContent } from './proven-content.ts';
import { namePart, type Route } from './route.ts';

/**
 * Streams one blob from source to target unless the target has it; resolves to the bytes moved. Memory holds a few pieces of
 * it, never the whole: a slow target slows the source. Errors: the side's own, `digest-mismatch`, `cancelled`.
 */
export async function moveBlob(route: Route, blob: Blob, signal: AbortSignal): Promise<number> {
  const { from, to } = route;
  stopIfCancelled(signal);
  if (await to.registry.hasBlob(to.repository, blob)) return 0;
  stopIfCancelled(signal);
  const source = await from.registry.getBlob(from.repository, blob);
  const content = proveContent(source, blob, namePart(from, blob.digest));
  // Destroying also the source wakes a copy that waits for bytes which never come.
  const stop = (): void => {
    source.destroy();
    content.stream.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    stopIfCancelled(signal);
    await to.registry.putBlob(to.repository, blob, content.stream);
  } catch (error) {
    stopIfCancelled(signal);
    throw content.fault() ?? error;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
  if (content.isProven()) return blob.size;
  // A registry may answer that it has the blob and wants no bytes (OCI distribution-spec, "Pushing blobs"); then it must.
  if (await to.registry.hasBlob(to.repository, blob)) return 0;
  throw unread(route, blob);
}

function unread({ to }: Route, blob: Blob): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `${namePart(to, blob.digest)}: the registry closed the upload before it had all bytes.`,
    { advice: 'Try again; when it stays so, a proxy between here and the target may be answering for it.' },
  );
}
