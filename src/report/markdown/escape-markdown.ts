import { toSingleLine } from '../../core/text.ts';

/**
 * What CommonMark and GFM read as structure inside a line, `$` of GitHub's formulas, and the starts of what renderers link
 * on their own: `http://`, `www.`, mentions, mail addresses, numbers of issues.
 */
const structure = /[&<>|\\`*_[\]~$@#]|:(?=\/\/)|(?<=www)\./gi;

/** Invisible and without width (WORD JOINER): hosts link mentions and numbers in the rendered text, where a reference is gone. */
const joiner = '\u2060';

/** A digest behind its `@` is left whole, so that a reference copied from the page still works. */
const linkedWhenRendered = /^[@#](?!sha(?:256|512):)/;

/**
 * Text from anywhere as prose of one line or one table cell: it shows as it is and never becomes a cell, a line, markup,
 * HTML, a mention or a link. Numeric references, because those "cannot be used in place of symbols indicating
 * structure" (CommonMark 0.31, section 2.5) in every renderer, while a backslash before `|` is read differently by
 * cmark-gfm (GitHub) and markdown-it (Azure DevOps).
 */
export function escapeMarkdown(text: string): string {
  return escapeLine(toSingleLine(text));
}

function escapeLine(line: string): string {
  return line.replace(structure, (character, index: number) => {
    const reference = `&#${character.codePointAt(0)};`;
    return linkedWhenRendered.test(line.slice(index, index + 8)) ? reference + joiner : reference;
  });
}

/**
 * A name to be copied (reference, path, digest) as a code span, in which no renderer looks for markup or links. The three
 * characters that a code span in a table cell cannot hold on every host make it prose instead; no valid reference has them.
 */
export function codeSpan(text: string): string {
  const line = toSingleLine(text);
  return line === '' || /[`|\\]/.test(line) ? escapeMarkdown(line) : `\`${line}\``;
}

/** A word of plain letters with a slash, colon or `@` inside: a reference, a place in a registry, a path, an address. */
const namelike = /^\w[\w.+/:@-]*[/:@][\w.+/:@-]*\w$/;

/** Prose as `escapeMarkdown` makes it, in which the words that are names stand as code. */
export function escapeProse(text: string): string {
  return toSingleLine(text)
    .split(/([\s()"',;]+)/)
    .map((part) => {
      const [, word = part, stop = ''] = /^(.*?)([.:!?]*)$/.exec(part) ?? [];
      return (namelike.test(word) ? codeSpan(word) : escapeLine(word)) + stop;
    })
    .join('');
}
