/**
 * A YAML or JSON document as rules see it: aliases followed, merge keys applied, every node with its offset in the text
 * it was read from. Independent of the parser, so that rules are functions over plain values.
 */
export type TreeNode = TextNode | MapNode | ListNode;

export interface TextNode {
  readonly type: 'text';
  /** Strings as their value; numbers, booleans and null as written. */
  readonly text: string;
  /** What YAML says the scalar is; Kubernetes takes only strings where an image belongs. */
  readonly scalar: 'string' | 'empty' | 'other';
  /** A `literal` scalar (`|`) keeps its lines: line n of the text is line n from `offset` on. */
  readonly style: 'literal' | 'inline';
  /** Where the value begins; of a block scalar, the line below its header. */
  readonly offset: number;
}

export interface MapNode {
  readonly type: 'map';
  /** A key occurs once; of duplicates the last counts, as in Kubernetes' own reader. */
  readonly entries: ReadonlyMap<string, TreeNode>;
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

/** The text of a string child, else undefined. */
export function textOf(node: TreeNode | undefined, key: string): string | undefined {
  const child = childOf(node, key);
  return child?.type === 'text' && child.scalar === 'string' ? child.text : undefined;
}
