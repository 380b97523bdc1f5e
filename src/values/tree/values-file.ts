import { pathKey, type ScalarValue, type ValuePath } from './scalar-value.ts';
import { setAt, type ValueNode, type ValueScalar } from './value-tree.ts';

/** A new text for a leaf. */
export interface ValueEdit {
  readonly leaf: ScalarValue;
  readonly text: string;
  /** `other` for a text that is a number or a boolean. */
  readonly scalar?: ScalarValue['scalar'];
}

/**
 * The smallest value file that gives these leaves new texts, as YAML; `''` for none. Helm replaces lists as a whole, so
 * a list with a new text in it is written out as it is in `root`, the values that the file is going to be laid over.
 */
export async function writeValuesFile(root: ValueNode, texts: readonly ValueEdit[]): Promise<string> {
  if (texts.length === 0) return '';
  const { Document, Scalar, visit } = await import('yaml');
  // Helm reads YAML 1.1, where a bare `on` or `012` is no text.
  const document = new Document(await changedValues(root, texts), { version: '1.1' });
  visit(document, {
    Scalar: (_, scalar) => {
      if (String(scalar.value).search(unprinted) >= 0) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeUnprintable(document.toString({ lineWidth: 0 }));
}

/** What ends a line in YAML, or may not be printed there; JSON and the library let it stand as it is. */
const unprinted = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** The text of values in which all such signs are between double quotes. */
function escapeUnprintable(text: string): string {
  return text.replaceAll(unprinted, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** YAML looks for the colon behind a key within 1024 characters. */
const longestKey = 1000;

/** The same values where only helm reads them: as JSON, which is YAML too, and quick to write. */
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

/** The values as they are once the file is laid over them. */
export function withTexts(root: ValueNode, texts: readonly ValueEdit[]): ValueNode {
  return texts.reduce<ValueNode>((node, { leaf: { keys, ...leaf }, text, scalar = 'string' }) => {
    return setAt(node, keys, { ...leaf, type: 'scalar', text, scalar });
  }, root);
}

/** The path itself and all that lead to it, as ids. */
function ancestorPaths(keys: ValuePath): readonly string[] {
  return keys.map((_, index) => pathKey(keys.slice(0, index + 1)));
}

/** Of a map only the entries on the ways, undefined for all of them. */
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
