import { below, type Path } from './path.ts';
import { type Spot, spotOf } from './spot.ts';
import { childOf, type ListNode, type MapNode, type TreeNode } from './tree.ts';

/** A text with the name that says what it is: a field's key, a variable's name, a flag; empty where nothing names it. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
  readonly spot: Spot;
}

/** The scalar fields of a map. */
export function fieldsOf(map: MapNode, path: Path): readonly NamedText[] {
  const fields: NamedText[] = [];
  for (const [name, child] of map.entries) {
    if (child.type !== 'text' || child.scalar === 'empty') continue;
    fields.push({ name, text: child.text, spot: spotOf(child, below(path, name)) });
  }
  return fields;
}

const nameKeys = ['name', 'key', 'envVar', 'Name'] as const;

/** The items of a list of `{name, value}` maps, as environments and parameters are written. */
export function variablesOf(list: ListNode, path: Path): readonly NamedText[] {
  const variables: NamedText[] = [];
  for (const [index, item] of list.items.entries()) {
    const value = childOf(item, 'value');
    const name = nameOf(item);
    if (value?.type !== 'text' || value.scalar === 'empty' || name === undefined) continue;
    variables.push({ name, text: value.text, spot: spotOf(value, below(below(path, index), 'value')) });
  }
  return variables;
}

function nameOf(item: TreeNode): string | undefined {
  for (const key of nameKeys) {
    const child = childOf(item, key);
    if (child?.type === 'text') return child.text;
  }
  return undefined;
}
