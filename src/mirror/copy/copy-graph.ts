import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import { computeDigest, type Digest, digestAlgorithm } from '../../core/oci/digest.ts';
import type { Descriptor, Manifest } from '../../registry/client/registry.ts';
import { deepestIndex, type ForeignLayer, successors } from '../plan/manifest-children.ts';
import type { BlobTransfers } from './blob-transfers.ts';
import { copyBlob, smallBlob, throwIfCancelled } from './copy-blob.ts';
import { type CopyEndpoints, formatDigestReference } from './copy-endpoints.ts';
import type { CopyObserver } from './copy-observer.ts';
import type { ForeignReader } from './foreign-layers.ts';
import type { SingleFlight } from './single-flight.ts';

/** What all copies of a run share. */
export interface CopyContext {
  readonly signal: AbortSignal;
  /** Bound the blobs that move at once: many small ones, whose time is round trips, and few that fill the line. */
  readonly small: ConcurrencyLimit;
  readonly large: ConcurrencyLimit;
  readonly once: SingleFlight;
  readonly transfers: BlobTransfers;
  /** Where foreign layers are read; undefined: they stay what they are, references. */
  readonly foreign?: ForeignReader | undefined;
  readonly watch?: CopyObserver | undefined;
}

/** The largest official images have about 40 manifests, attestations included. */
const maximumManifests = 1000;

/**
 * Puts everything that a manifest names into the target's repository, children before parents, and leaves the manifest
 * itself to the caller. Resolves to the bytes moved. Waits for all parts even when one fails: nothing goes on behind it.
 */
export async function copyGraph(root: Manifest, route: CopyEndpoints, work: CopyContext): Promise<number> {
  let manifests = 0;
  const copyChildren = async (manifest: Manifest, depth: number): Promise<number> => {
    const where = formatDigestReference(route.from, manifest.digest);
    manifests += 1;
    if (depth > deepestIndex || manifests > maximumManifests) throw tooMuch(where);
    const contents = successors(manifest, where);
    switch (contents.kind) {
      case 'image':
        return total([
          ...contents.blobs.map((blob) =>
            work.once(`blob ${formatDigestReference(route.to, blob.digest)}`, () => copyBlobOnce(route, blob, work)),
          ),
          ...foreignMoves(contents.foreign, route, work),
        ]);
      case 'index':
        return total(
          contents.manifests.map((digest) =>
            work.once(`manifest ${formatDigestReference(route.to, digest)}`, () => copyChild(digest, depth + 1)),
          ),
        );
    }
  };
  const copyChild = async (digest: Digest, depth: number): Promise<number> => {
    const { registry, repository } = route.to;
    throwIfCancelled(work.signal);
    const there = await registry.headManifest(repository, digest);
    if (there.result === 'unknown') throw there.error;
    // A registry takes a manifest only when its parts are there, so what it has is whole.
    if (there.result === 'found' && there.value.digest === digest) return 0;
    const manifest = await fetchManifest(route, digest, work.signal);
    const bytes = await copyChildren(manifest, depth);
    throwIfCancelled(work.signal);
    await registry.putManifest(repository, digest, manifest);
    return bytes;
  };
  return copyChildren(root, 0);
}

/** The source need not have a foreign layer, so it is neither mounted from there nor taken for lost when it is not there. */
function foreignMoves(
  layers: readonly ForeignLayer[],
  route: CopyEndpoints,
  work: CopyContext,
): readonly Promise<number>[] {
  const { foreign } = work;
  if (foreign === undefined) return [];
  return layers.map((layer) => {
    const registry = foreign(route.from.registry, layer);
    const elsewhere = { ...route, from: { ...route.from, registry } };
    return work.once(`blob ${formatDigestReference(route.to, layer.digest)}`, () =>
      copyBlobOnce(elsewhere, layer, work, 'far'),
    );
  });
}

async function copyBlobOnce(
  route: CopyEndpoints,
  blob: Descriptor,
  { transfers, small, large, watch, signal }: CopyContext,
  distance: 'by host' | 'far' = 'by host',
): Promise<number> {
  const { from, to } = route;
  const isNear = distance === 'by host' && from.registry.host === to.registry.host;
  const moves = watch && ((arrived: () => number) => watch.onProgress(blob, arrived));
  const limit = blob.size <= smallBlob ? small : large;
  const { bytes } = await transfers.transfer(to, blob, isNear ? from.repository : undefined, (mountFrom) =>
    limit(() => {
      const isLikely = mountFrom === to.repository && transfers.likelyMissing(to.registry.host);
      return copyBlob(route, blob, { mountFrom, reading: isLikely ? 'early' : 'when-wanted', signal, moves });
    }),
  );
  watch?.onBlobDone(blob);
  return bytes;
}

/** Reads a manifest by digest. Throws `digest-mismatch` when the bytes do not have it, whatever the registry says. */
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

async function total(moves: readonly Promise<number>[]): Promise<number> {
  const settled = await Promise.allSettled(moves);
  let bytes = 0;
  for (const move of settled) {
    if (move.status === 'rejected') throw move.reason;
    bytes += move.value;
  }
  return bytes;
}

function tooMuch(where: string): ChartImagesError {
  return new ChartImagesError(
    'manifest-unsupported',
    `Cannot copy ${where}: the image has more than ${maximumManifests} manifests, or indexes nested more than ${deepestIndex} levels deep.`,
    { advice: 'Reference one of its parts instead. No container engine pulls such an image.' },
  );
}
