import type { Path } from './path.ts';
import type { TextNode } from './tree.ts';

/** A place to tell: the path of a node, its offset, and for a line within a literal text how far below. */
export interface Spot {
  readonly path: Path;
  readonly offset: number;
  readonly linesBelow: number;
  /** Which word of a script it is, counted over the whole text; nothing where the place is the whole text. */
  readonly word?: number;
}

export function spotOf(node: { readonly offset: number }, path: Path): Spot {
  return { path, offset: node.offset, linesBelow: 0 };
}

/** The spot of a line within a text; only a literal scalar keeps its lines, others are told by where they begin. */
export function spotOfLine(node: TextNode, path: Path, line: number): Spot {
  return { path, offset: node.offset, linesBelow: node.style === 'literal' ? line : 0 };
}
