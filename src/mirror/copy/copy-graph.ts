import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError, rootCause } from '../../core/errors.ts';
import { computeDigest, type Digest, digestAlgorithm } from '../../core/oci/digest.ts';
import type { Platform } from '../../core/oci/platform.ts';
import type { Descriptor, Manifest } from '../../registry/client/registry.ts';
import { lostPlatformAdvice } from '../../resolve/image-platforms.ts';
import { deepestIndex, maximumManifests, type NonDistributableLayer, successors } from '../plan/manifest-children.ts';
import { type BlobTransfers, createBlobTransfers } from './blob-transfers.ts';
import { copyBlob, smallBlob, throwIfCancelled } from './copy-blob.ts';
import { type CopyEndpoints, formatDigestReference } from './copy-endpoints.ts';
import type { CopyObserver } from './copy-observer.ts';
import { type PushContext, pushManifest } from './push-manifest.ts';
import { createSingleFlight, type SingleFlight } from './single-flight.ts';

/** State that all copies of a run share. */
export interface CopyContext extends PushContext {
  /**
   * Limits for concurrent blobs: many small ones, which wait for round trips, and few large ones, which use the
   * bandwidth. `registry/client/request-limits.ts` has the order in which limits are taken.
   */
  readonly small: ConcurrencyLimit;
  readonly large: ConcurrencyLimit;
  readonly once: SingleFlight;
  readonly transfers: BlobTransfers;
  readonly observer?: CopyObserver | undefined;
}

/**
 * Copies everything that a manifest references, children before parents, but not the manifest itself. Resolves to the
 * bytes moved. Waits for all parts even if one fails, so that nothing continues in the background.
 */
export async function copyGraph(root: Manifest, endpoints: CopyEndpoints, context: CopyContext): Promise<number> {
  let manifests = 0;
  const copyChildren = async (manifest: Manifest, depth: number): Promise<number> => {
    const where = formatDigestReference(endpoints.from, manifest.digest);
    manifests += 1;
    if (depth > deepestIndex || manifests > maximumManifests) throw limitError(where);
    const contents = successors(manifest, where);
    switch (contents.kind) {
      case 'image':
        return total([
          ...contents.blobs.map((blob) =>
            context.once(`blob ${formatDigestReference(endpoints.to, blob.digest)}`, () =>
              copyBlobOnce(endpoints, blob, context),
            ),
          ),
          ...nonDistributableTransfers(contents.nonDistributable, endpoints, context),
        ]);
      case 'index':
        return total(
          contents.manifests.map((digest) =>
            context.once(`manifest ${formatDigestReference(endpoints.to, digest)}`, () =>
              copyChild(digest, depth + 1).catch((error: unknown) => {
                throw missingChildError(error, where, digest, contents.platforms.get(digest));
              }),
            ),
          ),
        );
    }
  };
  const copyChild = async (digest: Digest, depth: number): Promise<number> => {
    const { registry, repository } = endpoints.to;
    throwIfCancelled(context.signal);
    const head = await registry.headManifest(repository, digest);
    if (head.result === 'unknown') throw head.error;
    // A registry accepts a manifest only after its parts, so an existing manifest is complete.
    if (head.result === 'found' && head.value.digest === digest) return 0;
    const manifest = await fetchManifest(endpoints, digest, context.signal);
    const bytes = await copyChildren(manifest, depth);
    throwIfCancelled(context.signal);
    await pushManifest(endpoints, digest, manifest, context, (of) => copyMissingParts(of, endpoints, context));
    return bytes;
  };
  return copyChildren(root, 0);
}

/** Checks every part of a manifest, and copies missing ones again. Resolves to their number. */
export async function copyMissingParts(
  manifest: Manifest,
  endpoints: CopyEndpoints,
  context: CopyContext,
): Promise<number> {
  const { from, to } = endpoints;
  const contents = successors(manifest, formatDigestReference(from, manifest.digest));
  if (contents.kind === 'index') {
    const heads = await Promise.all(
      contents.manifests.map((digest) => to.registry.headManifest(to.repository, digest)),
    );
    const missing = contents.manifests.filter((_, at) => heads[at]?.result === 'absent');
    // The parts of a missing platform may be missing too, although this run has copied them before.
    const fresh = { ...context, once: createSingleFlight(), transfers: createBlobTransfers() };
    for (const digest of missing) {
      const child = await fetchManifest(endpoints, digest, context.signal);
      await copyGraph(child, endpoints, fresh);
      await to.registry.putManifest(to.repository, digest, child);
    }
    return missing.length;
  }
  let missing = 0;
  for (const blob of contents.blobs) {
    if (await to.registry.hasBlob(to.repository, blob)) continue;
    missing += 1;
    await copyBlob(endpoints, blob, { mountFrom: undefined, reading: 'when-wanted', signal: context.signal });
  }
  return missing;
}

