/** One image with what copying it moves: bytes by what names the content (a digest). */
export type WeightedItem = ReadonlyMap<string, number>;

export interface Partition {
  /** For each image the shard that copies it, from 1. */
  readonly shards: readonly number[];
  /** Bytes that more than one shard has to move, each time after the first counted. */
  readonly duplicatedBytes: number;
}

/** What a shard may have over its fair share before a group is divided for it. */
const tolerance = 1.1;

/** Into how many parts a fair share is divided where groups do not fit: as few as make the shards even, for each may cost twice. */
const shareDivisors = [1, 2, 4, 8] as const;

/**
 * Divides images among shards so that they have about as much to move each, and what images share is moved by one of them.
 * Images that share anything are a group, and a group stays whole. Only one that is more than a shard's fair share is divided, and
 * then what is largest stays together. Pure: the same loads in the same order give the same division.
 */
export function partition(loads: readonly WeightedItem[], shards: number): Partition {
  const total = sum(new Map(loads.flatMap((load) => [...load])));
  const share = (total / shards) * tolerance;
  const whole = groupsOf(loads, Number.POSITIVE_INFINITY);
  let best: Placement | undefined;
  for (const parts of shareDivisors) {
    const groups = whole.flatMap((group) =>
      group.bytes <= share ? [group] : groupsOf(loads, share / parts, group.images),
    );
    const placement = place(groups, loads.length, shards);
    if (best === undefined || placement.most < best.most) best = placement;
    if (best.most <= share) break;
  }
  return { shards: best?.shards ?? [], duplicatedBytes: (best?.bytes ?? 0) - total };
}

interface Placement {
  readonly shards: readonly number[];
  /** Bytes of the fullest shard, and of all. */
  readonly most: number;
  readonly bytes: number;
}

/** Each group to the shard that has the least with it, the heaviest first. */
function place(groups: readonly Group[], images: number, shards: number): Placement {
  const bins = Array.from({ length: shards }, (): Bin => ({ content: new Map(), bytes: 0, images: 0 }));
  const assigned: number[] = Array.from({ length: images }, () => 1);
  // Sorting keeps the order of equals, so groups of one size stay in the order of their first images.
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
  return { shards: assigned, most: Math.max(...sizes), bytes: sizes.reduce((all, bytes) => all + bytes, 0) };
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

/** Puts images together that share content, the largest content first, as long as the group has at most so many bytes. */
function groupsOf(
  loads: readonly WeightedItem[],
  most: number,
  images: readonly number[] = [...loads.keys()],
): Group[] {
  const groups = new Map<number, Group>();
  const users = new Map<string, { readonly bytes: number; readonly images: number[] }>();
  for (const image of images) {
    const content = new Map(loads[image]);
    groups.set(image, { content, images: [image], bytes: sum(content) });
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

/** The smaller goes into the larger. */
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

/** Bytes that the first brings to what has the second. */
function addedWeight(content: WeightedItem, to: WeightedItem): number {
  let bytes = 0;
  for (const [key, size] of content) if (!to.has(key)) bytes += size;
  return bytes;
}

function sum(load: WeightedItem): number {
  return [...load.values()].reduce((bytes, size) => bytes + size, 0);
}
