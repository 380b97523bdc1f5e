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

/**
 * The texts that the schema allows for a value, from its error: `must be one of the following: "a", "b"` (helm 3),
 * `value must be one of 'a', 'b'` (helm 4). Empty if it has no enumeration.
 */
export function allowedMembers(reason: string, { keys }: ScalarValue): readonly string[] {
  return reason.split('\n').flatMap((line) => {
    const isOwn = rejectedPaths(line).some((path) => endsWith(keys, path));
    const list = isOwn ? /must be one of(?: the following)?:? (.*)$/.exec(line)?.[1] : undefined;
    return [...(list ?? '').matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? '');
  });
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
