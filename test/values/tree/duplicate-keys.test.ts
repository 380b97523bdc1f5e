import { expect, test } from 'vitest';
import { duplicateKeyFindings } from '../../../src/values/tree/duplicate-keys.ts';
import { type Files, helms, packedChart } from '../../support/charts.ts';
import { podOf, type SceneOptions, scene } from '../provenance/provenance-fixtures.ts';

const chartYaml = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;
/** The findings of the chart `charts/shop` with these values and files, and a values file of the user. */
async function findingsOf(values: string, own = '{}\n', files: Files = {}, binaries: SceneOptions['binaries'] = {}) {
  const set = { name: 'default', valueFiles: ['mine.yaml'], set: [] };
  const shop = await scene(
    helms[1].helm,
    { 'values.yaml': values, 'templates/pod.yaml': podOf('a/b:1'), ...files },
    {
      files: { 'mine.yaml': own },
      binaries,
      valueSets: [set],
    },
  );
  return await duplicateKeyFindings(shop.renderings, shop.work, shop.finder.readTree);
}

test("a key that a chart's values or a values file of the user has twice is a notice at the line that helm uses", async () => {
  expect(await findingsOf('tag: "1"\nother: x\ntag: "2"\n', 'web:\n  image:\n    tag: 1\n    tag: 2\n')).toEqual([
    {
      code: 'duplicate-key',
      severity: 'notice',
      message: 'charts/shop/values.yaml has a key more than once: tag. Helm uses only the last value of a key.',
      advice: 'Remove the others, or merge their maps.',
      file: 'charts/shop/values.yaml',
      line: 3,
    },
    expect.objectContaining({ message: expect.stringContaining('web.image.tag'), file: 'mine.yaml', line: 4 }),
  ]);
});

test('a key of several maps, a merged key, and an alias are no duplicate keys', async () => {
  const values = 'base: &base {tag: 1}\na: {<<: *base, tag: 2}\nb: *base\nc: [{tag: 1}, {tag: 2}]\n';
  expect(await findingsOf(values)).toEqual([]);
});

test('a duplicate key below an alias is one notice, whatever refers to it', async () => {
  expect(await findingsOf('a: &a {x: 1, x: 2}\nb: *a\n')).toMatchObject([{ line: 1 }]);
});

test('a duplicate key of a subchart is a notice at its line, and that of a packaged one at the line that lists it', async () => {
  const twice = { 'values.yaml': 'tag: "1"\ntag: "2"\n', 'templates/pod.yaml': podOf('a/c:1') };
  const dependencies =
    'dependencies:\n- { name: db, version: 1.0.0 }\n- { name: cache, version: 1.0.0, alias: store }\n';
  const findings = await findingsOf(
    '{}\n',
    '{}\n',
    {
      'Chart.yaml': `${chartYaml('shop')}${dependencies}`,
      'charts/db/Chart.yaml': chartYaml('db'),
      ...Object.fromEntries(Object.entries(twice).map(([path, text]) => [`charts/db/${path}`, text])),
    },
    {
      'charts/shop/charts/cache-1.0.0.tgz': await packedChart('cache', { 'Chart.yaml': chartYaml('cache'), ...twice }),
    },
  );
  expect(findings.map(({ file, line }) => [file, line])).toEqual([
    ['charts/shop/Chart.yaml', 6],
    ['charts/shop/charts/db/values.yaml', 2],
  ]);
  expect(findings[0]?.message).toBe(
    'cache-1.0.0.tgz (values.yaml:2) has a key more than once: tag. Helm uses only the last value of a key.',
  );
  expect(findings[0]?.advice).toContain('set it in the values of this run');
});
