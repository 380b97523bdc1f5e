import { expect, test } from 'vitest';
import { configMapDocuments } from '../../../src/discovery/kubernetes/configmap-data.ts';
import { objectsIn } from '../../../src/discovery/kubernetes/kubernetes-object.ts';
import { parseYamlTree } from '../../../src/discovery/yaml/parse-yaml-tree.ts';

function objects(text: string) {
  const parsed = parseYamlTree(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return objectsIn(parsed.value);
}

test('a document is one object with its group, kind and name', () => {
  expect(objects('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n')).toMatchObject([
    { group: 'apps', kind: 'Deployment', name: 'web' },
  ]);
  expect(objects('apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\n')).toMatchObject([
    { group: '', kind: 'Pod', name: 'web-' },
  ]);
});

test('a list is its items, also one within another', () => {
  const text = 'kind: List\nitems:\n- {kind: Pod}\n- {kind: PodList, items: [{kind: Job}, {kind: Secret}]}\n';
  expect(objects(text).map(({ kind }) => kind)).toEqual(['Pod', 'Job', 'Secret']);
});

test('a kind that ends with List and has no items is an object of its own', () => {
  expect(objects('kind: AllowList\nspec: {}\n').map(({ kind }) => kind)).toEqual(['AllowList']);
});

function textsOf(document: string): readonly string[] {
  return objects(document)
    .flatMap(configMapDocuments)
    .flatMap(({ node }) => (node.type === 'map' ? [...node.entries.values()] : []))
    .map((node) => (node.type === 'text' ? node.text : node.type));
}

test('the data of a Secret are decoded, and what is not base64 of a text is left out', () => {
  const [text, binary] = [Buffer.from('image: a/b:1').toString('base64'), Buffer.from([0xff, 0, 1]).toString('base64')];
  expect(textsOf(`kind: Secret\ndata: {a: ${text}, b: "${binary}", c: "no base64"}\nstringData: {d: plain}\n`)).toEqual(
    ['image: a/b:1', 'plain'],
  );
});

test('the data of a ConfigMap are taken as they are', () => {
  expect(textsOf('kind: ConfigMap\ndata: {a: aW1hZ2U=}\n')).toEqual(['aW1hZ2U=']);
});
