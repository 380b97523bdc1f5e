import { distance } from 'fastest-levenshtein';
import { coerce } from 'semver';

/** More than a few are a list and no advice. */
const tagsShown = 3;

/** A repository with no more tags than this is shown whole: any of them may be meant. */
const fewTags = 3;

interface Likeness {
  readonly tag: string;
  /** Smaller is nearer; compared from the first number on. */
  readonly ranks: readonly number[];
}

/**
 * The tags of a repository that come nearest to one it does not have, nearest first, at most three. Between versions the
 * difference of the versions counts, and whether what follows them (`-alpine`) is the same; between other tags the letters.
 */
export function nearestTags(wanted: string, tags: readonly string[]): readonly string[] {
  const others = [...new Set(tags)].filter((tag) => tag !== wanted && !isAttached(tag));
  const likenesses = others.flatMap((tag) => likeness(wanted, tag) ?? []);
  const nearest = likenesses.sort(byNearness).map(({ tag }) => tag);
  return nearest.length === 0 && others.length <= fewTags ? others.sort() : nearest.slice(0, tagsShown);
}

/** cosign keeps signatures under tags of the form `sha256-<hex>.sig`, and the referrers' fallback under the bare form. */
function isAttached(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}(\.[a-z]+)?$/.test(tag);
}

function likeness(wanted: string, tag: string): Likeness | undefined {
  const [ours, theirs] = [versionIn(wanted), versionIn(tag)];
  const letters = distance(wanted.toLowerCase(), tag.toLowerCase());
  if (ours && theirs) {
    const numbers = ours.numbers.map((number, index) => Math.abs(number - (theirs.numbers[index] ?? 0)));
    return { tag, ranks: [variantDistance(ours.variant, theirs.variant), ...numbers, letters] };
  }
  // Half of the letters may differ: more is another word.
  return letters * 2 <= wanted.length ? { tag, ranks: [3, letters] } : undefined;
}

function variantDistance(ours: string, theirs: string): number {
  if (ours === theirs) return 0;
  return ours === '' || theirs === '' ? 1 : 2;
}

interface Version {
  readonly numbers: readonly number[];
  /** What follows the numbers. */
  readonly variant: string;
}

function versionIn(tag: string): Version | undefined {
  const [, numbers = '', variant = ''] = /^v?(\d+(?:\.\d+){0,2})(?![\w]*\d{5})([-._+a-z].*)?$/i.exec(tag) ?? [];
  const version = coerce(numbers);
  return version ? { numbers: [version.major, version.minor, version.patch], variant } : undefined;
}

function byNearness(left: Likeness, right: Likeness): number {
  for (const [index, rank] of left.ranks.entries()) {
    const difference = rank - (right.ranks[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.tag < right.tag ? -1 : 1;
}
