import type { Marking } from './marking.ts';
import type { ValueKeys, ValueLeaf } from './value-leaf.ts';

/**
 * The leaves that helm's complaint is about: those whose marks it repeats (`fail (printf "bad tag %s" …)`), and those
 * that a values.schema.json refuses. Helm 3 says `- image.tag: Does not match …`, helm 4 `- at '/image/tag': …`
 * (observed); the paths of a subchart begin at the subchart.
 */
export function culpritsIn(reason: string, leaves: readonly ValueLeaf[], marking: Marking): ReadonlySet<ValueLeaf> {
  const culprits = new Set(marking.leavesIn(reason));
  for (const leaf of refusedLeaves(reason, leaves)) culprits.add(leaf);
  return culprits;
}

/** The leaves whose values the chart's schema refuses. */
export function refusedLeaves(reason: string, leaves: readonly ValueLeaf[]): readonly ValueLeaf[] {
  const paths = refusedPaths(reason);
  return leaves.filter(({ keys }) => paths.some((path) => endsWith(keys, path)));
}

function refusedPaths(reason: string): readonly (readonly string[])[] {
  const dotted = [...reason.matchAll(/^- ([^\s:'()]+): /gm)].map(([, path = '']) => path.split('.'));
  const pointers = [...reason.matchAll(/at '\/([^']+)'/g)].map(([, path = '']) => path.split('/'));
  return [...dotted, ...pointers];
}

function endsWith(keys: ValueKeys, path: readonly string[]): boolean {
  const end = keys.slice(-path.length);
  return end.length === path.length && end.every((key, index) => String(key) === path[index]);
}
