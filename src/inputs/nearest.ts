import { closest, distance } from 'fastest-levenshtein';

/** `imageSources`, `image_sources` and `Image-Sources` all mean `image-sources`. */
const bare = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');

/** Longer names are nobody's slip of the finger, and the distance takes time with the square of the length. */
const longestName = 100;

/** The known name that an unknown one was probably meant to be, if any is near. */
export function nearest(unknown: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || unknown.length > longestName) return undefined;
  const wanted = bare(unknown);
  const best = closest(wanted, known.map(bare));
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, best.length) / 3));
  return distance(wanted, best) <= allowed ? known.find((name) => bare(name) === best) : undefined;
}

/** ` Did you mean "charts"?` or nothing: the end of a sentence about an unknown name. */
export function didYouMean(unknown: string, known: readonly string[]): string {
  const name = nearest(unknown, known);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}
