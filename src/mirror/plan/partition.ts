import { sum } from '../../core/sum.ts';

/** Content of one image: bytes by digest. */
export type WeightedItem = ReadonlyMap<string, number>;

export interface Partition {
  /** Shard of each image, from 1. */
  readonly shards: readonly number[];
  /** Bytes that several shards transfer, not counting the first time. */
  readonly duplicatedBytes: number;
}

/** Excess over the fair share that is accepted before a group is split. */
const tolerance = 1.1;

/** Divisors of the fair share for split groups. Small ones first, because each split may duplicate bytes. */
const finerDivisors = [2, 4, 8] as const;

/**
 * Balances bytes between shards and keeps images with shared content together. Only a group larger than a fair share
 * is split, smallest shared content first. Pure and deterministic.
 */
export function partition(loads: readonly WeightedItem[], shards: number): Partition {
  const total = sum(new Map(loads.flatMap((load) => [...load])).values());
  const share = (total / shards) * tolerance;
  const whole = groupsOf(loads, Number.POSITIVE_INFINITY);
  const divide = (parts: number): Placement => {
    const groups = whole.flatMap((group) =>
      group.bytes <= share ? [group] : groupsOf(loads, share / parts, group.images),
    );
    return place(groups, loads.length, shards);
  };
  let best = divide(1);
  for (const parts of finerDivisors) {
    if (best.most <= share) break;
    const finer = divide(parts);
    if (finer.most < best.most) best = finer;
  }
  return { shards: best.shards, duplicatedBytes: best.bytes - total };
}

interface Placement {
  readonly shards: readonly number[];
  /** Bytes of the largest shard, and of all shards. */
  readonly most: number;
  readonly bytes: number;
}

/** Greedy bin packing: the largest group first, into the smallest shard. */
function place(groups: readonly Group[], images: number, shards: number): Placement {
  const bins = Array.from({ length: shards }, (): Bin => ({ content: new Map(), bytes: 0, images: 0 }));
  const assigned: number[] = Array.from({ length: images }, () => 1);
  // Sorting is stable, so groups of equal size keep the order of their images.
  for (const group of groups.toSorted((one, other) => other.bytes - one.bytes)) {
    const [best = 0] = bins
      .map((shard, at) => ({
        at,
        bytes: shard.bytes + addedWeight(group.content, shard.content),
        images: shard.images,
      }))
      .sort((one, other) => one.bytes - other.bytes || one.images - other.images || one.at - other.at)
      .map(({ at }) => at);
    const shard = bins[best];
    if (shard !== undefined) assign(shard, group);
    for (const image of group.images) assigned[image] = best + 1;
  }
  const sizes = bins.map(({ bytes }) => bytes);
  return { shards: assigned, most: Math.max(...sizes), bytes: sum(sizes) };
}

interface Bin {
  readonly content: Map<string, number>;
  bytes: number;
  images: number;
}

interface Group {
  readonly content: Map<string, number>;
  readonly images: number[];
  bytes: number;
}

/** Groups images with shared content, largest content first, up to `most` bytes a group. */
function groupsOf(
  loads: readonly WeightedItem[],
  most: number,
  images: readonly number[] = [...loads.keys()],
): Group[] {
  const groups = new Map<number, Group>();
  const users = new Map<string, { readonly bytes: number; readonly images: number[] }>();
  for (const image of images) {
    const content = new Map(loads[image]);
    groups.set(image, { content, images: [image], bytes: sum(content.values()) });
    for (const [key, bytes] of content) {
      const known = users.get(key);
      if (known) known.images.push(image);
      else users.set(key, { bytes, images: [image] });
    }
  }
  const shared = [...users.values()].filter((user) => user.images.length > 1);
  for (const { images: together } of shared.toSorted((one, other) => other.bytes - one.bytes)) {
    let current: Group | undefined;
    for (const image of together) {
      const group = groups.get(image);
      if (group === undefined || group === current) continue;
      const more = current === undefined ? 0 : addedWeight(group.content, current.content);
      const fits = current !== undefined && (more === 0 || current.bytes + more <= most);
      current = current !== undefined && fits ? join(current, group, groups) : group;
    }
  }
  return [...new Set(groups.values())];
}

/** Merges the smaller group into the larger. */
function join(one: Group, other: Group, groups: Map<number, Group>): Group {
  const [into, from] = one.content.size >= other.content.size ? [one, other] : [other, one];
  into.bytes += addedWeight(from.content, into.content);
  for (const [key, bytes] of from.content) into.content.set(key, bytes);
  for (const image of from.images) groups.set(image, into);
  into.images.push(...from.images);
  return into;
}

function assign(shard: Bin, group: Group): void {
  shard.bytes += addedWeight(group.content, shard.content);
  shard.images += group.images.length;
  for (const [key, bytes] of group.content) shard.content.set(key, bytes);
}

/** Bytes of `content` that are not in `to`. */
function addedWeight(content: WeightedItem, to: WeightedItem): number {
  let bytes = 0;
  for (const [key, size] of content) if (!to.has(key)) bytes += size;
  return bytes;
}
