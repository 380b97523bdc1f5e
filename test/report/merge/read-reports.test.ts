import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportJson, toJson } from '../../../src/report/json/json.ts';
import { reportFromJson } from '../../../src/report/merge/from-json.ts';
import { mergeReports } from '../../../src/report/merge/merge-reports.ts';
import { readReports } from '../../../src/report/merge/read-reports.ts';
import { faultOf } from '../../inputs/expect-error.ts';
import { folderWith } from '../../inputs/files.ts';
import { contoso, contosoWithout, delta, report, viewOf } from '../model/sample.ts';

describe('a report that is read again', () => {
  test.each([
    ['of a run that copied', contoso()],
    ['of a run that found an image missing', contosoWithout()],
    ['of a change', { ...contoso(), delta: delta() }],
    ['of nothing', report({})],
  ])('says what it said: %s', async (_, written) => {
    const work = await folderWith({ 'r/images.json': toJson(viewOf(written)) });
    const joined = mergeReports(await readReports(['r'], work));
    expect(reportJson(viewOf(reportFromJson(joined)))).toEqual(reportJson(viewOf(written)));
  });

  test('is found by a pattern, each once', async () => {
    const text = toJson(viewOf(report({})));
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
