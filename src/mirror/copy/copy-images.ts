import { setMaxListeners } from 'node:events';
import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { type ChartImagesError, cancelledError, toErrors } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Log } from '../../core/log.ts';
import { formatReference, type RegistryReference } from '../../core/oci/registry-reference.ts';
import type { Registries } from '../../registry/client/registry.ts';
import type { AttachmentFailure, AttachmentPolicy, OnExisting, Outcome, Plan, PlannedCopy } from '../plan/plan.ts';
import { createAttachmentFinder, type ReferrerFinder } from './attachments.ts';
import { createBlobTransfers } from './blob-transfers.ts';
import type { CopyContext } from './copy-graph.ts';
import { completeAttachments, copyImage, type ImportImage } from './copy-image.ts';
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
  /** Why the target accepts no attachments. Undefined if it does. */
  readonly attachmentRefusal?: ChartImagesError | undefined;
  /** For tags that appear in the target after the plan. Default: `replace`, which does not look for them. */
  readonly onExisting?: OnExisting;
  /** For tests, which do not wait that long. See `CopyContext`. */
  readonly settleDelays?: readonly number[];
  readonly log: Log;
  /** Alternative to streaming, tried first. Its result is verified too, and its error is the outcome of the image. */
  readonly importImage?: ImportImage | undefined;
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
  const {
    concurrency,
    nonDistributable,
    observer,
    log,
    signal,
    attachments = 'none',
    onExisting = 'replace',
  } = options;
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
    settleDelays: options.settleDelays,
  };
  const images = createConcurrencyLimit(concurrency);
  const interruption = interruptionOf(signal);
  const finder = attachments === 'none' ? undefined : createAttachmentFinder();
  const carryOut = async (copy: PlannedCopy): Promise<Outcome> => {
    const failures: AttachmentFailure[] = [];
    const { importImage, attachmentRefusal } = options;
    const own = { ...context, finder, attachments, attachmentRefusal, onExisting, failures, importImage };
    const run = async (work: Promise<number>) => await Promise.race([work, interruption.promise]);
    try {
      if (copy.step.action === 'exists') {
        await run(completeAttachments(copy, registries, own));
        return { result: 'present', copy, attachments: failures };
      }
      observer?.onStart(copy);
      const bytes = await run(copyImage(copy, registries, own));
      log.info(`copied ${formatReference(copy.from)} to ${formatReference(copy.to)} (${formatBytes(bytes)} moved)`);
      return { result: 'copied', copy, bytes, attachments: failures };
    } catch (thrown) {
      const [error = cancelledError()] = toErrors(thrown);
      return { result: 'failed', copy, error };
    }
  };
  const began = Date.now();
  try {
    const outcomes = await Promise.all(
      plan.copies.map(async (copy) => {
        const outcome = decided(copy, finder) ?? (await images(() => carryOut(copy)));
        observer?.onEnd(outcome);
        return outcome;
      }),
    );
    logCopySummary(outcomes, context.transfers.savedBytes(), Date.now() - began, log);
    return outcomes.map(withFailedAttachments);
  } finally {
    interruption.forget();
  }
}

/** Only failures that count, now that all lists were read. */
function withFailedAttachments(outcome: Outcome): Outcome {
  if (outcome.result !== 'copied' && outcome.result !== 'present') return outcome;
  const { attachments, ...rest } = outcome;
  const failed = (attachments ?? []).filter(({ counts }) => counts?.() ?? true);
  return failed.length === 0 ? rest : { ...rest, attachments: failed };
}

/**
 * Outcome of an action without a transfer. An image in the target may miss attachments that an earlier run did not
 * copy.
 */
function decided(copy: PlannedCopy, finder: ReferrerFinder | undefined): Outcome | undefined {
  switch (copy.step.action) {
    case 'copy':
      return undefined;
    case 'exists':
      return finder === undefined || isSamePlace(copy.from, copy.to) ? { result: 'present', copy } : undefined;
    case 'skip':
    case 'conflict':
      return { result: 'skipped', copy };
    case 'unknown':
      return { result: 'failed', copy, error: copy.step.error };
  }
}

function isSamePlace(from: RegistryReference, to: RegistryReference): boolean {
  return from.registry === to.registry && from.repository === to.repository;
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
