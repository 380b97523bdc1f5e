import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of bodies between two collections: a hundred pieces, whose collection takes less than a millisecond. */
const betweenCollections = 8 * 1024 * 1024;

let sinceCollection = 0;
let collect: ((options: { readonly type: 'minor' }) => void) | undefined;

/**
 * Counts the bytes of bodies that have passed, and lets V8 collect their pieces in time. Each is 64 KiB outside of its heap, and
 * by itself it lets 64 MiB of them come together. Measured on a copy of 1.8 GB: 107 MiB instead of 182, and a tenth less
 * processor time, for memory that was used a moment ago is still in the processor's cache and needs no new page.
 */
export function trackBodyBytes(bytes: number): void {
  sinceCollection += bytes;
  if (sinceCollection < betweenCollections) return;
  sinceCollection = 0;
  collect ??= findCollector();
  collect({ type: 'minor' });
}

/**
 * V8 hands out its collector only to contexts that are made under this flag. That is not guaranteed, and a copy goes on
 * without.
 */
function findCollector(): NonNullable<typeof collect> {
  try {
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('globalThis.gc');
    setFlagsFromString('--no-expose-gc');
    if (typeof found === 'function') return (options) => void found(options);
  } catch {
    // As where there is none.
  }
  return () => {};
}
