import { formatLocation } from '../image/location.ts';
import { listNames } from '../resolution/wording.ts';
import type { PlannedCopy } from './plan.ts';

/** A copy whose step is not decided yet. */
export type Wanted = Omit<PlannedCopy, 'step'>;

/**
 * The copies that would land on each other: the same place in the target with different content. The value says which.
 * It happens when two references differ only in what the target takes off, such as their registries.
 */
export function collisionsOf(wanted: readonly Wanted[]): ReadonlyMap<Wanted, string> {
  const collisions = new Map<Wanted, string>();
  for (const [place, copies] of byPlace(wanted)) {
    if (new Set(copies.map((copy) => copy.manifest.digest)).size < 2) continue;
    const sources = listNames(copies.map((copy) => formatLocation(copy.from)));
    for (const copy of copies) collisions.set(copy, `${sources} differ and would all become ${place}`);
  }
  return collisions;
}

function byPlace(wanted: readonly Wanted[]): ReadonlyMap<string, readonly Wanted[]> {
  const places = new Map<string, Wanted[]>();
  for (const copy of wanted) {
    const place = formatLocation(copy.to);
    const copies = places.get(place);
    if (copies) copies.push(copy);
    else places.set(place, [copy]);
  }
  return places;
}
