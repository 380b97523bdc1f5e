import type { Digest } from '../../core/oci/digest.ts';
import type { Progress, ProgressItem, ProgressSource } from '../../core/progress.ts';
import { sum } from '../../core/sum.ts';
import type { DiscoveredImage } from '../../discovery/image-use.ts';
import type { Descriptor } from '../../registry/client/registry.ts';
import type { Plan } from '../plan/plan.ts';
import type { CopyObserver } from './copy-observer.ts';

export interface ObservedCopy {
  readonly observer: CopyObserver;
  readonly read: ProgressSource;
}

/**
 * Progress of the copies of a plan. Bytes count once they are read or found in the target. Shared content counts for
 * each image, and once in the total. Attachments are not counted.
 */
export function trackProgress({ copies, size }: Plan): ObservedCopy {
  const total = copies.filter(({ step }) => step.action === 'copy').length;
  // By image, because a destination may plan again before it copies.
  const parts = new Map([...(size?.parts ?? [])].map(([{ image }, blobs]) => [image, blobs]));
  const known = size && new Set([...parts.values()].flatMap((blobs) => blobs.map(({ digest }) => digest)));
  const running = new Set<DiscoveredImage>();
  const transfers = new Map<Digest, { readonly size: number; readonly received: () => number }>();
  const completed = new Set<Digest>();
  let completedBytes = 0;
  let done = 0;

  const counts = (digest: Digest): boolean => known?.has(digest) ?? true;
  const receivedBytes = (digest: Digest): number => {
    const move = transfers.get(digest);
    // A restarted transfer may report more than the size.
    return move === undefined ? 0 : Math.min(move.size, move.received());
  };
  const doneOf = ({ digest, size: bytes }: Descriptor): number =>
    completed.has(digest) ? bytes : receivedBytes(digest);
  const underway = (image: DiscoveredImage): ProgressItem => {
    const blobs = parts.get(image);
    return {
      name: image.image,
      done: sum((blobs ?? []).map(doneOf)),
      total: blobs && sum(blobs.map(({ size: bytes }) => bytes)),
    };
  };
  const read = (): Progress => ({
    label: `${total === 1 ? 'image' : 'images'} copied`,
    done,
    total,
    bytes: {
      done: completedBytes + sum([...transfers.keys()].filter(counts).map(receivedBytes)),
      total: size?.completeness === 'all' ? size.bytes : undefined,
    },
    underway: [...running].map(underway),
  });

  const observer: CopyObserver = {
    onStart: ({ image }) => running.add(image),
    onProgress: ({ digest, size: bytes }, received) => {
      if (!completed.has(digest)) transfers.set(digest, { size: bytes, received });
    },
    onBlobDone: ({ digest, size: bytes }) => {
      transfers.delete(digest);
      if (completed.has(digest) || !counts(digest)) return;
      completed.add(digest);
      completedBytes += bytes;
    },
    onEnd: ({ copy }) => {
      running.delete(copy.image);
      if (copy.step.action === 'copy') done += 1;
    },
  };
  return { observer, read };
}