/** The source may not have a foreign layer, so the layer is never mounted from there. */
function nonDistributableTransfers(
  layers: readonly NonDistributableLayer[],
  endpoints: CopyEndpoints,
  context: CopyContext,
): readonly Promise<number>[] {
  const { nonDistributable } = context;
  if (nonDistributable === undefined) return [];
  return layers.map((layer) => {
    const registry = nonDistributable(endpoints.from.registry, layer);
    const elsewhere = { ...endpoints, from: { ...endpoints.from, registry } };
    return context.once(`blob ${formatDigestReference(endpoints.to, layer.digest)}`, () =>
      copyBlobOnce(elsewhere, layer, context, 'far'),
    );
  });
}

async function copyBlobOnce(
  endpoints: CopyEndpoints,
  blob: Descriptor,
  { transfers, small, large, observer, signal }: CopyContext,
  distance: 'by host' | 'far' = 'by host',
): Promise<number> {
  const { from, to } = endpoints;
  const isNear = distance === 'by host' && from.registry.host === to.registry.host;
  const onStream = observer && ((received: () => number) => observer.onProgress(blob, received));
  const limit = blob.size <= smallBlob ? small : large;
  const { bytes } = await transfers.transfer(to, blob, isNear ? from.repository : undefined, (mountFrom) =>
    limit(() => {
      const isLikely = mountFrom === to.repository && transfers.likelyMissing(to.registry.host);
      return copyBlob(endpoints, blob, { mountFrom, reading: isLikely ? 'early' : 'when-wanted', signal, onStream });
    }),
  );
  observer?.onBlobDone(blob);
  return bytes;
}

/** Reads a manifest by digest. Throws `digest-mismatch` if its bytes have another digest. */
export async function fetchManifest({ from }: CopyEndpoints, digest: Digest, signal: AbortSignal): Promise<Manifest> {
  throwIfCancelled(signal);
  const manifest = await from.registry.getManifest(from.repository, digest);
  const actual = computeDigest(manifest.bytes, digestAlgorithm(digest));
  if (actual === digest) return { ...manifest, digest };
  throw new ChartImagesError(
    'digest-mismatch',
    `Cannot read ${formatDigestReference(from, digest)}: the registry sent content with the digest ${actual}.`,
    {
      advice: 'Nothing was tagged. Try again. If the problem persists, push the image to its source again.',
    },
  );
}

/** The error for a manifest that an index lists and the source no longer has. Other errors are returned unchanged. */
function missingChildError(error: unknown, where: string, digest: Digest, platform: Platform | undefined): unknown {
  if (!(error instanceof ChartImagesError) || error.code !== 'not-found') return error;
  const root = rootCause(error);
  if (error instanceof MissingChildError || !error.message.includes(digest)) return error;
  return new MissingChildError(
    'not-found',
    `Cannot copy ${where}: the source no longer has its ${platform ?? 'part'} (${digest}). ${root.message}`,
    { advice: lostPlatformAdvice },
  );
}

class MissingChildError extends ChartImagesError {}

async function total(onStream: readonly Promise<number>[]): Promise<number> {
  const settled = await Promise.allSettled(onStream);
  let bytes = 0;
  for (const move of settled) {
    if (move.status === 'rejected') throw move.reason;
    bytes += move.value;
  }
  return bytes;
}

function limitError(where: string): ChartImagesError {
  return new ChartImagesError(
    'manifest-unsupported',
    `Cannot copy ${where}: the image has more than ${maximumManifests} manifests, or indexes nested more than ${deepestIndex} levels deep.`,
    { advice: 'Reference one of its parts instead. No container engine pulls such an image.' },
  );
}
