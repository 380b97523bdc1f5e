import type { Path } from './yaml-path.ts';
import type { TextNode } from './yaml-tree.ts';

/** A node, or a line or word in its text. */
export interface YamlPosition {
  readonly path: Path;
  readonly offset: number;
  readonly linesBelow: number;
  /** 1-based word of a script; undefined for the whole text. */
  readonly word?: number;
}

export function positionOf(node: { readonly offset: number }, path: Path): YamlPosition {
  return { path, offset: node.offset, linesBelow: 0 };
}

/** The position of a line in a text. Only a literal scalar keeps its lines; for others, it is the first line. */
export function positionOfLine(node: TextNode, path: Path, line: number): YamlPosition {
  return { path, offset: node.offset, linesBelow: node.style === 'literal' ? line : 0 };
}
