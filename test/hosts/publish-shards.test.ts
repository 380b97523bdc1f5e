/** What a report shows on a host: of several shards each its part, and all of it when something cannot be written. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../src/core/errors.ts';
import { computeDigest } from '../../src/core/oci/digest.ts';
import type { Host } from '../../src/hosts/host.ts';
import { publishReport } from '../../src/hosts/publish-report.ts';
import type { Report } from '../../src/report/model/report.ts';
import { absent, finding, found, image, report } from '../report/model/sample.ts';
import { testFolder } from '../support/folder.ts';
import { recordingHost, type Shown } from '../support/recording-host.ts';

async function published(known: Report, folder: string, over: Partial<Host> = {}): Promise<Shown> {
  const { host, shown } = recordingHost(folder, over);
  await publishReport(known, host, folder, new AbortController().signal);
  return shown;
}

const texts = ['one:1', 'two:1', 'gone:1'] as const;

function shard(index: number): Report {
  const [one, two, gone] = texts.map((text) => image(text));
  if (one === undefined || two === undefined || gone === undefined) throw new Error('three images were made');
  const shards = new Map([
    ['one:1', 1],
    ['two:1', 2],
  ]);
  const findings = [finding('absent', { image: 'gone:1' }), finding('no-tag', { image: 'two:1' })];
  return {
    ...report({ resolutions: [found(one), found(two), absent(gone)], findings }),
    shard: { index, total: 2 },
    share: { index, total: 2, shards, duplicatedBytes: 0, division: computeDigest(Buffer.from('division')) },
  };
}

test('a pull request of five shards does not show each finding five times', async () => {
  const shown = await Promise.all([1, 2].map(async (index) => published(shard(index), await testFolder())));
  expect(shown.map(({ annotations }) => annotations.map(({ title }) => title))).toEqual([
    ['chart-images: absent'],
    ['chart-images: no-tag'],
  ]);
});

test('each image is on the list of tests, and in the code scanning results, of one shard', async () => {
  const folders = [await testFolder(), await testFolder()];
  const shown = await Promise.all(folders.map((folder, at) => published(shard(at + 1), folder)));
  expect(shown.map(({ tests }) => texts.filter((text) => tests.includes(`name="${text}"`)))).toEqual([
    ['one:1', 'gone:1'],
    ['two:1'],
  ]);
  const sarif = await Promise.all(folders.map((folder) => readFile(join(folder, 'images.sarif'), 'utf8')));
  expect(sarif.map((text) => JSON.parse(text).runs[0].results.length)).toEqual([1, 1]);
});

test('every shard ends as the whole ends, and its table and images.json have every image', async () => {
  for (const index of [1, 2]) {
    const folder = await testFolder();
    const { exit, table } = await published(shard(index), folder);
    expect(exit).toBe(1);
    const json = await readFile(join(folder, 'images.json'), 'utf8');
    for (const text of texts) for (const shown of [table, json]) expect(shown).toContain(text);
  }
});

test('a summary that cannot be written fails the run, and everything else is shown all the same', async () => {
  const folder = await testFolder();
  const writeSummary = async () => {
    throw new ChartImagesError('internal', 'The disk is full.', { advice: 'Make room.' });
  };
  const known = report({ resolutions: [found(image('one:1'))] });
  const { annotations, table, tests, outputs, exit } = await published(known, folder, { writeSummary });
  expect(exit).toBe(3);
  expect(annotations.map(({ message }) => message).join()).toContain('The disk is full.');
  expect([table, tests].map((text) => text.includes('one:1'))).toEqual([true, true]);
  expect(outputs['report']).toBe(join(folder, 'images.json'));
});

test('a report without images has no list of tests', async () => {
  expect((await published(report({}), await testFolder())).tests).toBe('');
});
