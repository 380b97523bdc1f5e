import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findDependencyFaults } from '../../../src/helm/charts/dependency-faults.ts';
import { readSubchartTree, type SubchartTree } from '../../../src/helm/charts/subchart-tree.ts';
import { chartFiles, type Files, packedChart, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';

async function treeOf(files: Files, prepare?: (folder: string) => Promise<void>): Promise<SubchartTree> {
  const folder = await testFolder();
  await writeFiles(folder, { ...chartFiles('parent'), ...files });
  await prepare?.(folder);
  return await readSubchartTree(folder);
}

const below = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

/** Paths with the form of each chart. */
function pathsOf({ path, form, subcharts }: SubchartTree): readonly string[] {
  return [`${form} ${path}`, ...subcharts.flatMap(pathsOf)];
}

describe('the subcharts of a chart', () => {
  test('are those of its folder charts/, folders and archives, with their own below them', async () => {
    const tree = await treeOf(
      { ...below('charts/a', chartFiles('a')), ...below('charts/a/charts/c', chartFiles('c')) },
      async (folder) => await writeFile(join(folder, 'charts/b-1.0.0.tgz'), await packedChart('b')),
    );
    expect(pathsOf(tree)).toEqual([
      'folder ',
      'folder charts/a',
      'folder charts/a/charts/c',
      'archive charts/b-1.0.0.tgz',
    ]);
    expect(tree.subcharts.map(({ metadata }) => metadata?.name)).toEqual(['a', 'b']);
  });

  test('are none that helm does not load: by a name with a dot or an underscore, or by .helmignore', async () => {
    const tree = await treeOf({
      ...below('charts/.hidden', chartFiles('hidden')),
      ...below('charts/_old', chartFiles('old')),
      ...below('charts/ignored', chartFiles('ignored')),
      '.helmignore': 'charts/ignored\n',
    });
    expect(tree.subcharts).toEqual([]);
  });

  test('end where a link leads back to a chart around it', async () => {
    const tree = await treeOf(below('charts/a', chartFiles('a')), async (folder) => {
      await writeFiles(join(folder, 'charts/a'), { 'charts/keep.txt': '' });
      await symlink('../../..', join(folder, 'charts/a/charts/loop'));
    });
    expect(pathsOf(tree)).toEqual(['folder ', 'folder charts/a']);
  });

  test('have no metadata where their Chart.yaml is broken, which helm reports', async () => {
    const [broken] = (await treeOf({ 'charts/a/Chart.yaml': 'name: [' })).subcharts;
    expect([broken?.path, broken?.metadata]).toEqual(['charts/a', undefined]);
  });
});

describe('a dependency that helm would leave out or take in a wrong form without a word', () => {
  const onSub = (version: string) =>
    `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n- { name: sub, version: "${version}" }\n`;
  const isSame = async (version: string, constraint: string) => version === constraint;
  const faults = async (files: Files) =>
    (await findDependencyFaults(await treeOf(files), isSame)).map(({ kind, name }) => `${kind} ${name}`);

  test('is missing where charts/ does not have it', async () => {
    expect(await faults({ 'Chart.yaml': onSub('1.0.0') })).toEqual(['missing sub']);
  });

  test('is of another version than its chart asks for', async () => {
    expect(await faults({ 'Chart.yaml': onSub('2.0.0'), ...below('charts/sub', chartFiles('sub')) })).toEqual([
      'version sub',
    ]);
  });

  test('is there several times', async () => {
    const twice = { ...below('charts/sub', chartFiles('sub')), ...below('charts/sub-2', chartFiles('sub')) };
    expect(await faults({ 'Chart.yaml': onSub('1.0.0'), ...twice })).toEqual(['several sub']);
  });

  test('is no fault where the right version is there once', async () => {
    expect(await faults({ 'Chart.yaml': onSub('1.0.0'), ...below('charts/sub', chartFiles('sub')) })).toEqual([]);
  });
});
