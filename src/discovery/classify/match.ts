import type { Path } from '../yaml/yaml-path.ts';
import type { TextNode } from '../yaml/yaml-tree.ts';

/** What a rule found at one position of an object. */
export type RuleMatch =
  | {
      readonly type: 'image';
      readonly image: string;
      readonly position: YamlPosition;
      /** Other positions that the reference was assembled from; later rules skip them. */
      readonly parts?: readonly YamlPosition[];
    }
  | { readonly type: 'placeholder'; readonly text: string; readonly position: YamlPosition; readonly refused?: true }
  | { readonly type: 'other-chart'; readonly text: string; readonly position: YamlPosition }
  | {
      readonly type: 'unreadable';
      readonly reason: string;
      /** The text as written, if it is one. */
      readonly written?: string;
      readonly position: YamlPosition;
      /** Kubernetes or every container runtime refuses it. */
      readonly refused?: true;
    };

export function imageMatch(image: string, position: YamlPosition): RuleMatch {
  return { type: 'image', image, position };
}

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
