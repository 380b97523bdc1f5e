import { wordsOf } from '../discovery/words.ts';
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
  const known = new References(references);
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

function pointsFor(text: string, known: References, speaks: boolean): readonly MarkPoint[] {
  const carried = known.carriedBy(text);
  if (carried.length > 0) {
    return carried.flatMap(({ reference, offset }) => {
      return pointsOf(reference).map((point) => ({ ...point, at: point.at + offset }));
    });
  }
  const bare = text.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  if (bare === '' || (!speaks && bare.length < shortestBareText)) return [];
  return known.hasPart(bare) ? pointsOf(text) : [];
}

/** What is left of a text that a chart gives to `tpl`: the parts that no action prints. */
function literalsOf(text: string): readonly { readonly text: string; readonly offset: number }[] {
  if (!text.includes('{{')) return [{ text, offset: 0 }];
  const literals: { text: string; offset: number }[] = [];
  let start = 0;
  for (const action of text.matchAll(/\{\{.*?\}\}/gs)) {
    literals.push({ text: text.slice(start, action.index), offset: start });
    start = action.index + action[0].length;
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
  if (isVersion(text) && names.some((name) => /^versions?$/.test(wordsOf(name).at(-1) ?? ''))) return true;
  return names.flatMap(wordsOf).some((word) => speakingWords.has(word) || word.endsWith('image'));
}

function hasSpeakingForm({ text }: ValueLeaf): boolean {
  return (
    /[/:]/.test(text) ||
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(text) ||
    (isVersion(text) && text.includes('.'))
  );
}

interface Carried {
  readonly reference: string;
  readonly offset: number;
}

class References {
  readonly #longestFirst: readonly string[];
  /** All in one text, so that most leaves cost one search. */
  readonly #joined: string;

  constructor(references: readonly string[]) {
    this.#longestFirst = [...new Set(references)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    this.#joined = `\n${this.#longestFirst.join('\n').toLowerCase()}\n`;
  }

  /** Where a text holds whole references: it is one, or it is an argument or a document with some in it. */
  carriedBy(text: string): readonly Carried[] {
    if (this.#longestFirst.includes(text)) return [{ reference: text, offset: 0 }];
    if (!/[/:]/.test(text)) return [];
    const carried: Carried[] = [];
    for (const reference of this.#longestFirst) {
      // A bare name stands in prose and paths as well.
      if (!/[/:]/.test(reference)) continue;
      for (let at = text.indexOf(reference); at >= 0; at = text.indexOf(reference, at + 1)) {
        const end = at + reference.length;
        const within = carried.some(({ offset, reference: longer }) => at < offset + longer.length && end > offset);
        if (!within && !isNamePart(text[at - 1]) && !isNamePart(text[end])) carried.push({ reference, offset: at });
      }
    }
    return carried;
  }

  /** True for a text that stands in a reference between its separators, as charts print it: `1.0+b` as `1.0_b`, `v1` as `1`. */
  hasPart(text: string): boolean {
    const lower = text.toLowerCase();
    const forms = [lower, lower.replaceAll('+', '_'), lower.replaceAll('+', '-'), lower.replace(/^v(?=\d)/, '')];
    return forms.some((form) => this.#hasForm(form));
  }

  #hasForm(form: string): boolean {
    const all = this.#joined;
    for (let at = all.indexOf(form); at >= 0; at = all.indexOf(form, at + 1)) {
      const before = all.slice(at - 2, at);
      const after = all[at + form.length] ?? '\n';
      const opens = !/[a-z0-9]$/.test(before) || (/(?:^|[^a-z0-9])v$/.test(before) && /^\d/.test(form));
      if (opens && !/[a-z0-9]/.test(after)) return true;
    }
    return false;
  }
}

function isNamePart(character: string | undefined): boolean {
  return character !== undefined && /[\w./:@-]/.test(character);
}
