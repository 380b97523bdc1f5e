import { wordsOf } from '../discovery/words.ts';
import { KnownReferences, longestPart } from './known-references.ts';
import { isVersion, type MarkPoint, pointsOf } from './mark-points.ts';
import type { ValueLeaf } from './value-leaf.ts';

/** A leaf that may feed an image, with the places where it can be marked. */
export interface Candidate {
  readonly leaf: ValueLeaf;
  readonly points: readonly MarkPoint[];
  /**
   * A `speaking` leaf is said to be of an image by its key or its form. A `bare` one (`name: nginx`, `type: postgres`)
   * has only the text of an image's part, and is as likely a switch or a name.
   */
  readonly rank: 'speaking' | 'bare';
}

/** Longer texts are certificates and programs; the largest that carry images (sidecar templates) have some 50 KB. */
const maximumText = 512 * 1024;
/** A word of one or two letters is part of everything. */
const shortestBareText = 3;

/** The leaves whose text, or a part of it, is part of a reference; nothing else has to be marked. */
export function candidatesAmong(leaves: Iterable<ValueLeaf>, references: readonly string[]): readonly Candidate[] {
  const known = new KnownReferences(references);
  const candidates: Candidate[] = [];
  for (const leaf of leaves) {
    if (leaf.scalar === 'empty' || leaf.text.length > maximumText) continue;
    const speaks = hasSpeakingKey(leaf);
    if (leaf.scalar === 'other' && !(speaks && /^\d+(?:\.\d+)*$/.test(leaf.text))) continue;
    const points = literalsOf(leaf.text).flatMap(({ text, offset }) => {
      return pointsFor(text, known, speaks).map((point) => ({ ...point, at: point.at + offset }));
    });
    if (points.length > 0)
      candidates.push({ leaf, points, rank: speaks || hasSpeakingForm(leaf) ? 'speaking' : 'bare' });
  }
  return candidates;
}

function pointsFor(text: string, known: KnownReferences, speaks: boolean): readonly MarkPoint[] {
  const carried = known.carriedBy(text);
  if (carried.length > 0) {
    return carried.flatMap(({ reference, offset }) => {
      return pointsOf(reference).map((point) => ({ ...point, at: point.at + offset }));
    });
  }
  if (text.length > longestPart) return [];
  const bare = text.replace(/^[^A-Za-z0-9]+|(?<![^A-Za-z0-9])[^A-Za-z0-9]+$/g, '');
  if (bare === '' || (!speaks && bare.length < shortestBareText)) return [];
  return known.hasPart(bare) ? pointsOf(text) : [];
}

/** What is left of a text that a chart gives to `tpl`: the parts that no action prints. */
function literalsOf(text: string): readonly { readonly text: string; readonly offset: number }[] {
  const literals: { text: string; offset: number }[] = [];
  let start = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', start)) {
    const close = text.indexOf('}}', open);
    // What does not end is no action, and every further search for its end would go over all of the text.
    if (close < 0) break;
    literals.push({ text: text.slice(start, open), offset: start });
    start = close + 2;
  }
  literals.push({ text: text.slice(start), offset: start });
  return literals;
}

const speakingWords: ReadonlySet<string> = new Set(
  'image images img tag tags registry registries repository repositories repo repos digest sha sha256 hub'.split(' '),
);

/** `image.tag`, `global.registry`, `images.proxy`, `version.postgresql`: the last two names. */
function hasSpeakingKey({ keys, text }: ValueLeaf): boolean {
  const names = keys.filter((key) => typeof key === 'string').slice(-2);
  if (
    text.length <= longestPart &&
    isVersion(text) &&
    names.some((name) => /^versions?$/.test(wordsOf(name).at(-1) ?? ''))
  )
    return true;
  return names.flatMap(wordsOf).some((word) => speakingWords.has(word) || word.endsWith('image'));
}

function hasSpeakingForm({ text }: ValueLeaf): boolean {
  return (
    /[/:]/.test(text) ||
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(text) ||
    (isVersion(text) && text.includes('.'))
  );
}
