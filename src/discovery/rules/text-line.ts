import { trimEndOf } from '../../core/text.ts';
import { classifyFieldName } from '../classify/field-name.ts';
import { imagesInValue } from '../classify/image-value.ts';
import { stripPrintedText } from '../classify/shell-output.ts';
import { scriptArguments } from './arguments.ts';
import { headingIn, joinAssignments } from './text-assignments.ts';

/** Characters of a line to search: lines of code are shorter, and minified text has no references to read. */
const maximumLineLength = 100_000;

export interface ImageInText {
  readonly image: string;
  /** 0-based line of the text. */
  readonly line: number;
}

/**
 * References in text that is neither YAML nor JSON (TOML, properties, CUE, templates, scripts), line by line: by name
 * in `name = value` and `name: value`, otherwise only unambiguous ones. A reference that is split over assignments is
 * at the line of its image part.
 */
export function scanText(text: string): readonly ImageInText[] {
  const lines = text.split('\n').map((line) => stripPrintedText(withoutComment(line.slice(0, maximumLineLength))));
  const assembled = new Map(joinAssignments(lines).map(({ image, line }) => [line, image]));
  let section: Section = 'any';
  return lines.flatMap((code, line) => {
    const title = headingIn(code);
    if (title !== undefined)
      section = classifyFieldName(title.split('.').at(-1) ?? '') === 'not-image' ? 'of other things' : 'any';
    const whole = assembled.get(line);
    if (whole !== undefined) return [{ image: whole, line }];
    return /[:/]/.test(code) ? imagesInLine(code, section).map((image) => ({ image, line })) : [];
  });
}

/** In a section of other things, such as `[plugins]`, only a name with image counts. */
type Section = 'any' | 'of other things';

function imagesInLine(code: string, section: Section): readonly string[] {
  if (code === '') return [];
  const pairs = code.startsWith('<') ? elementsOf(code) : pairsOf(code);
  if (section === 'of other things') {
    const named = pairs.filter(({ name }) => classifyFieldName(name) === 'image');
    return named.flatMap(({ name, value }) => imagesInValue(value, classifyFieldName(name), 'text'));
  }
  if (pairs.length > 0)
    return pairs.flatMap(({ name, value }) => imagesInValue(value, classifyFieldName(name), 'text'));
  const node = { type: 'text', text: code, scalar: 'string', style: 'inline', offset: 0 } as const;
  return scriptArguments(node, undefined).flatMap(({ name, text }) =>
    imagesInValue(firstQuoted(text) ?? trimEndOf(text, ','), classifyFieldName(name), 'text'),
  );
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

/** `<name>value</name>`, if the value is not an element. */
function elementsOf(code: string): readonly Pair[] {
  return [...code.matchAll(/<([\w.:-]{1,100})(?:\s[^<>]*)?>([^<>]+)<\//g)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));
}

const separator = /["'`]\s*:|:\s|\s=\s|[\w"']\s*:=/g;
/** Characters; longer texts are not names. */
const maximumNameLength = 200;

/**
 * `name: value`, `name = value`, `"name": "value"` and CUE's `name: *"value" | string`, one or more in a line. All but
 * the first must follow a bracket or comma, because prose contains colons too.
 */
function pairsOf(code: string): readonly Pair[] {
  const found: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  const scan = new RegExp(separator);
  for (let match = scan.exec(code); match; match = scan.exec(code)) {
    const before = code.slice(Math.max(0, match.index + 1 - maximumNameLength), match.index + 1);
    const front = trimEndOf(before, ' \t\r:="\'`');
    const name = /[\w.-]{1,100}$/.exec(front)?.[0];
    if (name === undefined) continue;
    const ahead = trimEndOf(front.slice(0, -name.length), ' \t"\'`');
    if (found.length > 0 && !/[{[(,;]$/.test(ahead)) continue;
    const start = valueStart(code, match.index + match[0].length);
    found.push({ name, start, end: match.index + 1 - before.length + ahead.length });
    scan.lastIndex = Math.max(scan.lastIndex, quoteEnd(code, start) ?? 0);
  }
  return found.map(({ name, start }, index) => {
    const value = code.slice(start, found[index + 1]?.end);
    return { name, value: firstQuoted(value) ?? trimEndOf(value, ' \t\r,;}])') };
  });
}

/** Skips the few characters between a name and its value. */
function valueStart(code: string, from: number): number {
  let at = from;
  while (at < code.length && ' \t:=*'.includes(code.charAt(at))) at += 1;
  return at;
}

function quoteEnd(code: string, start: number): number | undefined {
  const quote = code.charAt(start);
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
  const end = code.indexOf(quote, start + 1);
  return end < 0 ? undefined : end;
}

function firstQuoted(value: string): string | undefined {
  const end = quoteEnd(value, 0);
  return end === undefined ? undefined : value.slice(1, end);
}

const commentStart = /^(?:#|\/\/|\/\*|\*\s|;|--\s|<!--|\{\{-?\s*\/\*|%\s)/;
const trailingComment = /\s(?:#|\/\/)\s/;

function withoutComment(line: string): string {
  const code = line.trim();
  if (commentStart.test(code)) return '';
  const end = code.search(trailingComment);
  return end < 0 ? code : code.slice(0, end).trimEnd();
}
