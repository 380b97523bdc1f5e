import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Chart } from '../../../src/helm/charts/chart.ts';
import { duplicateKeyFindings } from '../../../src/values/tree/duplicate-keys.ts';
import { writeFiles } from '../../support/chart.ts';
import { testFolder } from '../../support/folder.ts';

/** The findings of a chart with these values, and a values file of the user. */
async function findingsOf(values: string, own = '{}\n', kind: Chart['kind'] = 'folder') {
  const work = await testFolder();
  await writeFiles(work, { 'mine.yaml': own });
  const metadata = { name: 'shop', version: '1.0.0', type: 'application', kubeVersion: undefined } as const;
  const chart: Chart = {
    metadata: { ...metadata, annotations: {}, dependencies: [] },
    displayPath: 'charts/shop',
    path: join(work, 'charts/shop'),
    kind,
    valueSets: [{ name: 'default', valueFiles: [join(work, 'mine.yaml')], set: [] }],
    readFile: async () => values,
  };
  return await duplicateKeyFindings([chart], work);
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

test('a duplicate key below an alias is one notice, and a text that is not YAML is none', async () => {
  expect(await findingsOf('a: &a {x: 1, x: 2}\nb: *a\n')).toMatchObject([{ line: 1 }]);
  expect(await findingsOf('a: [\n')).toEqual([]);
});
