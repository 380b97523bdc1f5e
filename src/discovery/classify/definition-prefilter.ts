import { mentionsImage } from './field-name.ts';
import { classifyReference } from './reference-form.ts';

const word = 'default';

/** Lines above a default that are searched for its property, and below for its values; descriptions have fewer. */
const nearbyLines = 200;

/**
 * False for a definition without a default that can be an image. Definitions are half of all lines, and very few have
 * one, so most are not parsed.
 */
export function mayDefaultToImage(definition: string): boolean {
  let at = definition.indexOf(word);
  while (at >= 0) {
    const start = definition.lastIndexOf('\n', at) + 1;
    const line = lineFrom(definition, start);
    if (isImageDefault(definition, start, line)) return true;
    at = definition.indexOf(word, start + line.length);
  }
  return false;
}

const blockKey = /^[ -]*["']?default["']?:/;
const flowKey = /[{,]\s*["']?default["']?:/;

function isImageDefault(text: string, start: number, line: string): boolean {
  const key = blockKey.exec(line)?.[0];
  if (key === undefined) return flowKey.test(line);
  const value = line
    .slice(key.length)
    .trim()
    .replace(/^["']|["']$/g, '');
  if (/^[^[{&*|>!].*[/:@]/.test(value)) return classifyReference(value) !== undefined;
  const indent = line.search(/[^ -]/);
  if (isOfImage(text, start, indent) || words.test(value)) return true;
  return value === '' && blockBelow(text, start, indent).some((below) => words.test(below));
}

function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end);
}

const words = /image|repository|registry|containers/i;

/** True below a property that means an image or a part of one: `repository: {default: app}`. */
function isOfImage(text: string, at: number, indent: number): boolean {
  let end = at;
  for (let lines = 0; lines < nearbyLines && end > 0; lines += 1) {
    const start = text.lastIndexOf('\n', end - 2) + 1;
    const line = text.slice(start, end);
    end = start;
    if (line.trim() === '' || line.search(/[^ -]/) >= indent) continue;
    const name = line.trim().replace(/["']?:.*$/, '');
    return mentionsImage(name) || /repo|repository|registry$/i.test(name);
  }
  return false;
}

function blockBelow(text: string, at: number, indent: number): readonly string[] {
  const lines: string[] = [];
  let start = text.indexOf('\n', at) + 1;
  while (start > 0 && lines.length < nearbyLines) {
    const line = lineFrom(text, start);
    // Items of a list may be at the indentation of its key.
    const depth = line.search(/[^ ]/);
    if (depth >= 0 && (depth < indent || (depth === indent && line.charAt(depth) !== '-'))) break;
    lines.push(line);
    start = text.indexOf('\n', start) + 1;
  }
  return lines;
}
