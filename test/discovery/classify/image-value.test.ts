import { expect, test } from 'vitest';
import {
  imagesInNamedValue,
  imagesInPlainValue,
  imagesInValue,
  isImageValue,
  partsOf,
} from '../../../src/discovery/classify/image-value.ts';

test('one word is an image in a container, and in no other field', () => {
  expect(isImageValue('nginx', 'image', 'container')).toBe(true);
  expect(isImageValue('nginx', 'image', 'field')).toBe(false);
});

test('a path without a tag is an image in a field for images, and a picture in a text', () => {
  expect(isImageValue('team/app', 'image', 'field')).toBe(true);
  expect(isImageValue('assets/logo', 'image', 'text')).toBe(false);
});

test('a host with its port is no image, and a name with a tag is one', () => {
  expect(isImageValue('cache:8080', 'image', 'field')).toBe(false);
  expect(isImageValue('cache:8.0', 'image', 'field')).toBe(true);
});

test('a field of another name needs a value that can only be an image', () => {
  expect(isImageValue('r.example/team/app:1.0', 'nothing', 'field')).toBe(true);
  expect(isImageValue('team/app', 'nothing', 'field')).toBe(false);
  expect(isImageValue('r.example/team/app:1.0', 'not-image', 'field')).toBe(false);
});

test('the references of a list and of a map are found one by one', () => {
  const list = 'r.example/a/b:1.0, r.example/c/d:2.0';
  expect(imagesInValue(list, 'image', 'field')).toEqual(['r.example/a/b:1.0', 'r.example/c/d:2.0']);
  expect(imagesInValue('1.0=r.example/a/b:1.0;2.0=r.example/a/b:2.0', 'image', 'field')).toEqual([
    'r.example/a/b:1.0',
    'r.example/a/b:2.0',
  ]);
});

test('an embedded document is not searched as a text, for it is read by its fields', () => {
  const document = '{"image": "r.example/a/b:1.0"}';
  expect(imagesInValue(document, 'nothing', 'field')).toEqual(['r.example/a/b:1.0']);
  expect(imagesInPlainValue(document, 'nothing', 'field')).toEqual([]);
});

test('a value with the transport of a registry is an image, and the ID of a container is none', () => {
  const position = { path: undefined, offset: 0, linesBelow: 0 };
  const found = imagesInNamedValue({ name: 'insecure-policy', text: 'docker://r.example/app:1', position });
  expect(found).toEqual([{ type: 'image', image: 'r.example/app:1', position }]);
  expect(imagesInValue(`docker://${'0'.repeat(64)}`, 'image', 'field')).toEqual([]);
});

test('parts of a value have a slash and a tag or digest', () => {
  expect(partsOf('use a/b:1 or c/d@e, not f/g or h:1')).toEqual(['a/b:1', 'c/d@e']);
  expect(partsOf('nothing: here')).toEqual([]);
});
