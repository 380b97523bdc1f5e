import { expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { reportJson } from '../../../src/report/json/json.ts';
import { toJUnit } from '../../../src/report/junit/junit.ts';
import { annotationsOf } from '../../../src/report/model/annotations.ts';
import { statusLabel } from '../../../src/report/model/labels.ts';
import type { Report } from '../../../src/report/model/report.ts';
import { shardReport } from '../../../src/report/model/shard-report.ts';
import { sarifOf } from '../../../src/report/sarif/sarif.ts';
import { absent, finding, found, ignored, image, report, viewOf } from './sample.ts';

const texts = ['one:1', 'two:1', 'gone:1'] as const;
const findings = [
  finding('absent', { image: 'gone:1' }),
  finding('no-tag', { image: 'two:1' }),
  finding('unreadable', {}),
];

function shard(index: number): Report {
  const [one, two, gone] = texts.map((text) => image(text));
  if (one === undefined || two === undefined || gone === undefined) throw new Error('no images');
  const shards = new Map([
    ['one:1', 1],
    ['two:1', 2],
  ]);
  return {
    ...report({ resolutions: [found(one), found(two), absent(gone)], findings }),
    shard: { index, total: 2 },
    share: { index, total: 2, shards, duplicatedBytes: 0, division: computeDigest(Buffer.from('division')) },
  };
}

test('each finding is published by exactly one shard', () => {
  const told = [1, 2].map((index) => annotationsOf(shardReport(viewOf(shard(index)))).map(({ title }) => title));
  expect(told).toEqual([['chart-images: absent', 'chart-images: unreadable'], ['chart-images: no-tag']]);
  expect(annotationsOf(viewOf(shard(1)))).toHaveLength(findings.length);
});

test('each image is a test case of one of the shards', () => {
  const cases = [1, 2].map((index) => toJUnit(shardReport(viewOf(shard(index))), new Date()).xml);
  expect(cases.map((xml) => texts.filter((text) => xml.includes(`name="${text}"`)))).toEqual([
    ['one:1', 'gone:1'],
    ['two:1'],
  ]);
});

test('images and findings are reported by the same shards when a secret in a reference is masked', () => {
  const hide = (text: string) => text.replaceAll('two', '***');
  const shards = [1, 2].map((index) => shardReport(viewOf(shard(index), { text: hide, name: hide })));
  expect(shards.map((own) => own.rows.map((row) => row.image))).toEqual([['one:1', 'gone:1'], ['***:1']]);
  expect(shards.map((own) => own.findings.map(({ code, image: of }) => [code, of]))).toEqual([
    [
      ['absent', 'gone:1'],
      ['unreadable', undefined],
    ],
    [['no-tag', '***:1']],
  ]);
  expect(reportJson(viewOf(shard(1), { text: hide, name: hide })).images.map((one) => one.shard)).toEqual([
    1,
    2,
    undefined,
  ]);
});

test('ignored images are published by exactly one shard', () => {
  const shards = [1, 2].map((index) => shardReport(viewOf({ ...shard(index), ignored: [ignored()] })));
  expect(shards.map((own) => toJUnit(own, new Date()).xml.includes('r.example/test:1'))).toEqual([true, false]);
  expect(shards.map((own) => JSON.stringify(sarifOf(own)).includes('r.example/test:1'))).toEqual([true, false]);
});

test('a run without shards publishes everything', () => {
  const whole = viewOf(report({ resolutions: [found(image('one:1'))], findings }));
  expect(shardReport(whole)).toBe(whole);
  expect(sarifOf(shardReport(whole))).toEqual(sarifOf(whole));
});

test('images.json has every image, and says which shard copies it and which this is', () => {
  const json = reportJson(viewOf(shard(2)));
  expect(json.images.map(({ image: text, shard: own }) => [text, own])).toEqual([
    ['one:1', 1],
    ['two:1', 2],
    ['gone:1', undefined],
  ]);
  expect(json.findings).toHaveLength(findings.length);
  expect(json.shard).toEqual({ index: 2, total: 2, division: computeDigest(Buffer.from('division')) });
  expect(reportJson(viewOf(report({}))).shard).toBeUndefined();
  const ended = reportJson(viewOf({ ...report({}), shard: { index: 2, total: 2 } }));
  expect(ended.shard).toEqual({ index: 2, total: 2, division: null });
});

test('an image that another shard copies is shown as one for that shard', () => {
  const rows = viewOf(shard(2)).rows.map((row) =>
    statusLabel({ ...row, outcome: row.status === 'found' ? 'planned' : null }),
  );
  expect(rows).toEqual(['for shard 1', 'to copy', 'absent']);
});
