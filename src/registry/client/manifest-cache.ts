import { parseDigest } from '../../core/oci/digest.ts';
import type { Manifest } from './registry.ts';

/** A manifest has some kilobytes, so these are those of thousands of images; more are read again. */
const maximumBytes = 16 * 1024 * 1024;

type ReadManifest = (repository: string, key: string) => Promise<Manifest>;

/**
 * Reads each manifest once, however many ask for it by its digest, also while it is on its way: for its platforms, its size and
 * the copy. Reading a manifest counts as a pull where pulls are counted. What a tag stands for is asked anew each time,
 * and what could not be read is not kept.
 */
export function cacheManifests(read: ReadManifest): ReadManifest {
  const known = new Map<string, Promise<Manifest>>();
  const sizes = new Map<string, number>();
  let held = 0;

  const keep = (question: string, { size }: Manifest): void => {
    sizes.set(question, size);
    held += size;
    // A map lists its keys in the order in which they came.
    for (const [oldest, bytes] of sizes) {
      if (held <= maximumBytes) break;
      held -= bytes;
      sizes.delete(oldest);
      known.delete(oldest);
    }
  };

  return (repository, key) => {
    if (!parseDigest(key).ok) return read(repository, key);
    const question = `${repository}@${key}`;
    const before = known.get(question);
    if (before !== undefined) return before;
    const reading = read(repository, key);
    known.set(question, reading);
    reading.then(
      (manifest) => keep(question, manifest),
      () => known.delete(question),
    );
    return reading;
  };
}
