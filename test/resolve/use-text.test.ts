import { expect, test } from 'vitest';
import { groupUsesByImage } from '../../src/discovery/group-uses.ts';
import { extraUses } from '../../src/discovery/policy/extra-images.ts';
import { formatUses, joinNames, stripFullStop } from '../../src/resolve/use-text.ts';
import { referenceOf } from '../support/discovered.ts';

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and e'],
  [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d, e and 1 more'],
])('the names %j are written as "%s"', (names, text) => {
  expect(joinNames(names)).toBe(text);
});

test('a sentence inside another one loses its full stop', () => {
  expect(stripFullStop('The registry is down. ')).toBe('The registry is down');
});

test('an image that only the configuration names is used there, by nothing that has a name', () => {
  const place = { file: 'chart-images.yaml', line: 7 };
  const uses = extraUses([{ reference: referenceOf('r.example/agent:1'), path: 'extra-images[0]', location: place }]);
  expect(groupUsesByImage(uses).map(formatUses)).toEqual(['chart-images.yaml (extra-images)']);
});
