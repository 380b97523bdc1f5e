import type { DiscoveredImage } from '../discovery/use.ts';
import type { Digest } from '../image/digest.ts';
import type { Progress, ReadProgress, Underway } from '../progress.ts';
import type { Blob } from '../registry/registry.ts';
import type { Plan } from './plan.ts';
import type { CopyWatch } from './watch.ts';

export interface WatchedCopy {
  readonly watch: CopyWatch;
  readonly read: ReadProgress;
}

/**
 * Counts what a copy of the plan tells. Bytes count as soon as they have come from the source, or when the target turns out to have
 * them; content that images share counts for each of them, and once in all. What is attached to images is not counted.
 */
export function watchCopy({ copies, size }: Plan): WatchedCopy {
  const total = copies.filter(({ step }) => step.action === 'copy').length;
  // By image: a destination may make its plan anew before it carries it out.
  const parts = new Map([...(size?.parts ?? [])].map(([{ image }, blobs]) => [image, blobs]));
  const known = size && new Set([...parts.values()].flatMap((blobs) => blobs.map(({ digest }) => digest)));
  const running = new Set<DiscoveredImage>();
  const moving = new Map<Digest, { readonly size: number; readonly arrived: () => number }>();
  const landed = new Set<Digest>();
  let landedBytes = 0;
  let done = 0;

  const counts = (digest: Digest): boolean => known?.has(digest) ?? true;
  const arrivedOf = (digest: Digest): number => {
    const move = moving.get(digest);
    // A move that began anew has not more than it had.
    return move === undefined ? 0 : Math.min(move.size, move.arrived());
  };
  const doneOf = ({ digest, size: bytes }: Blob): number => (landed.has(digest) ? bytes : arrivedOf(digest));
  const underway = (image: DiscoveredImage): Underway => {
    const blobs = parts.get(image);
    return {
      name: image.image,
      done: sum((blobs ?? []).map(doneOf)),
      total: blobs && sum(blobs.map(({ size: bytes }) => bytes)),
    };
  };
  const read = (): Progress => ({
    what: `${total === 1 ? 'image' : 'images'} copied`,
    done,
    total,
    bytes: {
      done: landedBytes + sum([...moving.keys()].filter(counts).map(arrivedOf)),
      total: size?.covers === 'all' ? size.bytes : undefined,
    },
    underway: [...running].map(underway),
  });

  const watch: CopyWatch = {
    begins: ({ image }) => running.add(image),
    moves: ({ digest, size: bytes }, arrived) => {
      if (!landed.has(digest)) moving.set(digest, { size: bytes, arrived });
    },
    lands: ({ digest, size: bytes }) => {
      moving.delete(digest);
      if (landed.has(digest) || !counts(digest)) return;
      landed.add(digest);
      landedBytes += bytes;
    },
    ends: ({ copy }) => {
      running.delete(copy.image);
      if (copy.step.action === 'copy') done += 1;
    },
  };
  return { watch, read };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
