import { setMaxListeners } from 'node:events';
import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { cancelledError, toErrors } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Log } from '../../core/log.ts';
import { formatReference, manifestReference } from '../../core/oci/registry-reference.ts';
import type { Registries } from '../../registry/client/registry.ts';
import type { AttachmentPolicy, Outcome, Plan, PlannedCopy } from '../plan/plan.ts';
import { createAttachmentFinder, type ReferrerFinder } from './attachments.ts';
import { createBlobTransfers } from './blob-transfers.ts';
import { copyAttachments } from './copy-attachments.ts';
import { throwIfCancelled } from './copy-blob.ts';
import { createEndpoints, formatDigestReference, verifyPushed } from './copy-endpoints.ts';
import { type CopyContext, copyGraph, fetchManifest } from './copy-graph.ts';
import type { CopyObserver } from './copy-observer.ts';
import { logCopySummary } from './copy-summary.ts';
import type { NonDistributableLayerReader } from './non-distributable-layers.ts';
import { createSingleFlight } from './single-flight.ts';

export interface CopyOptions {
  /** Maximum of concurrent images, and of concurrent blobs. 1 or more. */
  readonly concurrency: number;
  /**
   * Whether attachments (signatures, attestations, SBOMs) are copied. Default: `none`, because a target may reject
   * content that was not planned.
   */
  readonly attachments?: AttachmentPolicy;
  readonly log: Log;
  /** Alternative to streaming, tried first. Its result is verified too, and its error is the outcome of the image. */
  readonly importImage?: ((copy: PlannedCopy) => Promise<'arrived' | 'to be copied'>) | undefined;
  /** Reads foreign layers. Without it they stay references. */
  readonly nonDistributable?: NonDistributableLayerReader | undefined;
  readonly observer?: CopyObserver | undefined;
  readonly signal: AbortSignal;
}

/** Maximum of large streams: enough to use the bandwidth, few enough to bound memory to some MiB. */
const mostLargeBlobs = 16;

/**
 * Executes a plan. Never throws: errors are the outcome of their image, in the order of the plan. After an abort,
 * unfinished images are `failed` with `cancelled`, and none of them has a tag without its whole content.
 */
export async function copyImages(
  plan: Plan,
  registries: Registries,
  options: CopyOptions,
): Promise<readonly Outcome[]> {
  const { concurrency, nonDistributable, observer, log, signal } = options;
  // Each active blob adds a listener, and Node warns from the eleventh on.
  setMaxListeners(0, signal);
  const context: CopyContext = {
    signal,
    small: createConcurrencyLimit(concurrency),
    large: createConcurrencyLimit(Math.min(concurrency, mostLargeBlobs)),
    once: createSingleFlight(),
    transfers: createBlobTransfers(),
    nonDistributable,
    observer,
  };
  const images = createConcurrencyLimit(concurrency);
  const interruption = interruptionOf(signal);
  const finder = options.attachments === 'all' ? createAttachmentFinder() : undefined;
  const carryOut = async (copy: PlannedCopy): Promise<Outcome> => {
    observer?.onStart(copy);
    try {
      const bytes = await Promise.race([
        copyImage(copy, registries, { ...context, finder, importImage: options.importImage }),
        interruption.promise,
      ]);
      log.info(`copied ${formatReference(copy.from)} to ${formatReference(copy.to)} (${formatBytes(bytes)} moved)`);
      return { result: 'copied', copy, bytes };
    } catch (thrown) {
      const [error = cancelledError()] = toErrors(thrown);
      return { result: 'failed', copy, error };
    }
  };
  const began = Date.now();
  try {
    const outcomes = await Promise.all(
      plan.copies.map(async (copy) => {
        const outcome = decided(copy) ?? (await images(() => carryOut(copy)));
        observer?.onEnd(outcome);
        return outcome;
      }),
    );
    logCopySummary(outcomes, context.transfers.savedBytes(), Date.now() - began, log);
    return outcomes;
  } finally {
    interruption.forget();
  }
}

/** Outcome of an action without a transfer. */
function decided(copy: PlannedCopy): Outcome | undefined {
  switch (copy.step.action) {
    case 'copy':
      return undefined;
    case 'exists':
      return { result: 'present', copy };
    case 'skip':
    case 'conflict':
      return { result: 'skipped', copy };
    case 'unknown':
      return { result: 'failed', copy, error: copy.step.error };
  }
}

interface ImageCopyContext extends CopyContext {
  readonly importImage: CopyOptions['importImage'];
  /** Undefined if attachments are not copied. */
  readonly finder: ReferrerFinder | undefined;
}

/**
 * Copies content, attachments, and tag, then verifies the tag. References with the same target reference are one copy.
 */
function copyImage(copy: PlannedCopy, registries: Registries, context: ImageCopyContext): Promise<number> {
  const { from, manifest, to } = copy;
  const { importImage, finder } = context;
  return context.once(`image ${formatReference(to)}`, async () => {
    const endpoints = createEndpoints(from, to, registries);
    if ((await importImage?.(copy)) === 'arrived') {
      await verifyPushed(endpoints.to.registry, to, manifest.digest);
      return 0;
    }
    const root = await fetchManifest(endpoints, manifest.digest, context.signal);
    let bytes = await copyGraph(root, endpoints, context);
    if (finder !== undefined) {
      const attach = () => copyAttachments(root, endpoints, context, finder);
      bytes += await context.once(`attachments ${formatDigestReference(endpoints.to, root.digest)}`, attach);
    }
    throwIfCancelled(context.signal);
    await endpoints.to.registry.putManifest(to.repository, manifestReference(to), root);
    await verifyPushed(endpoints.to.registry, to, manifest.digest);
    return bytes;
  });
}

/** Rejects on an abort, so that no copy waits for an unresponsive registry. */
function interruptionOf(signal: AbortSignal): { readonly promise: Promise<never>; forget(): void } {
  let onAbort = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelledError());
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  // An abort between two images would be an unhandled rejection.
  promise.catch(() => {});
  return { promise, forget: () => signal.removeEventListener('abort', onAbort) };
}
