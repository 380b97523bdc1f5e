import type { Location } from '../image/location.ts';
import type { Resolution } from '../resolution/resolution.ts';
import type { Changes } from './compare.ts';
import type { Delta } from './delta.ts';

/** Bytes of each image that those that are held lack, in order, and of all of them with shared content once. */
export type Measure = (
  images: readonly Location[],
  held: readonly Location[],
) => Promise<{
  readonly each: readonly (number | undefined)[];
  readonly total: number | undefined;
  /** One clause: why there is no total. */
  readonly unmeasured?: string;
}>;

/**
 * Tells what the changes cost a mirror that has the base's images: what comes new, less what the images that it replaces have
 * already. `now` are all images of the run, `before` those that moved, as the base names them; an image that is not found has no
 * weight, and then there is none of the whole.
 */
export async function weighChanges(
  changes: Changes,
  now: readonly Resolution[],
  before: readonly Resolution[],
  measure: Measure,
): Promise<Omit<Delta, 'base'>> {
  const places = placesOf(now);
  const coming = [...changes.added.map(({ image }) => image), ...changes.moved.map(({ to }) => to)];
  const found = coming.flatMap((image) => places.get(image) ?? []);
  const weights = await measure(found, [...placesOf(before).values()]);
  const bytes = new Map<string, number | undefined>();
  const reached = coming.filter((image) => places.has(image));
  for (const [index, image] of reached.entries()) bytes.set(image, weights.each[index]);
  return {
    added: changes.added.map((added) => ({ ...added, bytes: bytes.get(added.image) })),
    removed: changes.removed,
    moved: changes.moved.map((moved) => ({ ...moved, bytes: bytes.get(moved.to) })),
    ...wholeOf(found.length === coming.length ? weights : { total: undefined, unmeasured: notAllFound }),
  };
}

const notAllFound = 'not every image of it was found';

function wholeOf({ total, unmeasured }: Pick<Awaited<ReturnType<Measure>>, 'total' | 'unmeasured'>) {
  return { bytes: total, ...(total === undefined && unmeasured !== undefined && { unmeasured }) };
}

/** By the content that was found, whatever the tag says by now. */
function placesOf(resolutions: readonly Resolution[]): ReadonlyMap<string, Location> {
  return new Map(
    resolutions.flatMap((resolution) =>
      resolution.status === 'found'
        ? [[resolution.image.image, { ...resolution.candidate.location, digest: resolution.manifest.digest }] as const]
        : [],
    ),
  );
}
