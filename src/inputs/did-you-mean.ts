import { distance } from 'fastest-levenshtein';

/** `imageSources`, `image_sources` and `Image-Sources` all mean `image-sources`. */
const normalize = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');

/** Longer names are not typos, and the distance takes quadratic time. */
const longestName = 100;

/** The most similar known name; undefined if none is similar. */
export function closestName(unknown: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || unknown.length > longestName) return undefined;
  const wanted = normalize(unknown);
  const [best] = known
    .map((name) => ({ name, slips: editDistance(wanted, normalize(name)) }))
    .sort((a, b) => a.slips - b.slips);
  if (best === undefined) return undefined;
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, normalize(best.name).length) / 3));
  return best.slips <= allowed ? best.name : undefined;
}

/** Edit distance that counts two swapped letters as one edit. */
function editDistance(typed: string, name: string): number {
  const swapped = [...typed].slice(1).map((letter, index) => {
    return `${typed.slice(0, index)}${letter}${typed[index] ?? ''}${typed.slice(index + 2)}`;
  });
  return Math.min(distance(typed, name), ...swapped.map((each) => 1 + distance(each, name)));
}

/** ` Did you mean "charts"?`, or `''` if no name is similar. */
export function didYouMean(unknown: string, known: readonly string[]): string {
  const name = closestName(unknown, known);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}
