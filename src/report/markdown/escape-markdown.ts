import { toSingleLine } from '../../core/text.ts';

/**
 * Inline syntax of CommonMark and GFM, `$` of GitHub's formulas, and the start of autolinks: `http://`, `www.`,
 * mentions, mail addresses, issue numbers.
 */
const structure = /[&<>|\\`*_[\]~$@#]|:(?=\/\/)|(?<=www)\./gi;

/** WORD JOINER, invisible: hosts link mentions and numbers after they have resolved character references. */
const joiner = '\u2060';

/** Not a digest after `@`, so that a reference copied from the page works. */
const linkedWhenRendered = /^[@#](?!sha(?:256|512):)/;

/**
 * Escapes untrusted text for one line or table cell. Numeric references "cannot be used in place of symbols indicating
 * structure" (CommonMark 0.31, section 2.5), while cmark-gfm (GitHub) and markdown-it (Azure DevOps) parse a backslash
 * before `|` differently.
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
 * A reference, path or digest as a code span. Text with one of three characters that code spans in table cells do not
 * support on every host is escaped instead; no valid reference contains them.
 */
export function codeSpan(text: string): string {
  const line = toSingleLine(text);
  return line === '' || /[`|\\]/.test(line) ? escapeMarkdown(line) : `\`${line}\``;
}

/** A word with a slash, colon or `@` inside: a reference, path or address. */
const namelike = /^\w[\w.+/:@-]*[/:@][\w.+/:@-]*\w$/;

/** Like `escapeMarkdown`, with names as code spans. */
export function escapeProse(text: string): string {
  return toSingleLine(text)
    .split(/([\s()"',;]+)/)
    .map((part) => {
      const [, word = part, stop = ''] = /^(.*?)([.:!?]*)$/.exec(part) ?? [];
      return (namelike.test(word) ? codeSpan(word) : escapeLine(word)) + stop;
    })
    .join('');
}

/**
 * Escapes untrusted text for a quoted Mermaid label. All characters except letters, digits and spaces become codes
 * (`#35;`), which Mermaid decodes only after it has parsed the diagram, Markdown and icons, so no label can end, link
 * or add HTML.
 */
export function escapeMermaid(text: string): string {
  return toSingleLine(text).replace(/[^a-zA-Z0-9 ]/gu, (character) => `#${character.codePointAt(0)};`);
}
