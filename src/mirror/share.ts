import { ChartImagesError, errorsOf } from '../errors.ts';
import { type Digest, digestOf } from '../image/digest.ts';
import { formatLocation, type Location } from '../image/location.ts';
import { createLimit, type Limit } from '../limit.ts';
import type { Manifest, Registries } from '../registry/registry.ts';
import { version } from '../version.ts';
import { type Contents, contentsOf, deepestIndex } from './contents.ts';
import { divide, type Load } from './division.ts';
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
export interface Share extends Shard {
  /** For each image of the plan, by its reference as written, the shard that copies it. */
  readonly shards: ReadonlyMap<string, number>;
  /** Bytes that several shards have to move, each time after the first counted. */
  readonly twice: number;
  /** Digest of the whole division: shards with the same one leave nothing out and do nothing twice. */
  readonly division: Digest;
}

/** Reading a manifest is a request, and counts as a pull where pulls are counted. Images beyond are told apart by repository. */
const mostRead = 10_000;

/**
 * Divides a plan among shards. Whether the target has an image already makes no difference, because shards that begin later find
 * more there, and all have to come to the same division. Reads manifests from the sources, of each digest once. Throws what keeps
 * a manifest from being read (another shard may have read it), and not what is wrong with one.
 */
export async function shareOf(
  plan: Plan,
  shard: Shard,
  registries: Registries,
  { concurrency }: { readonly concurrency: number },
): Promise<Share> {
  const limit = createLimit(concurrency);
  const places = new Map(plan.copies.map(({ manifest, from }) => [manifest.digest, from]));
  const loads = await Promise.all(
    [...places].map(([digest, from], at) => (at < mostRead ? loadOf(from, digest, registries, limit) : unread(from))),
  );
  const { shards, twice } = divide(loads, shard.total);
  const byDigest = new Map([...places.keys()].map((digest, at) => [digest, shards[at] ?? 1]));
  const byImage = plan.copies.map(({ image, manifest }) => {
    return [image.image, byDigest.get(manifest.digest) ?? 1] as const;
  });
  const whole = plan.copies.map(({ image, manifest, to }) => {
    return [image.image, manifest.digest, formatLocation(to), byDigest.get(manifest.digest)];
  });
  const division = digestOf(Buffer.from(JSON.stringify([version, shard.total, whole])));
  return { ...shard, shards: new Map(byImage), twice, division };
}

/**
 * Of an index its first manifest counts for all: images that are built alike share layers on every platform or on none, and
 * reading all platforms would take as many requests as copying.
 */
async function loadOf(from: Location, digest: Digest, registries: Registries, limit: Limit): Promise<Load> {
  const registry = registries.at(from.registry);
  const read = async (key: Digest, depth: number): Promise<Load> => {
    const manifest = await limit(() => registry.getManifest(from.repository, key)).catch(unlessTheSameForAll);
    const contents = manifest && readableContents(manifest, from);
    if (contents === undefined || depth > deepestIndex) return unread(from);
    if (contents.kind === 'image') return new Map(contents.blobs.map((blob) => [blob.digest, blob.size]));
    const [first, ...others] = contents.manifests;
    if (first === undefined) return unread(from);
    const load = await read(first, depth + 1);
    return new Map([...load].map(([part, bytes]) => [part, bytes * (1 + others.length)]));
  };
  return await read(digest, 0);
}

/** What every shard finds alike is no reason to stop: copying the image will tell what is wrong with it. */
function unlessTheSameForAll(thrown: unknown): undefined {
  const isOfContent = ({ code }: ChartImagesError) => code === 'manifest-unsupported' || code === 'not-found';
  if (!errorsOf(thrown).every(isOfContent)) throw thrown;
}

/** The same bytes are unreadable for every shard. */
function readableContents(manifest: Manifest, from: Location): Contents | undefined {
  try {
    return contentsOf(manifest, formatLocation(from));
  } catch (thrown) {
    if (thrown instanceof ChartImagesError && thrown.code !== 'internal') return undefined;
    throw thrown;
  }
}

function unread({ registry, repository }: Location): Load {
  return new Map([[`${registry}/${repository}`, 1]]);
}

/** The plan without what other shards copy. */
export function ownPlan(plan: Plan, { index, shards }: Share): Plan {
  return { ...plan, copies: plan.copies.filter(({ image }) => shards.get(image.image) === index) };
}
