import { formatValuePath, globalPath, pathKey, type ScalarValue } from '../tree/scalar-value.ts';
import type { ValueEdit } from '../tree/values-file.ts';

/** A path of one key may be an ordinary word. */
const shortestPath = 2;

/**
 * Disabled toggles that the error of a chart names, relative to any subchart. Some charts reject other images without
 * one (Bitnami `global.security.allowInsecureImages`).
 */
export function requiredToggles(reason: string, leaves: Iterable<ScalarValue>): readonly ValueEdit[] {
  const named = new Set(reason.match(/[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+/g));
  const permissions = new Map<string, ValueEdit>();
  for (const leaf of leaves) {
    if (leaf.scalar !== 'other' || leaf.text !== 'false') continue;
    const paths = leaf.keys.slice(shortestPath - 1).map((_, index) => formatValuePath(leaf.keys.slice(index)));
    if (!paths.some((path) => named.has(path))) continue;
    const keys = globalPath(leaf.keys);
    permissions.set(pathKey(keys), { leaf: { ...leaf, keys }, text: 'true', scalar: 'other' });
  }
  return [...permissions.values()];
}
