import type { TreeNode } from '../../discovery/yaml/yaml-tree.ts';
import type { ScalarValue, ValuePath, ValuesSource } from './scalar-value.ts';

/** Values with the source of each scalar. */
export type ValueNode = ValueScalar | ValueMap | ValueList;

export interface ValueMap {
  readonly type: 'map';
  readonly entries: ReadonlyMap<string, ValueNode>;
}

export interface ValueList {
  readonly type: 'list';
  readonly items: readonly ValueNode[];
}

export type ValueScalar = { readonly type: 'scalar' } & Omit<ScalarValue, 'keys'>;

export const noValues: ValueMap = { type: 'map', entries: new Map() };

export function mapOf(key: string, node: ValueNode): ValueMap {
  return { type: 'map', entries: new Map([[key, node]]) };
}

/** Adds the source to parsed values. */
export function withSource(source: ValuesSource, node: TreeNode): ValueNode {
  switch (node.type) {
    case 'text': {
      const { text, scalar, style, offset } = node;
      return { type: 'scalar', text, scalar, style, offset, source };
    }
    case 'list':
      return { type: 'list', items: node.items.map((item) => withSource(source, item)) };
    case 'map': {
      const entries = [...node.entries].map(([key, child]) => [key, withSource(source, child)] as const);
      return { type: 'map', entries: new Map(entries) };
    }
  }
}

/**
 * Merges values as helm does (helm.sh/docs/chart_template_guide/values_files): maps by key, other values are replaced.
 * A null removes a value, and is kept as an empty scalar.
 */
export function mergeValues(lower: ValueNode, upper: ValueNode): ValueNode {
  if (lower.type !== 'map' || upper.type !== 'map') return upper;
  const entries = new Map(lower.entries);
  for (const [key, child] of upper.entries) {
    const known = entries.get(key);
    entries.set(key, known === undefined ? child : mergeValues(known, child));
  }
  return { type: 'map', entries };
}

/** Sets one value. Fills lists with nulls, like `--set a[2]=x`. */
export function setAt(node: ValueNode | undefined, keys: ValuePath, value: ValueScalar): ValueNode {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (typeof key === 'string') {
    const entries = new Map(node?.type === 'map' ? node.entries : []);
    entries.set(key, setAt(entries.get(key), rest, value));
    return { type: 'map', entries };
  }
  const items = node?.type === 'list' ? [...node.items] : [];
  while (items.length <= key) items.push({ ...value, text: '', scalar: 'empty' });
  items[key] = setAt(items[key], rest, value);
  return { type: 'list', items };
}

/** All scalars with their paths, in order. */
export function* scalarsOf(node: ValueNode, keys: ValuePath = []): Generator<ScalarValue> {
  if (node.type === 'scalar') {
    const { text, scalar, style, source, offset } = node;
    yield { keys, text, scalar, style, source, offset };
  } else if (node.type === 'map') {
    for (const [key, child] of node.entries) yield* scalarsOf(child, [...keys, key]);
  } else {
    for (const [index, item] of node.items.entries()) yield* scalarsOf(item, [...keys, index]);
  }
}
