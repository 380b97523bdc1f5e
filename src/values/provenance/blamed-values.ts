import type { ScalarValue, ValuePath } from '../tree/scalar-value.ts';
import type { MarkerSet } from './markers.ts';

/**
 * Values that a helm error names: by their markers (`fail (printf "bad tag %s" …)`), or by a values.schema.json error.
 * Helm 3 prints `- image.tag: Does not match …`, helm 4 `- at '/image/tag': …`, with paths relative to the subchart.
 */
export function valuesInError(
  reason: string,
  leaves: readonly ScalarValue[],
  markers: MarkerSet,
): ReadonlySet<ScalarValue> {
  const blamed = new Set(markers.leavesIn(reason));
  for (const leaf of valuesRejectedBySchema(reason, leaves)) blamed.add(leaf);
  return blamed;
}

/** Values that the schema rejects. */
export function valuesRejectedBySchema(reason: string, leaves: readonly ScalarValue[]): readonly ScalarValue[] {
  const paths = rejectedPaths(reason);
  return leaves.filter(({ keys }) => paths.some((path) => endsWith(keys, path)));
}

function rejectedPaths(reason: string): readonly (readonly string[])[] {
  const dotted = [...reason.matchAll(/^- ([^\s:'()]+): /gm)].map(([, path = '']) => path.split('.'));
  const pointers = [...reason.matchAll(/at '\/([^']+)'/g)].map(([, path = '']) => path.split('/'));
  return [...dotted, ...pointers];
}

function endsWith(keys: ValuePath, path: readonly string[]): boolean {
  const end = keys.slice(-path.length);
  return end.length === path.length && end.every((key, index) => String(key) === path[index]);
}
