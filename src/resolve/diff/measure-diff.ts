import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import type { Resolution } from '../resolution.ts';
import type { ImageChanges } from './compare-images.ts';
import type { ImageDiff } from './image-diff.ts';

/** Bytes of each image that those that are held lack, in order, and of all of them with shared content once. */
export type MeasureImages = (
  images: readonly RegistryReference[],
  existing: readonly RegistryReference[],
) => Promise<{
  readonly each: readonly (number | undefined)[];
  readonly total: number | undefined;
  /** One clause: why there is no total. */
  readonly unmeasured?: string;
}>;

/**
 * Measures what the changes cost a mirror that has the base's images: what comes new, less what the images that it replaces have
 * already. `now` are all images of the run, `before` those that moved, as the base names them; an image that is not found has no
 * weight, and then there is none of the whole.
 */
export async function measureDiff(
  changes: ImageChanges,
  now: readonly Resolution[],
  before: readonly Resolution[],
  measure: MeasureImages,
): Promise<Omit<ImageDiff, 'base'>> {
  const places = placesOf(now);
  const incoming = [...changes.added.map(({ image }) => image), ...changes.moved.map(({ to }) => to)];
  const found = incoming.flatMap((image) => places.get(image) ?? []);
  const weights = await measure(found, [...placesOf(before).values()]);
  const bytes = new Map<string, number | undefined>();
  const foundImages = incoming.filter((image) => places.has(image));
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

/** By the content that was found, whatever the tag says by now. */
function placesOf(resolutions: readonly Resolution[]): ReadonlyMap<string, RegistryReference> {
  return new Map(
    resolutions.flatMap((resolution) =>
      resolution.status === 'found'
        ? [[resolution.image.image, { ...resolution.candidate.location, digest: resolution.manifest.digest }] as const]
        : [],
    ),
  );
}
