import { type ConcurrencyLimit, createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError, toErrors } from '../../core/errors.ts';
import { computeDigest, type Digest } from '../../core/oci/digest.ts';
import { formatReference, type RegistryReference } from '../../core/oci/registry-reference.ts';
import { version } from '../../core/version.ts';
import type { Manifest, Registries } from '../../registry/client/registry.ts';
import { deepestIndex, type ManifestChildren, successors } from './manifest-children.ts';
import { partition, type WeightedItem } from './partition.ts';
import type { Plan } from './plan.ts';

/** A GitHub matrix has at most 256 jobs. */
export const mostShards = 256;

/** One of several runs that each copy a part of the same plan. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

/** Assignment of the images of a plan to shards. */
export interface ShardAssignment extends Shard {
  /** Shard of each image, by its reference as written. */
  readonly shards: ReadonlyMap<string, number>;
  /** Bytes that several shards transfer, not counting the first time. */
  readonly duplicatedBytes: number;
  /** Digest of the whole assignment. Shards with equal digests together copy every image exactly once. */
  readonly division: Digest;
}

/** Maximum of manifests read. Further images are weighed by repository. */
const maximumRead = 10_000;

/**
 * Assigns images to shards from source manifests only. The state of the target is ignored, because all shards must
 * compute the same assignment at different times. Throws transient read errors, but not errors of the content.
 */
export async function assignShard(
  plan: Plan,
  shard: Shard,
  registries: Registries,
  { concurrency }: { readonly concurrency: number },
): Promise<ShardAssignment> {
  const limit = createConcurrencyLimit(concurrency);
  const references = new Map(plan.copies.map(({ manifest, from }) => [manifest.digest, from]));
  const loads = await Promise.all(
    [...references].map(([digest, from], at) =>
      at < maximumRead ? loadOf(from, digest, registries, limit) : unreadWeight(from),
    ),
  );
  const { shards, duplicatedBytes } = partition(loads, shard.total);
  const byDigest = new Map([...references.keys()].map((digest, at) => [digest, shards[at] ?? 1]));
  const byImage = plan.copies.map(({ image, manifest }) => {
    return [image.image, byDigest.get(manifest.digest) ?? 1] as const;
  });
  const whole = plan.copies.map(({ image, manifest, to }) => {
    return [image.image, manifest.digest, formatReference(to), byDigest.get(manifest.digest)];
  });
  const division = computeDigest(Buffer.from(JSON.stringify([version, shard.total, whole])));
  return { ...shard, shards: new Map(byImage), duplicatedBytes: duplicatedBytes, division };
}

/**
 * The first manifest of an index stands for all, because reading each platform would cost as many requests as a copy.
 */
async function loadOf(
  from: RegistryReference,
  digest: Digest,
  registries: Registries,
  limit: ConcurrencyLimit,
): Promise<WeightedItem> {
  const registry = registries.get(from.registry);
  const read = async (key: Digest, depth: number): Promise<WeightedItem> => {
    const manifest = await limit(() => registry.getManifest(from.repository, key)).catch(tolerateDeterministicErrors);
    const contents = manifest && readableContents(manifest, from);
    if (contents === undefined || depth > deepestIndex) return unreadWeight(from);
    if (contents.kind === 'image') return new Map(contents.blobs.map((blob) => [blob.digest, blob.size]));
    const [first, ...others] = contents.manifests;
    if (first === undefined) return unreadWeight(from);
    const load = await read(first, depth + 1);
    return new Map([...load].map(([part, bytes]) => [part, bytes * (1 + others.length)]));
  };
  return await read(digest, 0);
}

/** Errors that every shard gets do not affect the assignment. The copy reports them. */
function tolerateDeterministicErrors(thrown: unknown): undefined {
  const isOfContent = ({ code }: ChartImagesError) => code === 'manifest-unsupported' || code === 'not-found';
  if (!toErrors(thrown).every(isOfContent)) throw thrown;
}

/** Malformed manifests are malformed for every shard. */
function readableContents(manifest: Manifest, from: RegistryReference): ManifestChildren | undefined {
  try {
    return successors(manifest, formatReference(from));
  } catch (thrown) {
    if (thrown instanceof ChartImagesError && thrown.code !== 'internal') return undefined;
    throw thrown;
  }
}

function unreadWeight({ registry, repository }: RegistryReference): WeightedItem {
  return new Map([[`${registry}/${repository}`, 1]]);
}

/** The plan without the images of other shards. */
export function shardPlan(plan: Plan, { index, shards }: ShardAssignment): Plan {
  return { ...plan, copies: plan.copies.filter(({ image }) => shards.get(image.image) === index) };
}
