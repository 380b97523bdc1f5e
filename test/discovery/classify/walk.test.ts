import { expect, test } from 'vitest';
import { isExampleFile, isSkippedKey, walk } from '../../../src/discovery/classify/walk.ts';
import { parseYamlTree } from '../../../src/discovery/yaml/parse-yaml-tree.ts';

/** Keys of the maps and lists in the order of the visit. */
function visited(text: string): readonly string[] {
  const parsed = parseYamlTree(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  const keys: string[] = [];
  walk(parsed.value, undefined, {
    map: ({ key }) => void keys.push(`map ${key}`),
    list: ({ key }) => void keys.push(`list ${key}`),
  });
  return keys;
}

test('maps and lists are visited in the order of the document, parents first, items with the key of their list', () => {
  expect(visited('spec:\n  a: {x: 1}\n  b: [{y: 1}, [z]]\n')).toEqual([
    'map ',
    'map spec',
    'map a',
    'list b',
    'map b',
    'list b',
  ]);
});

test('nothing below labels, selectors, schemas and descriptions is visited', () => {
  expect(visited('labels: {a: {}}\nnodeSelector: {a: {}}\nopenAPIV3Schema: {a: {}}\nstatus: {a: {}}\n')).toEqual([
    'map ',
  ]);
});

test('an object inside another whose kind names no image is not visited', () => {
  expect(visited('template: {apiVersion: v1, kind: Service, spec: {a: {}}}\nother: {}\n')).toEqual([
    'map ',
    'map other',
  ]);
});

test('an example of a value is skipped, and a file whose name ends with .example is not', () => {
  expect([isSkippedKey('examples'), isSkippedKey('values.yaml.example')]).toEqual([true, false]);
  expect([isExampleFile('values.yaml.example'), isExampleFile('example')]).toEqual([true, false]);
});
