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

/** One of several runs that copy the same plan, each its part. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

/** The part of a shard in a plan. */
export interface ShardAssignment extends Shard {
  /** For each image of the plan, by its reference as written, the shard that copies it. */
  readonly shards: ReadonlyMap<string, number>;
  /** Bytes that several shards have to move, each time after the first counted. */
  readonly duplicatedBytes: number;
  /** Digest of the whole division: shards with the same one leave nothing out and do nothing twice. */
  readonly division: Digest;
}

/** Reading a manifest is a request, and counts as a pull where pulls are counted. Images beyond are distinguished by repository. */
const maximumRead = 10_000;

/**
 * Divides a plan among shards. Whether the target has an image already makes no difference, because shards that begin later find
 * more there, and all have to come to the same division. Reads manifests from the sources, of each digest once. Throws what keeps
 * a manifest from being read (another shard may have read it), and not what is wrong with one.
 */
export async function assignShard(
  plan: Plan,
  shard: Shard,
  registries: Registries,
  { concurrency }: { readonly concurrency: number },
): Promise<ShardAssignment> {
  const limit = createConcurrencyLimit(concurrency);
  const places = new Map(plan.copies.map(({ manifest, from }) => [manifest.digest, from]));
  const loads = await Promise.all(
    [...places].map(([digest, from], at) =>
      at < maximumRead ? loadOf(from, digest, registries, limit) : unreadWeight(from),
    ),
  );
  const { shards, duplicatedBytes } = partition(loads, shard.total);
  const byDigest = new Map([...places.keys()].map((digest, at) => [digest, shards[at] ?? 1]));
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
 * Of an index its first manifest counts for all: images that are built alike share layers on every platform or on none, and
 * reading all platforms would take as many requests as copying.
 */
async function loadOf(
  from: RegistryReference,
  digest: Digest,
  registries: Registries,
  limit: ConcurrencyLimit,
): Promise<WeightedItem> {
  const registry = registries.at(from.registry);
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

/** What every shard finds alike is no reason to stop: copying the image will tell what is wrong with it. */
function tolerateDeterministicErrors(thrown: unknown): undefined {
  const isOfContent = ({ code }: ChartImagesError) => code === 'manifest-unsupported' || code === 'not-found';
  if (!toErrors(thrown).every(isOfContent)) throw thrown;
}

/** The same bytes are unreadable for every shard. */
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

/** The plan without what other shards copy. */
export function shardPlan(plan: Plan, { index, shards }: ShardAssignment): Plan {
  return { ...plan, copies: plan.copies.filter(({ image }) => shards.get(image.image) === index) };
}
