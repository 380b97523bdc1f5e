import { type ConcurrencyLimit, createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { passingErrors } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import { sum } from '../../core/sum.ts';
import type { Registries } from '../../registry/client/registry.ts';
import { listImageBlobs } from './image-blobs.ts';

/** Reading a manifest may count as a pull, so larger changes are not measured. */
const maximumMeasured = 50;

export interface TransferSizes {
  /** Bytes of each image that are not in `existing`, in order. Undefined if unreadable. */
  readonly each: readonly (number | undefined)[];
  /** Total of all images, shared content once. */
  readonly total: number | undefined;
  /** Clause with the reason if there is no total. */
  readonly unmeasured?: string;
}

/** Bytes by digest. */
type Content = ReadonlyMap<Digest, number>;

/**
 * Bytes to transfer for images if `existing` are in the target: manifests, configurations, and layers. Reads only
 * manifests. Throws only `cancelled`.
 */
export async function measureTransfer(
  images: readonly RegistryReference[],
  existing: readonly RegistryReference[],
  registries: Registries,
  { concurrency }: { readonly concurrency: number },
): Promise<TransferSizes> {
  if (images.length + existing.length > maximumMeasured) {
    const unmeasured = `more than ${maximumMeasured} images changed, and measuring each costs a pull`;
    return { each: images.map(() => undefined), total: undefined, unmeasured };
  }
  const limit = createConcurrencyLimit(concurrency);
  const read = (reference: RegistryReference) => contentOf(reference, registries, limit);
  const [contents, known] = await Promise.all([Promise.all(images.map(read)), Promise.all(existing.map(read))]);
  const there = new Set(known.flatMap((content) => [...(content?.keys() ?? [])]));
  const missing = contents.map((content) => content && [...content].filter(([digest]) => !there.has(digest)));
  const all = missing.every((part) => part !== undefined) ? new Map(missing.flat()) : undefined;
  return {
    each: missing.map((part) => part && sum(part.map(([, size]) => size))),
    ...(all === undefined
      ? { total: undefined, unmeasured: 'a manifest cannot be read' }
      : { total: sum(all.values()) }),
  };
}

async function contentOf(
  reference: RegistryReference,
  registries: Registries,
  limit: ConcurrencyLimit,
): Promise<Content | undefined> {
  const registry = registries.get(reference.registry);
  try {
    const read = (repository: string, key: string) => limit(() => registry.getManifest(repository, key));
    const { manifests, blobs } = await listImageBlobs(reference, read);
    return new Map([...manifests, ...blobs].map(([digest, { size }]) => [digest, size]));
  } catch (thrown) {
    passingErrors(thrown);
    return undefined;
  }
}
