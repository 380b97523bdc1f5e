import { scriptArguments } from '../arguments.ts';
import { withoutEnding } from '../ending.ts';
import { imagesInValue } from '../likeness.ts';
import { meaningOf } from '../name-meaning.ts';

/** What stands further right is not searched: lines of code are shorter, and minified texts are JSON or not for reading. */
const maximumLine = 100_000;

export interface ImageInText {
  readonly image: string;
  /** 0-based line of the text. */
  readonly line: number;
}

/**
 * References in a text that is neither YAML nor JSON (TOML, properties, CUE, templates, scripts), line by line:
 * `name = value` and `name: value` by the name, anything else only where it can be nothing but a reference.
 */
export function findInText(text: string): readonly ImageInText[] {
  return text.split('\n').flatMap((line, index) => {
    if (!/[:/]/.test(line)) return [];
    return imagesInLine(withoutComment(line.slice(0, maximumLine))).map((image) => ({ image, line: index }));
  });
}

function imagesInLine(code: string): readonly string[] {
  if (code === '') return [];
  const assignment = readAssignment(code);
  if (assignment) return imagesInValue(assignment.value, meaningOf(assignment.name), 'text');
  const node = { type: 'text', text: code, scalar: 'string', style: 'inline', offset: 0 } as const;
  return scriptArguments(node, undefined).flatMap(({ name, text }) => imagesInValue(text, meaningOf(name), 'text'));
}

/** `name: value`, `name = value`, `"name": "value",`, `<name>value</name>` and CUE's `name: *"value" | string`. */
function readAssignment(code: string): { readonly name: string; readonly value: string } | undefined {
  const element = /^<([\w.:-]{1,100})(?:\s[^<>]*)?>([^<>]*)<\//.exec(code);
  if (element) return { name: element[1] ?? '', value: element[2] ?? '' };
  const at = code.search(/:\s|\s=\s|[\w"']\s*:=/);
  if (at < 0) return undefined;
  const name = withoutEnding(code.slice(0, at + 1), ' \t\r:="\'');
  const word = /[\w.-]+$/.exec(name.slice(-100))?.[0];
  if (word === undefined) return undefined;
  const value = code.slice(at + 1).replace(/^[\s:=*]+/, '');
  return { name: word, value: firstQuoted(value) ?? value.replace(/[,;]\s*$/, '') };
}

function firstQuoted(value: string): string | undefined {
  const quote = value.charAt(0);
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
  const end = value.indexOf(quote, 1);
  return end < 0 ? undefined : value.slice(1, end);
}

const commentStart = /^(?:#|\/\/|\/\*|\*\s|;|--\s|<!--|\{\{-?\s*\/\*|%\s)/;
const trailingComment = /\s(?:#|\/\/)\s/;

function withoutComment(line: string): string {
  const code = line.trim();
  if (commentStart.test(code)) return '';
  const end = code.search(trailingComment);
  return end < 0 ? code : code.slice(0, end).trimEnd();
}
