import { distance } from 'fastest-levenshtein';
import { coerce } from 'semver';

/** Maximum of suggested tags. */
const tagsShown = 3;

/** A repository with this many tags or fewer is listed completely. */
const fewTags = 3;

interface Similarity {
  readonly tag: string;
  /** Compared in order, smaller is nearer. */
  readonly ranks: readonly number[];
}

/**
 * The most similar tags, nearest first, at most three. Versions are compared by number and by suffix (`-alpine`),
 * other tags by edit distance.
 */
export function nearestTags(wanted: string, tags: readonly string[]): readonly string[] {
  const others = [...new Set(tags)].filter((tag) => tag !== wanted && !isAttached(tag));
  const likenesses = others.flatMap((tag) => similarity(wanted, tag) ?? []);
  const nearest = likenesses.sort(byNearness).map(({ tag }) => tag);
  return nearest.length === 0 && others.length <= fewTags ? others.sort() : nearest.slice(0, tagsShown);
}

/** Tags of cosign (`sha256-<hex>.sig`) and of the referrers fallback (`sha256-<hex>`). */
function isAttached(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}(\.[a-z]+)?$/.test(tag);
}

function similarity(wanted: string, tag: string): Similarity | undefined {
  const [ours, theirs] = [versionIn(wanted), versionIn(tag)];
  const letters = distance(wanted.toLowerCase(), tag.toLowerCase());
  if (ours && theirs) {
    const numbers = ours.numbers.map((number, index) => Math.abs(number - (theirs.numbers[index] ?? 0)));
    return { tag, ranks: [variantDistance(ours.variant, theirs.variant), ...numbers, letters] };
  }
  // If more than half of the letters differ, it is another word.
  return letters * 2 <= wanted.length ? { tag, ranks: [3, letters] } : undefined;
}

function variantDistance(ours: string, theirs: string): number {
  if (ours === theirs) return 0;
  return ours === '' || theirs === '' ? 1 : 2;
}

interface Version {
  readonly numbers: readonly number[];
  /** Text after the numbers. */
  readonly variant: string;
}

function versionIn(tag: string): Version | undefined {
  const [, numbers = '', variant = ''] = /^v?(\d+(?:\.\d+){0,2})(?![\w]*\d{5})([-._+a-z].*)?$/i.exec(tag) ?? [];
  const version = coerce(numbers);
  return version ? { numbers: [version.major, version.minor, version.patch], variant } : undefined;
}

function byNearness(left: Similarity, right: Similarity): number {
  for (const [index, rank] of left.ranks.entries()) {
    const difference = rank - (right.ranks[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.tag < right.tag ? -1 : 1;
}
