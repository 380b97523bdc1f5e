import { splitWords } from '../../discovery/classify/split-words.ts';
import { printedValue, type ScalarValue } from '../tree/scalar-value.ts';
import { isVersion, type MarkerPosition, markerPositions } from './marker-positions.ts';
import { longestPart, ReferenceIndex } from './reference-index.ts';

/** A value that may be part of an image, with positions for markers. */
export interface MarkerCandidate {
  readonly leaf: ScalarValue;
  /** As helm prints it: `1.1` for an unquoted `1.10`. */
  readonly text: string;
  readonly points: readonly MarkerPosition[];
  /**
   * `likely`: its key or form indicates an image. `possible`: only its text occurs in a reference (`name: nginx`,
   * `type: postgres`).
   */
  readonly rank: 'likely' | 'possible';
}

/** Longer texts are certificates or programs. Sidecar templates with images have up to 50 KB. */
const maximumText = 512 * 1024;
/** Words of one or two letters occur everywhere. */
const shortestBareText = 3;

/** Values whose text, or a part of it, is part of a reference. */
export function selectCandidates(
  leaves: Iterable<ScalarValue>,
  references: readonly string[],
): readonly MarkerCandidate[] {
  const known = new ReferenceIndex(references);
  const candidates: MarkerCandidate[] = [];
  for (const leaf of leaves) {
    if (leaf.scalar === 'empty' || leaf.text.length > maximumText) continue;
    const isLikely = hasImageKey(leaf);
    const printed = printedValue(leaf);
    // A marker turns it into a text, which could change what other numbers and toggles do.
    if (printed !== undefined && !(isLikely && (printed.type === 'number' || hasTagKey(leaf)))) continue;
    const whole = printed?.text ?? leaf.text;
    const points = literalsOf(whole).flatMap(({ text, offset }) => {
      return positionsFor(text, known, isLikely).map((point) => ({ ...point, at: point.at + offset }));
    });
    if (points.length > 0)
      candidates.push({ leaf, text: whole, points, rank: isLikely || hasImageForm(leaf) ? 'likely' : 'possible' });
  }
  return candidates;
}

function positionsFor(text: string, known: ReferenceIndex, isLikely: boolean): readonly MarkerPosition[] {
  const carried = known.embeddedIn(text);
  if (carried.length > 0) {
    return carried.flatMap(({ reference, offset }) => {
      return markerPositions(reference).map((point) => ({ ...point, at: point.at + offset }));
    });
  }
  if (text.length > longestPart) return [];
  const bare = text.replace(/^[^A-Za-z0-9]+|(?<![^A-Za-z0-9])[^A-Za-z0-9]+$/g, '');
  if (bare === '' || (!isLikely && bare.length < shortestBareText)) return [];
  return known.hasPart(bare) ? markerPositions(text) : [];
}

/** Literal parts of a text for `tpl`, outside of actions. */
function literalsOf(text: string): readonly { readonly text: string; readonly offset: number }[] {
  const literals: { text: string; offset: number }[] = [];
  let start = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', start)) {
    const close = text.indexOf('}}', open);
    // An unclosed action. Further searches would scan the whole text each time.
    if (close < 0) break;
    literals.push({ text: text.slice(start, open), offset: start });
    start = close + 2;
  }
  literals.push({ text: text.slice(start), offset: start });
  return literals;
}

const imageWords: ReadonlySet<string> = new Set(
  'image images img tag tags registry registries repository repositories repo repos digest sha sha256 hub'.split(' '),
);

/** Checks the last two keys: `image.tag`, `global.registry`, `images.proxy`, `version.postgresql`. */
function hasImageKey({ keys, text }: ScalarValue): boolean {
  const names = keys.filter((key) => typeof key === 'string').slice(-2);
  if (
    text.length <= longestPart &&
    isVersion(text) &&
    names.some((name) => /^versions?$/.test(splitWords(name).at(-1) ?? ''))
  )
    return true;
  return names.flatMap(splitWords).some((word) => imageWords.has(word) || word.endsWith('image'));
}

/** Not `image.enabled`. */
function hasTagKey({ keys }: ScalarValue): boolean {
  return splitWords(String(keys.at(-1))).some((word) => imageWords.has(word));
}

function hasImageForm({ text }: ScalarValue): boolean {
  return (
    /[/:]/.test(text) ||
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(text) ||
    (isVersion(text) && text.includes('.'))
  );
}
