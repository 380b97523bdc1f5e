import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toJson } from '../../../src/report/json/json.ts';
import { reportFromJson } from '../../../src/report/merge/from-json.ts';
import { mergeReports } from '../../../src/report/merge/merge-reports.ts';
import { readReports } from '../../../src/report/merge/read-reports.ts';
import { faultOf } from '../../inputs/expect-error.ts';
import { folderWith } from '../../inputs/files.ts';
import { contoso, viewOf } from '../model/sample.ts';

const honest = toJson(viewOf(contoso()));

/** The report of an honest run with some keys replaced. */
function forged(change: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...JSON.parse(honest), ...change });
}

const finding = { code: 'absent', severity: 'error', message: 'm', advice: 'a' };
const depth = 200_000;

describe('a report that is not what a run wrote is refused', () => {
  test.each([
    ['with more shards than there are jobs', forged({ shard: { index: 1, total: 4_294_967_296, division: null } })],
    ['with a part of a shard', forged({ shard: { index: 0.5, total: 2, division: null } })],
    ['with a shard before the first', forged({ shard: { index: -1, total: 2, division: null } })],
    ['with a line below the first', forged({ findings: [{ ...finding, line: -1 }] })],
    ['with a size that no number holds', honest.replace(/"bytes": \d+/, '"bytes": 1e999')],
    ['with a severity of its own', forged({ findings: [{ ...finding, severity: 'none' }] })],
    ['with a code of its own', forged({ errors: [{ code: 'constructor', message: 'm', advice: 'a' }] })],
    [
      'with a severity longer than anybody reads',
      forged({ findings: [{ ...finding, severity: 'x'.repeat(100_000) }] }),
    ],
    ['with images that are a map', forged({ images: { length: 1 } })],
    ['nested deeper than any report', `{"version": 1, "charts": ${'['.repeat(depth)}${']'.repeat(depth)}}`],
  ])('%s', async (_, text) => {
    const work = await folderWith({ 'r/images.json': text });
    const fault = await faultOf(() => readReports(['r'], work));
    expect(fault.code).toBe('schema');
    expect(fault.message.length).toBeLessThan(500);
  });

  test('and a link to another file says nothing of what is in it', async () => {
    const work = await folderWith({ 'r/x': '', secret: 'planted-secret' });
    await symlink(join(work, 'secret'), join(work, 'r', 'images.json'));
    const fault = await faultOf(() => readReports(['r'], work));
    expect(`${fault.code} ${fault.message} ${fault.advice}`).toMatch(/^syntax /);
    expect(`${fault.message} ${fault.advice}`).not.toContain('planted');
  });
});

describe('a report with keys that objects have themselves', () => {
  test('changes no object and adds nothing to the joined report', async () => {
    const keys = '"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}},';
    const work = await folderWith({ 'r/images.json': honest.replaceAll('{', `{${keys}`).replaceAll(',}', '}') });
    const joined = mergeReports(await readReports(['r'], work));
    expect(JSON.stringify(joined)).not.toContain('polluted');
    expect('polluted' in {}).toBe(false);
    expect(reportFromJson(joined).mergedRows?.map(({ image }) => image)).toEqual(
      contoso().resolutions.map(({ image }) => image.image),
    );
  });
});

test('a thousand reports of one image with many uses are joined once, not once for each', () => {
  const [image] = JSON.parse(honest).images;
  const use = image.uses[0];
  const reports = Array.from({ length: 1000 }, (_, run) => ({
    name: `run-${run}`,
    report: {
      ...JSON.parse(honest),
      images: [{ ...image, uses: Array.from({ length: 100 }, (__, at) => ({ ...use, name: `${run}-${at}` })) }],
    },
  }));
  expect(mergeReports(reports).images[0]?.uses).toHaveLength(100_000);
});
