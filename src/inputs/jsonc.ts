import {
  createScanner,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { ChartImagesError, type SourceLocation, throwAll } from '../core/errors.ts';
import {
  createLineLookup,
  type DocumentPath,
  deepestNesting,
  mostSyntaxErrors,
  type ParsedFile,
} from './parsed-file.ts';

const syntaxSentences: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a value is not true, false, null or a quoted string',
  InvalidNumberFormat: 'a number is not in JSON format',
  PropertyNameExpected: 'a key in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected after the key',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: 'the object is followed by more text',
  UnexpectedEndOfComment: 'a comment has no end',
  UnexpectedEndOfString: 'a string has no closing quote',
  UnexpectedEndOfNumber: 'a number is not complete',
  InvalidUnicode: 'a \\u escape needs four hex digits',
  InvalidEscapeCharacter: 'a backslash in a string must be doubled (in paths, use "/")',
  InvalidCharacter: 'a character is not allowed here (escape line breaks and tabs in strings)',
};

/**
 * Parses JSON with comments and trailing commas. Throws all syntax errors (up to a limit) or duplicate keys together as
 * `syntax`, each with line and column.
 */
export function parseJsonc(text: string, file: string): ParsedFile {
  const at = createLineLookup(text);
  const locationAt = (offset: number): SourceLocation => ({ file, ...at(offset) });
  const tooDeep = findExcessiveNesting(text);
  if (tooDeep !== undefined) throw syntaxError('brackets are nested too deeply', locationAt(tooDeep));
  const problems: ParseError[] = [];
  const root = parseTree(text, problems, { allowTrailingComma: true });
  throwAll(
    problems
      .slice(0, mostSyntaxErrors)
      .map(({ error, offset }) =>
        syntaxError(syntaxSentences[printParseErrorCode(error)] ?? 'it is not JSON', locationAt(offset)),
      ),
  );
  if (root === undefined) throw syntaxError('the file is empty', locationAt(0));
  const twice: ChartImagesError[] = [];
  const value = toValue(root, (key) =>
    twice.push(syntaxError(`the key ${JSON.stringify(key.value)} is duplicated`, locationAt(key.offset))),
  );
  throwAll(twice.slice(0, mostSyntaxErrors));
  return {
    value,
    locationOf: (path) => locationAt(nearestNode(root, path).offset),
    unquotedAt: () => undefined,
    locationOfKey: (path) => locationAt(keyOf(nearestNode(root, path)).offset),
  };
}

function syntaxError(sentence: string, location: SourceLocation): ChartImagesError {
  return new ChartImagesError('syntax', `${location.file} is not valid JSON with comments: ${sentence}.`, {
    advice: 'Fix the JSON at this position. Comments (// and /* */) and trailing commas are allowed.',
    location,
  });
}

function findExcessiveNesting(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  // Token kinds of jsonc-parser's SyntaxKind, which is a `const enum` that isolated modules cannot name: { } [ ] and
  // the end.
  for (let token: number = scanner.scan(); token !== 17; token = scanner.scan()) {
    if (token === 1 || token === 3) depth += 1;
    if (token === 2 || token === 4) depth -= 1;
    if (depth > deepestNesting) return scanner.getTokenOffset();
  }
  return undefined;
}

/** Converts a tree to plain values. Every key is an own key, also `__proto__`. */
function toValue(node: Node, twice: (key: Node) => void): unknown {
  if (node.type === 'array') return (node.children ?? []).map((child) => toValue(child, twice));
  if (node.type !== 'object') return node.value;
  const seen = new Map<string, unknown>();
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    if (seen.has(name)) twice(key);
    seen.set(name, toValue(value, twice));
  }
  return Object.fromEntries(seen);
}

function nearestNode(root: Node, path: DocumentPath): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return root;
}

function keyOf(value: Node): Node {
  return value.parent?.type === 'property' ? (value.parent.children?.[0] ?? value) : value;
}
