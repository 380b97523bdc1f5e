import type { Pair } from 'yaml';
import { ChartImagesError, type SourceLocation, throwAll } from '../core/errors.ts';
import { findExcessiveNesting } from '../core/files/yaml-depth.ts';
import {
  createLineLookup,
  type DocumentPath,
  deepestNesting,
  mostSyntaxErrors,
  type ParsedFile,
} from './parsed-file.ts';

/** Handwritten files use few anchors; more expansions are an alias bomb. */
const mostAliases = 100;

/** Parses one YAML document. Throws all syntax errors (up to a limit) together as `syntax`, with line and column. */
export async function parseYaml(text: string, file: string): Promise<ParsedFile> {
  const { isMap, isNode, isScalar, isSeq, Lexer, parseDocument } = await import('yaml');
  const at = createLineLookup(text);
  const locationAt = (offset: number): SourceLocation => ({ file, ...at(offset) });

  const startOf = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined);
  const pairOf = (node: unknown, key: string | number): Pair | undefined =>
    isMap(node) ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key) : undefined;
  /** Offsets of key and value at a path, or of its closest existing parent. */
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

  const tooDeep = findExcessiveNesting(text, new Lexer(), deepestNesting);
  if (tooDeep !== undefined) throw syntaxError('it is nested too deeply', locationAt(tooDeep));
  try {
    const document = parseDocument(text, { prettyErrors: false });
    throwAll(
      document.errors.slice(0, mostSyntaxErrors).map(({ message, pos }) => syntaxError(message, locationAt(pos[0]))),
    );
    return {
      value: document.toJS({ maxAliasCount: mostAliases }),
      locationOf: (path) => locationAt(find(document.contents, path).value),
      unquotedAt: (path) => {
        const node = document.getIn(path, true);
        return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
      },
      locationOfKey: (path) => locationAt(find(document.contents, path).key),
    };
  } catch (thrown) {
    if (thrown instanceof ReferenceError)
      throw syntaxError('an alias is unknown or expands to too much', locationAt(0));
    throw thrown;
  }
}

function syntaxError(message: string, location: SourceLocation): ChartImagesError {
  return new ChartImagesError('syntax', `${location.file} is not valid YAML: ${message}.`, {
    advice: 'Fix the YAML at this position. Use spaces for indentation, not tabs.',
    location,
  });
}
