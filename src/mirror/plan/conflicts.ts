import { formatReference } from '../../core/oci/registry-reference.ts';
import { joinNames } from '../../resolve/use-text.ts';
import type { PlannedCopy } from './plan.ts';

/** A copy without a decided action. */
export type PendingCopy = Omit<PlannedCopy, 'step'>;

/**
 * Copies with different content for the same target reference, with the reason. References that differ only in their
 * registry can map to the same target.
 */
export function findConflicts(wanted: readonly PendingCopy[]): ReadonlyMap<PendingCopy, string> {
  const collisions = new Map<PendingCopy, string>();
  for (const [target, copies] of groupByTarget(wanted)) {
    if (new Set(copies.map((copy) => copy.manifest.digest)).size < 2) continue;
    const sources = joinNames(copies.map((copy) => formatReference(copy.from)));
    for (const copy of copies) collisions.set(copy, `${sources} differ, and all map to ${target}`);
  }
  return collisions;
}

function groupByTarget(wanted: readonly PendingCopy[]): ReadonlyMap<string, readonly PendingCopy[]> {
  const groups = new Map<string, PendingCopy[]>();
  for (const copy of wanted) {
    const target = formatReference(copy.to);
    const copies = groups.get(target);
    if (copies) copies.push(copy);
    else groups.set(target, [copy]);
  }
  return groups;
}
