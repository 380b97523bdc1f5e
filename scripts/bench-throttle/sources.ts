import type { Fault, Passing } from '../../test/support/fault-proxy.ts';
import type { ImageSet } from '../bench-copy/sets.ts';

/** What the door in front of a source does with a request. */
export type Door = (request: Passing) => Fault | undefined;

export interface Source {
  readonly name: string;
  readonly title: string;
  readonly set: ImageSet;
  /** Images that can arrive. */
  readonly possible: number;
  /** A door as it is before the first request. */
  open(): Door;
  /** The least seconds for so many requests that are not refused. `plain`: seconds without throttling. */
  best(served: number, plain: number): number;
}

const small = { shared: [40_000], own: [20_000, 10_000] };

/** Requests a second, and as many at once after a pause. */
const rate = 20;
/** Seconds until the manifests are counted anew. Docker Hub has hours. */
const refill = 30;
const manifests = 100;
const quotaImages = 120;
/** Seconds that the slow layer takes. */
const slowest = 30;

export const sources: readonly Source[] = [
  {
    name: 'rate',
    title: `60 images, ${rate} requests a second, 429 with Retry-After beyond`,
    set: { name: 'rate', images: 60, ...small },
    possible: 60,
    open: () => {
      let tokens = rate;
      let last = performance.now();
      return () => {
        const now = performance.now();
        tokens = Math.min(rate, tokens + ((now - last) / 1000) * rate);
        last = now;
        if (tokens < 1) return { kind: 'status', status: 429, headers: { 'retry-after': '1' } };
        tokens -= 1;
        return undefined;
      };
    },
    best: (served, plain) => Math.max((served - rate) / rate, plain),
  },
  {
    name: 'quota',
    title: `${quotaImages} images, ${manifests} manifests in ${refill} seconds, as Docker Hub counts them`,
    set: { name: 'quota', images: quotaImages, ...small },
    possible: quotaImages,
    open: () => {
      let left = manifests;
      let began: number | undefined;
      return ({ method, path }) => {
        if (method !== 'GET' || !/\/manifests\/[^/]+$/.test(path)) return undefined;
        const now = performance.now();
        began ??= now;
        if (now - began > refill * 1000) [left, began] = [manifests, now];
        if (left === 0) {
          const wait = Math.ceil(refill - (now - began) / 1000);
          return { kind: 'status', status: 429, headers: { 'retry-after': String(wait) } };
        }
        left -= 1;
        return undefined;
      };
    },
    // The manifests that the first window has no room for wait for the next one.
    best: (_, plain) => Math.max(refill, plain) + plain * (1 - manifests / quotaImages),
  },
  {
    name: 'broken',
    title: `300 images, one layer takes ${slowest} seconds, and one image always breaks`,
    set: { name: 'broken', images: 300, shared: [], own: [20_000] },
    possible: 299,
    open: () => {
      const seen = new Map<string, 'slow' | 'half'>();
      return ({ method, path }) => {
        const [, number = '', digest = ''] = /image-(\d+)\/blobs\/(.+)$/.exec(path) ?? [];
        if (method !== 'GET' || !['7', '42'].includes(number)) return undefined;
        if (number === '42') return { kind: 'half' };
        // The first blob of this image that is asked for.
        if (seen.size === 0) seen.set(digest, 'slow');
        return seen.has(digest) ? { kind: 'slow', milliseconds: slowest * 1000 } : undefined;
      };
    },
    best: (_, plain) => Math.max(slowest, plain),
  },
];
