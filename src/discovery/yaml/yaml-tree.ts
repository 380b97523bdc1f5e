/**
 * A YAML or JSON document with aliases and merge keys resolved, independent of the parser. Offsets are in the parsed
 * text.
 */
export type TreeNode = TextNode | MapNode | ListNode;

export interface TextNode {
  readonly type: 'text';
  /** The value of a string; numbers, booleans and null as written. */
  readonly text: string;
  /** The YAML type. Kubernetes accepts only a string for an image. */
  readonly scalar: 'string' | 'empty' | 'other';
  /**
   * A `literal` scalar (`|`) keeps its lines: line n of the text is n lines after `offset`. A `plain` one has no
   * quotes, so its text decides its type.
   */
  readonly style: 'literal' | 'plain' | 'inline';
  /** Start of the value; for a block scalar, of the line after its header. */
  readonly offset: number;
}

export interface MapNode {
  readonly type: 'map';
  /** For duplicate keys, the last one, as in Kubernetes. */
  readonly entries: ReadonlyMap<string, TreeNode>;
  /** Keys that the map has more than once. */
  readonly duplicates?: ReadonlySet<string>;
  readonly offset: number;
}

export interface ListNode {
  readonly type: 'list';
  readonly items: readonly TreeNode[];
  readonly offset: number;
}

export function childOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.type === 'map' ? node.entries.get(key) : undefined;
}

/** Undefined if the child is not a string. */
export function textOf(node: TreeNode | undefined, key: string): string | undefined {
  const child = childOf(node, key);
  return child?.type === 'text' && child.scalar === 'string' ? child.text : undefined;
}
