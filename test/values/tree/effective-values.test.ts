import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ValueSet } from '../../../src/helm/charts/chart.ts';
import { effectiveValues } from '../../../src/values/tree/effective-values.ts';
import type { ValueNode } from '../../../src/values/tree/value-tree.ts';
import { rendered } from '../../discovery/rendered.ts';
import { chartFiles, type Files, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';

/** Texts as they win, and which source has them. */
function plain(node: ValueNode): unknown {
  if (node.type === 'map') return Object.fromEntries([...node.entries].map(([key, child]) => [key, plain(child)]));
  if (node.type === 'list') return node.items.map(plain);
  return `${node.text} of ${node.source.kind === 'file' ? node.source.file : node.source.kind}`;
}

async function valuesOf(files: Files, set: Partial<ValueSet> = {}) {
  const workFolder = await testFolder();
  await writeFiles(workFolder, { ...prefixed(chartFiles('shop')), ...files });
  const { chart, ...rendering } = rendered('');
  const valueFiles = (set.valueFiles ?? []).map((file) => join(workFolder, file));
  const valueSets = [{ name: 'default', set: [], ...set, valueFiles }];
  const own = { ...chart, path: join(workFolder, 'charts/shop'), valueSets };
  return await effectiveValues({ ...rendering, chart: own }, { workFolder, temporary: await testFolder() });
}

const prefixed = (files: Files, folder = 'charts/shop'): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

test('later sources win: the chart, then value files in their order, then the input set', async () => {
  const files = {
    'charts/shop/values.yaml': 'a: 1\nb: 1\nc: 1\nd: 1\n',
    'one.yaml': 'b: 2\nc: 2\nd: 2\n',
    'two.yaml': 'c: 3\nd: 3\n',
  };
  const { root, ofFiles } = await valuesOf(files, { valueFiles: ['one.yaml', 'two.yaml'], set: ['d=4'] });
  expect(plain(root)).toEqual({
    a: '1 of charts/shop/values.yaml',
    b: '2 of one.yaml',
    c: '3 of two.yaml',
    d: '4 of set',
  });
  expect(plain(ofFiles)).toMatchObject({ d: '3 of two.yaml' });
});

test('the values of a subchart are below its name, and its parent may set them', async () => {
  const files = {
    'charts/shop/values.yaml': 'db: { tag: parent }\n',
    ...prefixed({ ...chartFiles('db'), 'values.yaml': 'tag: own\nname: db\n' }, 'charts/shop/charts/db'),
  };
  expect(plain((await valuesOf(files)).root)).toEqual({
    db: { tag: 'parent of charts/shop/values.yaml', name: 'db of charts/shop/charts/db/values.yaml' },
  });
});

test('a list that the input set begins is new, also where the chart has one', async () => {
  const { root } = await valuesOf({ 'charts/shop/values.yaml': 'list: [x, y]\n' }, { set: ['list[0]=z'] });
  expect(plain(root)).toEqual({ list: ['z of set'] });
});

test('a value file of another form than a map is as good as empty', async () => {
  const { root } = await valuesOf(
    { 'charts/shop/values.yaml': 'a: 1\n', 'one.yaml': '- x\n' },
    { valueFiles: ['one.yaml'] },
  );
  expect(plain(root)).toEqual({ a: '1 of charts/shop/values.yaml' });
});
