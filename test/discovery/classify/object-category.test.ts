import { expect, test } from 'vitest';
import { cannotNameImages, categorize } from '../../../src/discovery/classify/object-category.ts';
import { parseYamlTree } from '../../../src/discovery/yaml/parse-yaml-tree.ts';

test.each([
  ['apps', 'Deployment', 'workload'],
  ['', 'Pod', 'workload'],
  ['', 'ConfigMap', 'configuration'],
  ['', 'Secret', 'configuration'],
  ['', 'Service', 'cannot-name-images'],
  ['rbac.authorization.k8s.io', 'Role', 'cannot-name-images'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', 'definition'],
  ['example.com', 'Widget', 'custom'],
  ['config.openshift.io', 'ImageTagMirrorSet', 'cannot-name-images'],
  ['', '', 'document'],
  ['', 'Unheard', 'document'],
] as const)('a kind of the group "%s" that is called "%s" is of the category %s', (group, kind, category) => {
  expect(categorize({ group, kind })).toBe(category);
});

function isImageless(text: string): boolean {
  const parsed = parseYamlTree(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return cannotNameImages(parsed.value);
}

test('an object inside another names no image when its kind cannot', () => {
  expect(isImageless('apiVersion: v1\nkind: Service')).toBe(true);
  expect(isImageless('apiVersion: networking.k8s.io/v1\nkind: Ingress')).toBe(true);
  expect(isImageless('apiVersion: apps/v1\nkind: Deployment')).toBe(false);
});

test('a map with a kind and no version is not an object of Kubernetes', () => {
  expect(isImageless('kind: Service')).toBe(false);
});
