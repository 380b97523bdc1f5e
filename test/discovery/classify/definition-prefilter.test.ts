import { expect, test } from 'vitest';
import { mayDefaultToImage } from '../../../src/discovery/classify/definition-prefilter.ts';

const property = (name: string, rest: string) =>
  `spec:\n  properties:\n    ${name}:\n      description: What it is.\n      type: string\n      ${rest}\n`;

test.each([
  ['a default that is a reference', property('app', 'default: r.example/team/app:1.0')],
  ['a default in quotes', property('app', '"default": "team/app:1.0"')],
  ['a default in one line with its property', 'app: {type: string, default: "team/app:1"}'],
  ['a single word as the default of an image', property('image', 'default: nginx')],
  ['a default of a repository, one part of a reference', property('repository', 'default: app')],
  ['a default that is a map with an image in it', property('sidecar', 'default:\n        image: nginx')],
])('a definition is read further for %s', (_, definition) => {
  expect(mayDefaultToImage(definition)).toBe(true);
});

test.each([
  ['no default', property('image', 'maxLength: 3')],
  ['a number as default', property('replicas', 'default: 1')],
  ['a word as the default of something else', property('policy', 'default: Always')],
  ['the word "default" in a description only', property('image', 'example: by default none')],
  ['a map without an image as default', property('resources', 'default:\n        cpu: 1')],
])('a definition is not read further for %s', (_, definition) => {
  expect(mayDefaultToImage(definition)).toBe(false);
});
