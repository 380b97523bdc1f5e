/**
 * Adds the tests of vitest's JSON report to the checks of `.ci/run` and prints the totals as the last line.
 * node scripts/ci-totals.ts <report> <exit code of npm test> <checks passed> <checks failed>
 */
import { readFileSync } from 'node:fs';

/** vitest's JSON reporter, as far as it is needed. */
interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const [reportFile = '', ended = '', checksPassed = '', checksFailed = ''] = process.argv.slice(2);
const tests = readTests();
const passed = tests.passed + Number(checksPassed);
const failed = tests.failed + Number(checksFailed);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function readTests(): { readonly passed: number; readonly failed: number } {
  let report: TestReport;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch (error) {
    console.error(`the tests left no report: ${error}`);
    return { passed: 0, failed: 1 };
  }
  if (report.numPendingTests > 0) console.error(`${report.numPendingTests} tests did not run`);
  // A file that cannot even be loaded has no tests that could fail.
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  for (const { name } of unloaded) console.error(`${name} failed outside its tests`);
  const failed = report.numFailedTests + unloaded.length;
  if (report.numPassedTests + failed === 0) {
    console.error('no test ran');
    return { passed: 0, failed: 1 };
  }
  // Ended badly with no test to blame: an unhandled rejection, or the build before the tests.
  return { passed: report.numPassedTests, failed: failed === 0 && ended !== '0' ? 1 : failed };
}
