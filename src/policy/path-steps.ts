import { below, type Path } from '../discovery/path.ts';
import type { TreeNode } from '../discovery/tree.ts';
import type { Parsed } from '../image/parsed.ts';

/** One step down a tree: a key, an index, or any of either. */
export type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'any' };

/** `.key`, `[0]`, `[*]`, `["a.key"]`; the first key without its dot. */
const step = /(?:^|\.)(?<key>[A-Za-z_][\w-]*|\*)|\[(?<index>\d{1,6}|\*)\]|\["(?<quoted>[^"\\]+)"\]/y;

/** Reads `spec.images[*].ref`; `*` as a key is any key. */
export function parsePathSteps(text: string): Parsed<readonly PathStep[]> {
  const steps: PathStep[] = [];
  for (let at = 0; at < text.length; at = step.lastIndex) {
    step.lastIndex = at;
    const { key, index, quoted } = step.exec(text)?.groups ?? {};
    if (key === '*' || index === '*') steps.push({ kind: 'any' });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (key !== undefined || quoted !== undefined) steps.push({ kind: 'key', key: key ?? quoted ?? '' });
    else return { ok: false, reason: `it can not be read from character ${at + 1} on` };
  }
  return steps.length === 0 ? { ok: false, reason: 'it is empty' } : { ok: true, value: steps };
}

export interface Reached {
  readonly node: TreeNode;
  readonly path: Path;
}

/** Every node that the steps lead to, in the order of the document; none where a step finds nothing to take. */
export function follow(steps: readonly PathStep[], root: TreeNode, path: Path): readonly Reached[] {
  let reached: readonly Reached[] = [{ node: root, path }];
  for (const next of steps) reached = reached.flatMap((from) => take(next, from));
  return reached;
}

function take(next: PathStep, { node, path }: Reached): readonly Reached[] {
  if (node.type === 'map') {
    const entries = [...node.entries].filter(
      ([key]) => next.kind === 'any' || (next.kind === 'key' && next.key === key),
    );
    return entries.map(([key, child]) => ({ node: child, path: below(path, key) }));
  }
  if (node.type === 'text') return [];
  return node.items.flatMap((child, index) => {
    const taken = next.kind === 'any' || (next.kind === 'index' && next.index === index);
    return taken ? [{ node: child, path: below(path, index) }] : [];
  });
}
