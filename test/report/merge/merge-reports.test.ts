import { describe, expect, test } from 'vitest';
import { reportFromJson } from '../../../src/report/merge/from-json.ts';
import { mergeReports } from '../../../src/report/merge/merge-reports.ts';
import type { NamedReport } from '../../../src/report/merge/read-reports.ts';
import type { ReadReport } from '../../../src/report/merge/report-schema.ts';
import { exitCodeOf } from '../../../src/report/model/exit-code.ts';
import { formatUsage } from '../../../src/report/model/labels.ts';
import { rowsOf } from '../../../src/report/model/rows.ts';
import { faultOf } from '../../inputs/expect-error.ts';

type Image = ReadReport['images'][number];

function image(text: string, over: Partial<Image> = {}): Image {
  const use = {
    ...{ chart: 'contoso', valueSets: ['default'], template: 'contoso/templates/a.yaml', kind: 'Deployment' },
    ...{ name: 'web', path: 'spec', line: 1, rule: 'pod-spec' },
  };
  return {
    ...{ image: text, confidence: 'certain', uses: [use], status: 'found', source: `s.io/${text}` },
    ...{ digest: `sha256:${'a'.repeat(64)}`, mediaType: 'application/json', size: 1, trace: [] },
    ...{ target: `t.io/${text}`, outcome: 'planned' },
    ...over,
  };
}

function read(over: Partial<ReadReport>): ReadReport {
  const totals = { images: 0, found: 0, absent: 0, unknown: 0, copied: 0, bytes: 0 };
  const chart = { name: 'contoso', version: '1.0.0', path: 'charts/contoso', valueSets: ['default'], helm: '4.2.4' };
  return { version: 1, charts: [chart], images: [], findings: [], errors: [], totals, ...over };
}

function shard(index: number, over: Partial<ReadReport> = {}): ReadReport {
  const images = ['one:1', 'two:1'].map((text, at) => {
    const own = at + 1 === index;
    return image(text, { shard: at + 1, outcome: own ? 'copied' : 'planned', ...(own ? { bytes: 10 } : {}) });
  });
  return read({ images, shard: { index, total: 2, division: 'sha256:d' }, ...over });
}

function named(...reports: readonly ReadReport[]): readonly NamedReport[] {
  return reports.map((report, at) => ({ name: `r${at + 1}/images.json`, report }));
}

const finding = { code: 'absent', severity: 'error', message: 'It is gone.', advice: 'Push it.' } as const;
const error = { code: 'network', message: 'It is down.', advice: 'Start it.' } as const;

async function refusal(...reports: readonly ReadReport[]): Promise<string> {
  const { code, message } = await faultOf(async () => mergeReports(named(...reports)));
  expect(code).toBe('invalid-input');
  return message;
}

describe('the reports of shards', () => {
  test('merged shards have the result of each image from the shard that copied it', () => {
    const merged = mergeReports(named(shard(2), shard(1)));
    expect(merged.images.map(({ outcome }) => outcome)).toEqual(['copied', 'copied']);
    expect(rowsOf(reportFromJson(merged)).map(({ bytes }) => bytes)).toEqual([10, 10]);
    expect(merged.charts).toHaveLength(1);
  });

  test('merged shards have a common finding once, and exit with the worst result', () => {
    const merged = mergeReports(named(shard(1, { findings: [finding] }), shard(2, { findings: [finding] })));
    expect(merged.findings).toEqual([finding]);
    expect(exitCodeOf(reportFromJson(merged))).toBe(1);
    const undivided = { index: 2, total: 2, division: null };
    for (const early of [read({ errors: [error] }), read({ errors: [error], shard: undivided })]) {
      const broken = mergeReports(named(early, shard(1)));
      expect(broken.errors).toEqual([error]);
      expect(broken.images.map(({ outcome }) => outcome)).toEqual(['copied', 'planned']);
      expect(exitCodeOf(reportFromJson(broken))).toBe(3);
    }
  });

  test('shards are rejected if one is missing, duplicated, or from a different run', async () => {
    expect(await refusal(shard(1))).toContain('shard 2 of 2');
    expect(await refusal(shard(1), shard(1))).toContain('both from shard 1');
    const moved = shard(2, { shard: { index: 2, total: 2, division: 'sha256:e' } });
    expect(await refusal(shard(1), moved)).toContain('from different sharded runs');
    const early = read({ errors: [error], shard: { index: 1, total: 2, division: null } });
    expect(await refusal(shard(1), early)).toContain('both from shard 1');
    expect(await refusal(shard(1), shard(2), read({}))).toContain('r3/images.json is not');
  });
});

describe('the reports of runs over different charts', () => {
  const other = { name: 'other', version: '2.0.0', path: 'charts/other', valueSets: ['default'], helm: '4.2.4' };

  test('make one report with the charts and images of all', () => {
    const uses = image('one:1').uses.map((use) => ({ ...use, chart: 'other' }));
    const merged = mergeReports(
      named(
        read({ images: [image('one:1', { outcome: 'present' })] }),
        read({ charts: [other], images: [image('one:1', { uses, outcome: 'copied', bytes: 5 }), image('two:1')] }),
      ),
    );
    expect(merged.charts.map(({ path }) => path)).toEqual(['charts/contoso', 'charts/other']);
    const rows = rowsOf(reportFromJson(merged));
    expect(rows.map(({ image: text, outcome }) => [text, outcome])).toEqual([
      ['one:1', 'copied'],
      ['two:1', 'planned'],
    ]);
    expect(rows[0]?.usedBy.map(({ chartPath }) => chartPath)).toEqual(['charts/contoso', 'charts/other']);
  });

  test('keep the charts of one name apart, whose uses are alike, and show their paths', () => {
    const folders = ['services/a', 'services/b'];
    const runs = folders.map((path) => {
      return read({ charts: [{ ...other, name: 'contoso', path }], images: [image('one:1')] });
    });
    const merged = mergeReports(named(...runs));
    expect(merged.images[0]?.uses.map(({ chartPath }) => chartPath)).toEqual(folders);
    const report = reportFromJson(merged);
    expect(rowsOf(report)[0]?.usedBy.map(formatUsage)).toEqual(
      folders.map((path) => expect.stringContaining(` in ${path}/templates/`)),
    );
    expect(report.charts.map(({ chart }) => chart.isNamesake)).toEqual([true, true]);
  });

  test('are refused when they contradict each other', async () => {
    const gone = image('one:1', { status: 'absent', source: null, digest: null, target: null, outcome: null });
    expect(await refusal(read({ images: [image('one:1')] }), read({ images: [gone] }))).toMatch(
      /r1\/images\.json and r2\/images\.json differ for one:1: found and absent/,
    );
    const newer = read({}).charts.map((chart) => ({ ...chart, version: '2.0.0' }));
    expect(await refusal(read({}), read({ charts: newer }))).toContain('different charts at charts/contoso');
    const delta = { base: 'main', added: [], removed: [], moved: [], bytes: 0 };
    expect(await refusal(read({ delta }), read({ delta: { ...delta, base: 'next' } }))).toContain('main and next');
  });

  test('name the commit of the base where they compared with the same one', async () => {
    const delta = { base: 'main', commit: 'a'.repeat(40), added: [], removed: [], moved: [], bytes: 0 };
    const other = { ...delta, commit: 'b'.repeat(40), bytes: 1 };
    expect(mergeReports(named(read({ delta }), read({ delta: { ...delta, bytes: 1 } }))).delta?.commit).toBe(
      delta.commit,
    );
    expect(mergeReports(named(read({ delta }), read({ delta: other }))).delta).not.toHaveProperty('commit');
  });
});
