import { pathKey, type ScalarValue, type ValuePath } from './scalar-value.ts';
import { setAt, type ValueNode, type ValueScalar } from './value-tree.ts';

/** A new text for a value. */
export interface ValueEdit {
  readonly leaf: ScalarValue;
  readonly text: string;
  /** `other` for numbers and booleans. */
  readonly scalar?: ScalarValue['scalar'];
}

/**
 * The smallest values file with these edits as YAML, empty for none. Lists are written completely from `root`, because
 * helm replaces whole lists.
 */
export async function writeValuesFile(root: ValueNode, texts: readonly ValueEdit[]): Promise<string> {
  if (texts.length === 0) return '';
  const { Document, Scalar, visit } = await import('yaml');
  // Helm parses YAML 1.1, in which an unquoted `on` or `012` is not a string.
  const document = new Document(await changedValues(root, texts), { version: '1.1' });
  visit(document, {
    Scalar: (_, scalar) => {
      if (String(scalar.value).search(unprinted) >= 0) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeUnprintable(document.toString({ lineWidth: 0 }));
}

/** Line breaks and unprintable characters of YAML that the library does not escape. */
const unprinted = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Escapes these characters, which are all in double quotes. */
function escapeUnprintable(text: string): string {
  return text.replaceAll(unprinted, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** YAML limits an implicit key to 1024 characters. */
const longestKey = 1000;

/** For helm only: JSON, which is valid YAML and fast to write. */
export async function serializeForHelm(root: ValueNode, texts: readonly ValueEdit[]): Promise<string> {
  if (texts.length === 0) return '';
  let isYaml = true;
  const text = JSON.stringify(await changedValues(root, texts), (key, value: unknown) => {
    if (key.length > longestKey) isYaml = false;
    return value;
  });
  return isYaml ? escapeUnprintable(text) : await writeValuesFile(root, texts);
}

async function changedValues(root: ValueNode, texts: readonly ValueEdit[]): Promise<unknown> {
  const { parse } = await import('yaml');
  const ways = new Set(texts.flatMap(({ leaf }) => ancestorPaths(leaf.keys)));
  return plainValue(withTexts(root, texts), [], ways, (text) => parse(text, { logLevel: 'silent' }));
}

/** The values with the edits applied. */
export function withTexts(root: ValueNode, texts: readonly ValueEdit[]): ValueNode {
  return texts.reduce<ValueNode>((node, { leaf: { keys, ...leaf }, text, scalar = 'string' }) => {
    return setAt(node, keys, { ...leaf, type: 'scalar', text, scalar });
  }, root);
}

/** IDs of a path and its parents. */
function ancestorPaths(keys: ValuePath): readonly string[] {
  return keys.map((_, index) => pathKey(keys.slice(0, index + 1)));
}

/** For a map only the entries in `paths`, or all if undefined. */
function plainValue(
  node: ValueNode,
  keys: ValuePath,
  ways: ReadonlySet<string> | undefined,
  parse: (text: string) => unknown,
): unknown {
  switch (node.type) {
    case 'scalar':
      return plainScalar(node, parse);
    case 'list':
      return node.items.map((item) => plainValue(item, [], undefined, parse));
    case 'map': {
      const entries = [...node.entries].map(([key, child]) => ({ key, child, path: [...keys, key] }));
      const wanted = entries.filter(({ path }) => ways === undefined || ways.has(pathKey(path)));
      return Object.fromEntries(wanted.map(({ key, child, path }) => [key, plainValue(child, path, ways, parse)]));
    }
  }
}

function plainScalar({ text, scalar }: ValueScalar, parse: (text: string) => unknown): unknown {
  if (scalar === 'empty') return null;
  return scalar === 'string' ? text : parse(text);
}
