import type { Path } from './yaml-path.ts';
import type { TextNode } from './yaml-tree.ts';

/** A place to tell: the path of a node, its offset, and for a line within a literal text how far below. */
export interface YamlPosition {
  readonly path: Path;
  readonly offset: number;
  readonly linesBelow: number;
  /** Which word of a script it is, counted over the whole text; nothing where the place is the whole text. */
  readonly word?: number;
}

export function positionOf(node: { readonly offset: number }, path: Path): YamlPosition {
  return { path, offset: node.offset, linesBelow: 0 };
}

/** The spot of a line within a text; only a literal scalar keeps its lines, others have only the line where they begin. */
export function positionOfLine(node: TextNode, path: Path, line: number): YamlPosition {
  return { path, offset: node.offset, linesBelow: node.style === 'literal' ? line : 0 };
}
