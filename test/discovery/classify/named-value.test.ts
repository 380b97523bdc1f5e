import { expect, test } from 'vitest';
import { nameValuePairs, scalarFields } from '../../../src/discovery/classify/named-value.ts';
import { parseYamlTree } from '../../../src/discovery/yaml/parse-yaml-tree.ts';

function parsed(text: string) {
  const tree = parseYamlTree(text);
  if (!tree.ok) throw new Error(tree.reason);
  return tree.value;
}

test('the fields of a map are its texts and numbers, each at its offset, without empty ones', () => {
  const map = parsed('a: one\nb: 2\nc:\nd: {e: three}\n');
  if (map.type !== 'map') throw new Error('a map is needed');
  expect(scalarFields(map, undefined).map(({ name, text, position }) => [name, text, position.offset])).toEqual([
    ['a', 'one', 3],
    ['b', '2', 10],
  ]);
});

test('items with a name and a value are pairs, whatever the field of the name is called', () => {
  const list = parsed(
    '- {name: A, value: one}\n- {key: B, value: "2"}\n- {envVar: C, value: three}\n- {name: D}\n- {value: five}\n- text\n',
  );
  if (list.type !== 'list') throw new Error('a list is needed');
  expect(nameValuePairs(list, undefined).map(({ name, text }) => [name, text])).toEqual([
    ['A', 'one'],
    ['B', '2'],
    ['C', 'three'],
  ]);
});
