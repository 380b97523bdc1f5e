import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { joinReports } from '../../src/joining/join-reports.ts';
import { reportOf } from '../../src/joining/joined-report.ts';
import { readReports } from '../../src/joining/read-reports.ts';
import { reportJson, reportJsonText } from '../../src/report/json.ts';
import { folderWith } from '../inputs/files.ts';
import { faultOf } from '../inputs/thrown.ts';
import { contoso, contosoWithout, delta, report } from '../report/sample.ts';

describe('a report that is read again', () => {
  test.each([
    ['of a run that copied', contoso()],
    ['of a run that found an image missing', contosoWithout()],
    ['of a change', { ...contoso(), delta: delta() }],
    ['of nothing', report({})],
  ])('says what it said: %s', async (_, written) => {
    const work = await folderWith({ 'r/images.json': reportJsonText(written) });
    const joined = joinReports(await readReports(['r'], work));
    expect(reportJson(reportOf(joined))).toEqual(reportJson(written));
  });

  test('is found by a pattern, each once', async () => {
    const text = reportJsonText(report({}));
    const work = await folderWith({ 'all/b/images.json': text, 'all/a/images.json': text, 'all/c/other.json': '{}' });
    const names = (await readReports(['all/*', 'all/a'], work)).map(({ name }) => name);
    expect(names).toEqual(['all/a/images.json', 'all/b/images.json']);
  });

  test.each([
    ['file-not-found', undefined],
    ['syntax', '{'],
    ['schema', '{"version": 2}'],
    ['schema', '[]'],
  ])('is refused as %s when it is %s', async (code, text) => {
    const work = await folderWith(text === undefined ? { 'r/x': '' } : { 'r/images.json': text });
    const fault = await faultOf(() => readReports(['r'], work));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(text === undefined ? 'r' : join('r', 'images.json'));
  });
});
