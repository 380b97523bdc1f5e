import { formatValuePath, pathKey, type ScalarValue, type ValuePath } from '../tree/scalar-value.ts';
import { scalarsOf, type ValueNode } from '../tree/value-tree.ts';
import type { RelocatableUse } from './overlay-plan.ts';

/**
 * Values in a list that a values file of the user sets, with the reason by ID. Helm replaces whole lists, so an overlay
 * would have to repeat the list, and it may hold a secret. Pure.
 */
export function valuesInGivenLists(
  moving: readonly RelocatableUse[],
  root: ValueNode,
): readonly (readonly [string, string])[] {
  return moving.flatMap(({ origin: { segments } }) => {
    const [first] = segments;
    if (first?.source.from !== 'value') return [];
    const { leaf } = first.source;
    const given = givenBeside(leaf, root);
    if (given === undefined) return [];
    const path = formatValuePath(given.keys);
    return [
      [pathKey(leaf.keys), `its list has ${path} of ${given.file}, which a values file for others must not repeat`],
    ];
  });
}

function givenBeside(
  leaf: ScalarValue,
  root: ValueNode,
): { readonly keys: ValuePath; readonly file: string } | undefined {
  const index = leaf.keys.findIndex((key) => typeof key === 'number');
  if (index < 0) return undefined;
  const list = leaf.keys.slice(0, index);
  const node = list.reduce<ValueNode | undefined>((parent, key) => {
    return parent?.type === 'map' ? parent.entries.get(String(key)) : undefined;
  }, root);
  for (const { keys, source } of node === undefined ? [] : scalarsOf(node, list)) {
    if (source.kind !== 'file' || source.isGiven !== true || pathKey(keys) === pathKey(leaf.keys)) continue;
    return { keys, file: source.file };
  }
  return undefined;
}
