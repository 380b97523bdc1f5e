import { expect, test } from 'vitest';
import { splitPartName } from '../../../src/discovery/classify/split-name.ts';

test.each([
  ['repository', '', 'repository'],
  ['PROXY_IMAGE_TAG', 'proxy', 'tag'],
  ['proxyImageTag', 'proxy', 'tag'],
  ['--proxy-image-registry', 'proxy', 'registry'],
  ['image-project', '', 'organization'],
  ['newTag', '', 'tag'],
  ['repoURL', '', 'registry'],
  ['sidecarSha256', 'sidecar', 'digest'],
] as const)('the name %s means, after the stem "%s", the %s of a reference', (name, stem, part) => {
  expect(splitPartName(name)).toEqual({ stem, part });
});

test('the word "default" in a name does not change its stem', () => {
  expect(splitPartName('defaultImageVersion')).toEqual(splitPartName('imageVersion'));
});

test('the longest ending decides: an image tag is a tag of an image, not of something called image', () => {
  expect(splitPartName('image_tag')).toEqual({ stem: '', part: 'tag' });
  expect(splitPartName('image_name')).toEqual({ stem: '', part: 'image' });
});

test('a name that ends with no part of a reference means none', () => {
  expect(['replicas', 'imagePullPolicy', 'tagged', 'nameserver', ''].map(splitPartName)).toEqual(
    Array(5).fill(undefined),
  );
});
