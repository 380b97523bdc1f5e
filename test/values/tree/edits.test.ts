import { expect, test } from 'vitest';
import { EditSet } from '../../../src/values/tree/edits.ts';
import type { ScalarValue, ValuePath } from '../../../src/values/tree/scalar-value.ts';

function value(text: string, ...keys: ValuePath): ScalarValue {
  return { keys, text, scalar: 'string', style: 'inline', source: { kind: 'set' }, offset: 0 };
}

test('several parts of one value are changed together, whatever their order', () => {
  const edits = new EditSet();
  const leaf = value('r.example/team/app:1', 'image');
  expect(edits.add({ leaf, from: 0, length: 9, text: 't.example' })).toBeUndefined();
  expect(edits.add({ leaf, from: 15, length: 3, text: 'mirror/app' })).toBeUndefined();
  expect(edits.texts()).toEqual([{ leaf, text: 't.example/team/mirror/app:1' }]);
});

test('the same change for two images is one change', () => {
  const edits = new EditSet();
  const edit = { leaf: value('docker.io', 'registry'), from: 0, length: 9, text: 't.example' };
  expect([edits.add(edit), edits.add({ ...edit })]).toEqual([undefined, undefined]);
  expect(edits.texts().map(({ text }) => text)).toEqual(['t.example']);
});

test('two images that need different texts in one place contradict each other, and the first change stays', () => {
  const edits = new EditSet();
  const leaf = value('docker.io', 'global', 'registry');
  edits.add({ leaf, from: 0, length: 9, text: 'a.example' });
  expect(edits.add({ leaf, from: 0, length: 9, text: 'b.example' })).toBe(
    'another image needs a different value for global.registry',
  );
  expect(edits.add({ leaf, from: 7, length: 2, text: 'x' })).toContain('another image needs');
  expect(edits.texts().map(({ text }) => text)).toEqual(['a.example']);
});

test('values are listed in the order of their first change', () => {
  const edits = new EditSet();
  for (const key of ['b', 'a']) edits.add({ leaf: value('x', key), from: 0, length: 1, text: key });
  expect(edits.texts().map(({ text }) => text)).toEqual(['b', 'a']);
});
