import type { ParseResult } from '../../core/oci/parse-result.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import type { TreeNode } from '../yaml/yaml-tree.ts';

export type PathSegment =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'any' };

/** `.key`, `[0]`, `[*]`, `["a.key"]`; the first key without its dot. */
const step = /(?:^|\.)(?<key>[A-Za-z_][\w-]*|\*)|\[(?<index>\d{1,6}|\*)\]|\["(?<quoted>[^"\\]+)"\]/y;

/** Parses `spec.images[*].ref`. A key `*` is any key. */
export function parsePathSteps(text: string): ParseResult<readonly PathSegment[]> {
  const steps: PathSegment[] = [];
  for (let at = 0; at < text.length; at = step.lastIndex) {
    step.lastIndex = at;
    const { key, index, quoted } = step.exec(text)?.groups ?? {};
    if (key === '*' || index === '*') steps.push({ kind: 'any' });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (key !== undefined || quoted !== undefined) steps.push({ kind: 'key', key: key ?? quoted ?? '' });
    else return { ok: false, reason: `it is invalid from character ${at + 1}` };
  }
  return steps.length === 0 ? { ok: false, reason: 'it is empty' } : { ok: true, value: steps };
}

export interface PathMatch {
  readonly node: TreeNode;
  readonly path: Path;
}

/** All matching nodes in document order. */
export function selectNodes(steps: readonly PathSegment[], root: TreeNode, path: Path): readonly PathMatch[] {
  let matches: readonly PathMatch[] = [{ node: root, path }];
  for (const next of steps) matches = matches.flatMap((from) => selectChildren(next, from));
  return matches;
}

function selectChildren(next: PathSegment, { node, path }: PathMatch): readonly PathMatch[] {
  if (node.type === 'map') {
    const entries = [...node.entries].filter(
      ([key]) => next.kind === 'any' || (next.kind === 'key' && next.key === key),
    );
    return entries.map(([key, child]) => ({ node: child, path: childPath(path, key) }));
  }
  if (node.type === 'text') return [];
  return node.items.flatMap((child, index) => {
    const taken = next.kind === 'any' || (next.kind === 'index' && next.index === index);
    return taken ? [{ node: child, path: childPath(path, index) }] : [];
  });
}
