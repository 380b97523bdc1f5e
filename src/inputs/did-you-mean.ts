import { distance } from 'fastest-levenshtein';

/** `imageSources`, `image_sources` and `Image-Sources` all mean `image-sources`. */
const normalize = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');

/** Longer names are not typing errors, and the distance takes time with the square of the length. */
const longestName = 100;

/** The known name that an unknown one was probably meant to be, if any is near. */
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

/** Letters that are wrong, missing or too many; two that changed places count as one, which the plain distance counts as two. */
function editDistance(typed: string, name: string): number {
  const swapped = [...typed].slice(1).map((letter, index) => {
    return `${typed.slice(0, index)}${letter}${typed[index] ?? ''}${typed.slice(index + 2)}`;
  });
  return Math.min(distance(typed, name), ...swapped.map((each) => 1 + distance(each, name)));
}

/** ` Did you mean "charts"?` or nothing: the end of a sentence about an unknown name. */
export function didYouMean(unknown: string, known: readonly string[]): string {
  const name = closestName(unknown, known);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}
