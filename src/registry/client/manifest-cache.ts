import { parseDigest } from '../../core/oci/digest.ts';
import type { Access, Manifest } from './registry.ts';

/** Enough for thousands of images, as a manifest has some kilobytes. Others are read again. */
const maximumBytes = 16 * 1024 * 1024;

type ReadManifest = (repository: string, key: string, access?: Access) => Promise<Manifest>;

/**
 * Reads each manifest by digest once, also for concurrent calls, because registries count each read as a pull. Tags and
 * errors are not cached.
 */
export function cacheManifests(read: ReadManifest): ReadManifest {
  const cached = new Map<string, Promise<Manifest>>();
  const sizes = new Map<string, number>();
  let totalBytes = 0;

  const add = (reference: string, { size }: Manifest): void => {
    sizes.set(reference, size);
    totalBytes += size;
    // A map lists its keys in insertion order.
    for (const [oldest, bytes] of sizes) {
      if (totalBytes <= maximumBytes) break;
      totalBytes -= bytes;
      sizes.delete(oldest);
      cached.delete(oldest);
    }
  };

  return (repository, key, access) => {
    if (!parseDigest(key).ok) return read(repository, key, access);
    const reference = `${repository}@${key}`;
    const known = cached.get(reference);
    if (known !== undefined) return known;
    const reading = read(repository, key, access);
    cached.set(reference, reading);
    reading.then(
      (manifest) => add(reference, manifest),
      () => cached.delete(reference),
    );
    return reading;
  };
}
