import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../support/folder.ts';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

/** Two checks passed, none failed, and vitest left this report. */
async function totals(report: object | undefined, testsEnded: string) {
  const file = join(await testFolder(), 'tests.json');
  if (report) await writeFile(file, JSON.stringify(report));
  const run = await runProgram(process.execPath, [join(root, 'scripts', 'ci-totals.ts'), file, testsEnded, '2', '0']);
  return { last: run.stdout.trimEnd().split('\n').at(-1), code: run.code };
}

const passing = { status: 'passed', assertionResults: [{ status: 'passed' }], name: 'a.test.ts' };
const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [passing] };

test('tests and checks that pass are added up', async () => {
  expect(await totals(report, '0')).toEqual({ last: '5 passed, 0 failed', code: 0 });
});

test('failed tests fail the run', async () => {
  expect(await totals({ ...report, numFailedTests: 2 }, '1')).toEqual({ last: '5 passed, 2 failed', code: 1 });
});

test('a test file that cannot be loaded is a failure', async () => {
  const unloaded = { status: 'failed', assertionResults: [], name: 'b.test.ts' };
  expect(await totals({ ...report, testResults: [passing, unloaded] }, '1')).toEqual({
    last: '5 passed, 1 failed',
    code: 1,
  });
});

test('no tests, no report, and an end without a failed test are failures', async () => {
  const none = { ...report, numPassedTests: 0, testResults: [] };
  expect(await totals(none, '0')).toEqual({ last: '2 passed, 1 failed', code: 1 });
  expect(await totals(undefined, '1')).toEqual({ last: '2 passed, 1 failed', code: 1 });
  expect(await totals(report, '1')).toEqual({ last: '5 passed, 1 failed', code: 1 });
});
