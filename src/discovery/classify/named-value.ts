import { childPath, type Path } from '../yaml/yaml-path.ts';
import { childOf, type ListNode, type MapNode, type TreeNode } from '../yaml/yaml-tree.ts';
import { positionOf, type YamlPosition } from './match.ts';

/** A text with the name of its field, variable or flag; an empty name if there is none. */
export interface NamedValue {
  readonly name: string;
  readonly text: string;
  readonly position: YamlPosition;
}

export function scalarFields(map: MapNode, path: Path): readonly NamedValue[] {
  const fields: NamedValue[] = [];
  for (const [name, child] of map.entries) {
    if (child.type !== 'text' || child.scalar === 'empty') continue;
    fields.push({ name, text: child.text, position: positionOf(child, childPath(path, name)) });
  }
  return fields;
}

const nameKeys = ['name', 'key', 'envVar', 'Name'] as const;

/** Items of a list of `{name, value}` maps, such as environment variables and parameters. */
export function nameValuePairs(list: ListNode, path: Path): readonly NamedValue[] {
  const variables: NamedValue[] = [];
  for (const [index, item] of list.items.entries()) {
    const value = childOf(item, 'value');
    const name = nameOf(item);
    if (value?.type !== 'text' || value.scalar === 'empty' || name === undefined) continue;
    variables.push({ name, text: value.text, position: positionOf(value, childPath(childPath(path, index), 'value')) });
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
