import { expect, test } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

const custom = (spec: string): readonly string[] =>
  imagesOf(discovered(`apiVersion: example.com/v1\nkind: Mesh\nmetadata: {name: m}\nspec: ${spec}`));

test('a registry and a tag hold for every image below them', () => {
  const found = custom('{hub: r.example/mesh, tag: "1.2", proxy: {image: proxy}, list: [{image: pilot}]}');
  expect(found).toEqual(['likely r.example/mesh/proxy:1.2', 'likely r.example/mesh/pilot:1.2']);
});

test('an image with a tag of its own keeps it', () => {
  const found = custom('{hub: r.example/mesh, tag: "1.2", proxy: {image: proxy, tag: "2"}}');
  expect(found).not.toContain('likely r.example/mesh/proxy:1.2');
});

test('a version is the tag of a base image below it, and of no other image', () => {
  expect(custom('{version: "1.2", db: {baseImage: team/db}}')).toContain('likely team/db:1.2');
  expect(custom('{version: "1.2", db: {sideImage: team/side}}')).not.toContain('likely team/side:1.2');
});

test('a hub that is not a registry is inherited by nothing', () => {
  expect(custom('{hub: "events topic", tag: "1.2", proxy: {image: proxy}}')).toEqual([]);
});

test('nothing is inherited by labels and selectors', () => {
  expect(custom('{hub: r.example/mesh, tag: "1.2", matchLabels: {image: proxy}}')).toEqual([]);
});
