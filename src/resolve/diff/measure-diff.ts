import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import type { Resolution } from '../resolution.ts';
import type { ImageChanges } from './compare-images.ts';
import type { ImageDiff } from './image-diff.ts';

/** Measures images against `existing` ones: bytes of each in order, and in total with shared content once. */
export type MeasureImages = (
  images: readonly RegistryReference[],
  existing: readonly RegistryReference[],
) => Promise<{
  readonly each: readonly (number | undefined)[];
  readonly total: number | undefined;
  /** Clause with the reason if there is no total. */
  readonly unmeasured?: string;
}>;

/**
 * Measures the changes for a mirror that has the images of the base. `now`: all images of the run. `before`: replaced
 * images. Without a total if an image was not found.
 */
export async function measureDiff(
  changes: ImageChanges,
  now: readonly Resolution[],
  before: readonly Resolution[],
  measure: MeasureImages,
): Promise<Omit<ImageDiff, 'base'>> {
  const references = referencesOf(now);
  const incoming = [...changes.added.map(({ image }) => image), ...changes.moved.map(({ to }) => to)];
  const found = incoming.flatMap((image) => references.get(image) ?? []);
  const weights = await measure(found, [...referencesOf(before).values()]);
  const bytes = new Map<string, number | undefined>();
  const foundImages = incoming.filter((image) => references.has(image));
  for (const [index, image] of foundImages.entries()) bytes.set(image, weights.each[index]);
  return {
    added: changes.added.map((added) => ({ ...added, bytes: bytes.get(added.image) })),
    removed: changes.removed,
    moved: changes.moved.map((moved) => ({ ...moved, bytes: bytes.get(moved.to) })),
    ...wholeOf(found.length === incoming.length ? weights : { total: undefined, unmeasured: notAllFound }),
  };
}

const notAllFound = 'not every changed image was found';

function wholeOf({ total, unmeasured }: Pick<Awaited<ReturnType<MeasureImages>>, 'total' | 'unmeasured'>) {
  return { bytes: total, ...(total === undefined && unmeasured !== undefined && { unmeasured }) };
}

/** By digest, whatever the tag references now. */
function referencesOf(resolutions: readonly Resolution[]): ReadonlyMap<string, RegistryReference> {
  return new Map(
    resolutions.flatMap((resolution) =>
      resolution.status === 'found'
        ? [[resolution.image.image, { ...resolution.candidate.reference, digest: resolution.manifest.digest }] as const]
        : [],
    ),
  );
}
