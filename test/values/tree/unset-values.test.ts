import { join } from 'node:path';
import { expect, test } from 'vitest';
import { effectiveValues } from '../../../src/values/tree/effective-values.ts';
import { isInternal, isNameKey, isRegistryKey, unsetValues } from '../../../src/values/tree/unset-values.ts';
import { noValues } from '../../../src/values/tree/value-tree.ts';
import { rendered } from '../../discovery/rendered.ts';
import { chartFiles, type Files, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';

/** Paths of the values that a chart of these files reads and does not have. */
async function unsetIn(template: string, values: string, more: Files = {}): Promise<readonly string[]> {
  const workFolder = await testFolder();
  const path = join(workFolder, 'charts/shop');
  await writeFiles(path, { ...chartFiles('shop'), 'templates/pod.yaml': template, 'values.yaml': values, ...more });
  const { chart, ...rendering } = rendered('');
  const folders = { workFolder, temporary: await testFolder() };
  const { root, chart: tree } = await effectiveValues({ ...rendering, chart: { ...chart, path } }, folders);
  if (tree === undefined) throw new Error('the chart is readable');
  return (await unsetValues(tree, root)).map(({ keys }) => keys.join('.')).sort();
}

test('a registry that a template reads and no values file has may be set', async () => {
  expect(await unsetIn('{{ .Values.imageRegistry }}/app:1', 'a: 1\n')).toEqual(['imageRegistry']);
  expect(await unsetIn('{{ ((.Values.global).imageRegistry) }}/app:1', 'a: 1\n')).toEqual(['global.imageRegistry']);
});

test('a value that the chart has, and one that cannot be a part of an image, are not unset values of it', async () => {
  expect(await unsetIn('{{ .Values.registry }}/{{ .Values.replicas }}', 'registry: r.example\n')).toEqual([]);
  expect(await unsetIn('{{ .Values.imagePullPolicy }}', 'a: 1\n')).toEqual([]);
});

test('what a template reads of any map is looked for in each map of an image', async () => {
  const helper = '{{ define "image" }}{{ .registry }}/{{ .repository }}:{{ .tag }}{{ end }}';
  expect(await unsetIn(helper, 'web:\n  image: { repository: team/web, tag: "1" }\n')).toEqual(['web.image.registry']);
});

test('a value of a subchart is below its key, and a global one is not', async () => {
  const files = chartFiles('db', { 'templates/pod.yaml': '{{ .Values.registry }}{{ .Values.global.registry }}' });
  const below = Object.entries(files).map(([path, text]) => [`charts/db/${path}`, text]);
  expect(await unsetIn('a: 1', 'a: 1\n', Object.fromEntries(below))).toEqual(['db.registry', 'global.registry']);
});

test('keys are known by their names', () => {
  expect([['global', 'imageRegistry'], ['hub'], ['imagePrefix']].map(isRegistryKey)).toEqual([true, true, true]);
  expect([['registry', 0], ['prefix'], ['tag']].map(isRegistryKey)).toEqual([false, false, false]);
  expect(isNameKey(['web', 'repository'], noValues)).toBe(true);
  expect(isNameKey(['imagePullSecret'], noValues)).toBe(false);
  expect(isInternal(['_internal_defaults_do_not_set', 'global', 'hub'])).toBe(true);
  expect(isInternal(['global', 'hub'])).toBe(false);
});
