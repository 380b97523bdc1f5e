import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { printedValue, type ScalarValue } from '../tree/scalar-value.ts';
import type { ValueEdit } from '../tree/values-file.ts';
import { allowedMembers, valuesRejectedBySchema } from './blamed-values.ts';
import type { TracedSpan } from './markers.ts';
import { pairUses } from './pair-uses.ts';
import { longestPart } from './reference-index.ts';
import { replacementsBetween } from './replaced-texts.ts';
import type { RetryingRenderer } from './retrying-renderer.ts';
import { similarText } from './similar-text.ts';
import { untracedText } from './spans.ts';

/** Renderings with other values: the first usually shows all of them. */
const maximumRenderings = 5;
/** More values than this do not share one text in real charts. */
const maximumSubstitutes = 40;
/** Shorter texts occur by chance. */
const shortestText = 2;

export interface UntracedUse {
  readonly use: ImageUse;
  readonly spans: readonly TracedSpan[];
}

/**
 * Values that a marker could not show, because the chart refuses it or cuts the text: `enum`, `maxLength`, `pattern`,
 * `trunc`, `split`. They get another text of the same form, or another member of the enumeration. Errors: `cancelled`.
 */
export async function substituteValues(
  open: readonly UntracedUse[],
  leaves: Iterable<ScalarValue>,
  renderer: RetryingRenderer,
): Promise<ReadonlyMap<ImageUse, readonly TracedSpan[]>> {
  const found = new Map<ImageUse, readonly TracedSpan[]>();
  const texts = new Set(open.flatMap((use) => untracedWords(use)));
  const related = [...leaves].filter((leaf) => isRelated(leaf, texts)).slice(0, maximumSubstitutes);
  const groups: (readonly ValueEdit[])[] = [
    related.map((leaf, at) => ({ leaf, text: similarText(textOf(leaf), (at % 8) + 1) })),
  ];
  let renderings = 0;
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    if (group.length === 0 || renderings >= maximumRenderings) continue;
    renderings += 1;
    const rendered = await renderer.render(group);
    if (!rendered.ok) {
      groups.push(...withoutRefused(group, rendered.reason));
      continue;
    }
    const { images } = await discoverInTurns([rendered.rendering], renderer.signal);
    const { pairs } = pairUses(
      open.map(({ use }) => use),
      images.flatMap((image) => image.uses),
    );
    for (const { use } of open) {
      const other = pairs.get(use)?.image;
      const spans = other === undefined || found.has(use) ? [] : substitutedSpans(use.image, other, group);
      if (spans.length > 0) found.set(use, spans);
    }
  }
  return found;
}

/** Where the text of a value or a part of it was replaced by the same part of its substitute. */
export function substitutedSpans(image: string, other: string, edits: readonly ValueEdit[]): readonly TracedSpan[] {
  const whole = edits.map((edit) => ({ from: textOf(edit.leaf), to: edit.text, edit }));
  const replaced = replacementsBetween(image, other, whole);
  if (replaced !== undefined) {
    return replaced.flatMap(({ at, from, to }) => {
      const leaves = whole.filter((one) => one.from === from && one.to === to);
      const [one] = leaves;
      return one === undefined || leaves.length > 1
        ? []
        : [{ start: at, end: at + from.length, leaf: one.edit.leaf, from: 0 }];
    });
  }
  if (image.length !== other.length) return [];
  const spans: TracedSpan[] = [];
  for (let at = 0; at < image.length; at += 1) {
    const best = image[at] === other[at] ? undefined : longestPartAt(image, other, at, edits);
    if (best === undefined) continue;
    spans.push(best);
    at = best.end - 1;
  }
  return spans;
}

function longestPartAt(image: string, other: string, at: number, edits: readonly ValueEdit[]): TracedSpan | undefined {
  let best: TracedSpan | undefined;
  let isUnique = true;
  for (const { leaf, text } of edits) {
    const own = textOf(leaf);
    for (let from = own.indexOf(image[at] ?? ''); from >= 0; from = own.indexOf(image[at] ?? '', from + 1)) {
      let length = 0;
      while (
        from + length < own.length &&
        at + length < image.length &&
        own[from + length] === image[at + length] &&
        text[from + length] === other[at + length]
      )
        length += 1;
      while (length > 0 && !/[A-Za-z0-9]/.test(image[at + length - 1] ?? '')) length -= 1;
      const longest = best === undefined ? shortestText - 1 : best.end - best.start;
      if (length === longest && best !== undefined) isUnique &&= best.leaf === leaf;
      if (length <= longest) continue;
      best = { start: at, end: at + length, leaf, from };
      isUnique = true;
    }
  }
  return isUnique ? best : undefined;
}

function textOf(leaf: ScalarValue): string {
  return printedValue(leaf)?.text ?? leaf.text;
}

function coreOf(text: string): string {
  return text.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}

/** The untraced parts, and their words between the separators of a reference. */
export function untracedWords({ use, spans }: UntracedUse): readonly string[] {
  const texts = untracedText(use.image, spans).map(coreOf);
  return [...texts, ...texts.flatMap((text) => text.split(/[/:@]/))].filter((text) => text.length >= shortestText);
}

/** The value is a part of what is open, or the other way around. */
function isRelated(leaf: ScalarValue, texts: ReadonlySet<string>): boolean {
  if (leaf.scalar === 'empty' || leaf.text.length > longestPart || /\s|\{\{/.test(leaf.text)) return false;
  const printed = printedValue(leaf);
  if (printed?.type === 'boolean') return false;
  const own = coreOf(printed?.text ?? leaf.text);
  if (own.length < shortestText) return false;
  return [...texts].some((text) => own.includes(text) || hasPart(text, own));
}

/** Between separators, as `registry.example` is in `registry.example/acme`. */
function hasPart(text: string, part: string): boolean {
  const at = text.indexOf(part);
  return at >= 0 && !/[A-Za-z0-9]/.test(text[at - 1] ?? '') && !/[A-Za-z0-9]/.test(text[at + part.length] ?? '');
}

/** Refused values get another member of their enumeration, or are left out; else each half is tried. */
function withoutRefused(group: readonly ValueEdit[], reason: string): readonly (readonly ValueEdit[])[] {
  const refused = new Set(
    valuesRejectedBySchema(
      reason,
      group.map(({ leaf }) => leaf),
    ),
  );
  if (refused.size === 0) {
    const middle = Math.ceil(group.length / 2);
    return group.length < 2 ? [] : [group.slice(0, middle), group.slice(middle)];
  }
  const again = group.flatMap((edit) => {
    if (!refused.has(edit.leaf)) return [edit];
    const members = allowedMembers(reason, edit.leaf).filter((member) => member !== textOf(edit.leaf));
    const [member] = members.filter((one) => one !== edit.text);
    return member === undefined || members.includes(edit.text) ? [] : [{ ...edit, text: member }];
  });
  return [again];
}
