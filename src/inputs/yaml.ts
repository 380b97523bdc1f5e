import type { Lexer, Pair } from 'yaml';
import { ChartImagesError, type Place } from '../errors.ts';
import { type DocumentPath, deepestNesting, type InputDocument, lineFinder, mostSyntaxErrors } from './document.ts';
import { throwTogether } from './faults.ts';

/** A file written by hand may use a few anchors; more expansions than these are a bomb. */
const mostAliases = 100;

/** Reads one YAML document. All syntax errors, up to a bound, are thrown together as `syntax` with line and column. */
export async function parseYaml(text: string, file: string): Promise<InputDocument> {
  const { isMap, isNode, isScalar, isSeq, Lexer, parseDocument } = await import('yaml');
  const at = lineFinder(text);
  const place = (offset: number): Place => ({ file, ...at(offset) });

  const startOf = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined);
  const pairOf = (node: unknown, key: string | number): Pair | undefined =>
    isMap(node) ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key) : undefined;
  /** Offsets of the key and the value that a path leads to, or of the last part of it that exists. */
  const find = (root: unknown, path: DocumentPath) => {
    let node = root;
    let found = { key: startOf(root) ?? 0, value: startOf(root) ?? 0 };
    for (const part of path) {
      const pair = pairOf(node, part);
      const next = isSeq(node) && typeof part === 'number' ? node.items[part] : pair?.value;
      const start = startOf(next) ?? startOf(pair?.key);
      if (start === undefined) break;
      node = next;
      found = { key: startOf(pair?.key) ?? start, value: start };
    }
    return found;
  };

  const tooDeep = offsetOfTooDeep(text, new Lexer());
  if (tooDeep !== undefined) throw syntaxFault('It is nested too deeply', place(tooDeep));
  try {
    const document = parseDocument(text, { prettyErrors: false });
    throwTogether(
      document.errors.slice(0, mostSyntaxErrors).map(({ message, pos }) => syntaxFault(message, place(pos[0]))),
    );
    return {
      value: document.toJS({ maxAliasCount: mostAliases }),
      placeOf: (path) => place(find(document.contents, path).value),
      placeOfKey: (path) => place(find(document.contents, path).key),
    };
  } catch (thrown) {
    if (thrown instanceof ReferenceError) throw syntaxFault('An alias is unknown, or expands to too much', place(0));
    throw thrown;
  }
}

/**
 * Where brackets, or list marks in one line, are nested too deeply: the library's parser calls itself for every level and
 * takes seconds to find the end of its stack. Levels by indentation are bounded by the file's size, as each needs a longer line.
 */
function offsetOfTooDeep(text: string, lexer: Lexer): number | undefined {
  let brackets = 0;
  let marks = 0;
  let offset = 0;
  for (const lexeme of lexer.lex(text)) {
    if (lexeme === '[' || lexeme === '{') brackets += 1;
    else if (lexeme === ']' || lexeme === '}') brackets -= 1;
    else if (lexeme === '-' || lexeme === '?') marks += 1;
    else if (lexeme === '\n' || lexeme === '\r\n') marks = 0;
    if (brackets + marks > deepestNesting) return offset;
    if (!lexerMarks.includes(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

/** What the lexer puts between the pieces of the text: the start of a document, an early end of brackets, a scalar to come. */
const lexerMarks = ['\u0002', '\u0018', '\u001f'];

function syntaxFault(message: string, place: Place): ChartImagesError {
  return new ChartImagesError('syntax', `${place.file} is not valid YAML: ${message}.`, {
    advice: 'Mend the file at this place; indent with blanks, never with tabs.',
    place,
  });
}
