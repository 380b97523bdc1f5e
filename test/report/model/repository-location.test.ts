import { expect, test } from 'vitest';
import type { Problem } from '../../../src/report/model/problems.ts';
import { locateInRepository } from '../../../src/report/model/repository-location.ts';
import { chart, contoso, viewOf } from './sample.ts';

const view = viewOf(contoso());
const problem: Problem = (() => {
  const [found] = viewOf({
    ...contoso(),
    findings: [{ code: 'absent', severity: 'error', message: 'm', advice: 'a' }],
  }).problems;
  if (found === undefined) throw new Error('a problem was reported');
  return found;
})();

function located(file: string | undefined, charts = [{ chart: chart(), helmVersion: '4.2.4' }]) {
  const at = { ...problem, file, line: 3, column: 7 };
  return locateInRepository(at, view.rows[0], charts, (path) => path);
}

test('a problem is at its own file, line and column', () => {
  expect(located('charts/a/values.yaml')).toEqual({ uri: 'charts/a/values.yaml', line: 3, column: 7 });
});

test('a problem without a file is at the chart that uses the image', () => {
  expect(located(undefined)).toEqual({ uri: 'charts/contoso/Chart.yaml', line: undefined, column: undefined });
});

test.each(['/etc/passwd', 'C:\\charts\\a', 'oci://r.example/chart', '../outside.yaml', 'a/../../b'])(
  'a file that is not below the root of the repository is not named: %s',
  (file) => {
    expect(located(file)?.uri).toBe('charts/contoso/Chart.yaml');
  },
);

test('a problem of a chart of a registry has no location in the repository', () => {
  expect(located(undefined, [])).toBeUndefined();
});

test('signs that mean something in an address are encoded, and half characters do not throw', () => {
  expect(located('charts/a b/#1.yaml')?.uri).toBe('charts/a%20b/%231.yaml');
  expect(located('charts/\ud800.yaml')?.uri).toBe('charts/%EF%BF%BD.yaml');
});
