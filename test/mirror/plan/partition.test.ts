import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partition, type WeightedItem } from '../../../src/mirror/plan/partition.ts';

function load(...parts: readonly (readonly [name: string, bytes: number])[]): WeightedItem {
  return new Map(parts);
}

/** For each shard, what it moves. */
function contents(loads: readonly WeightedItem[], shards: readonly number[]): ReadonlyMap<number, ReadonlySet<string>> {
  const held = new Map<number, Set<string>>();
  for (const [at, shard] of shards.entries()) {
    held.set(shard, new Set([...(held.get(shard) ?? []), ...(loads[at]?.keys() ?? [])]));
  }
  return held;
}

describe('images divided among shards', () => {
  test('stay together when they share layers', () => {
    const loads = [
      load(['base a', 100], ['one', 10]),
      load(['base b', 100], ['two', 10]),
      load(['base a', 100], ['three', 10]),
      load(['base b', 100], ['four', 10]),
    ];
    expect(partition(loads, 2)).toEqual({ shards: [1, 2, 1, 2], duplicatedBytes: 0 });
  });

  test('are balanced even if all share one base, and the duplicate bytes are reported', () => {
    const loads = Array.from({ length: 40 }, (_, at) => load(['base', 50], [`own ${at}`, 100]));
    const { shards, duplicatedBytes } = partition(loads, 4);
    const sizes = [1, 2, 3, 4].map((shard) => shards.filter((own) => own === shard).length);
    for (const size of sizes) expect(size).toBeGreaterThanOrEqual(8);
    expect(duplicatedBytes).toBe(3 * 50);
  });

  test('keep what is largest in one shard where a group has to be divided', () => {
    const team = (name: string) =>
      Array.from({ length: 4 }, (_, at) => load(['everywhere', 1], [name, 1000], [`${name} ${at}`, 10]));
    const { shards, duplicatedBytes } = partition([...team('a'), ...team('b')], 2);
    expect(shards).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    expect(duplicatedBytes).toBe(1);
  });

  test('one image larger than a share is one part, and the others go elsewhere', () => {
    const loads = [load(['huge', 1000]), load(['a', 1]), load(['b', 1]), load(['huge', 1000])];
    expect(partition(loads, 2).shards).toEqual([1, 2, 2, 1]);
  });

  test('may be fewer than the shards, and have no size', () => {
    expect(partition([], 3)).toEqual({ shards: [], duplicatedBytes: 0 });
    expect(partition([load()], 3)).toEqual({ shards: [1], duplicatedBytes: 0 });
  });

  test('are assigned equally by every shard, each to one shard, with the reported duplicate bytes', () => {
    const part = fc.tuple(fc.integer({ min: 0, max: 12 }).map(String), fc.integer({ min: 0, max: 1000 }));
    const drawn = fc.array(fc.array(part, { maxLength: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 6 }), (images, total) => {
        const sizes = new Map(images.flat());
        const loads = images.map((parts): WeightedItem => new Map(parts.map(([name]) => [name, sizes.get(name) ?? 0])));
        const { shards, duplicatedBytes } = partition(loads, total);
        expect(partition(loads, total)).toEqual({ shards, duplicatedBytes });
        expect(shards).toHaveLength(images.length);
        for (const shard of shards) expect(shard >= 1 && shard <= total).toBe(true);
        const moved = [...contents(loads, shards).values()].flatMap((names) => [...names]);
        const once = new Set(moved);
        const bytes = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
        expect(duplicatedBytes).toBe(bytes(moved) - bytes(once));
      }),
    );
  });
});
