import { expect, test } from 'vitest';
import { rules, textRule } from '../../../src/discovery/rules/rules.ts';
import { discovered } from '../rendered.ts';

test('an image that two rules see belongs to the earlier one', () => {
  const [image] = discovered(
    'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {containers: [{name: a, image: "team/app:1"}]}\n',
  ).images;
  const seen = image?.uses.map(({ rule }) => rule);
  expect(seen).toEqual(['pod-template']);
  const order = rules.map(({ id }) => id);
  expect(order.indexOf('pod-template')).toBeLessThan(order.indexOf('image-field'));
});

test('only the image fields of Kubernetes itself are certain', () => {
  expect(rules.filter(({ confidence }) => confidence === 'certain').map(({ id }) => id)).toEqual(['pod-spec']);
});

test('every rule has a name of its own, and says what it never reports', () => {
  const all = [...rules, textRule];
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.filter(({ never }) => never.length < 10)).toEqual([]);
});
