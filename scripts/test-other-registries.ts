/**
 * Runs the tests of copying against registries of others, as source and as target: Debian's distribution 2.8
 * (`apt-get install docker-registry`) and the registry in crane. Those that are not on this machine are told.
 *
 *   npm run peers [-- <file of test/mirror/copy>...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideTool, toolPath } from './tools.ts';

const root = join(fileURLToPath(import.meta.url), '..', '..');
provideTool('registry');
provideTool('crane');

const peers = [
  { name: 'CNCF distribution 3.0', program: toolPath('registry') },
  { name: 'Debian distribution 2.8', program: '/usr/bin/docker-registry' },
  { name: 'crane registry', program: toolPath('crane') },
] as const;

/** Copies of the soak. `npm test` has 200. */
const soakRuns = '40';

/** Milliseconds for a test. Other registries are slower than the one that the tests are made for. */
const patience = 900_000;

const given = process.argv.slice(2);
const files =
  given.length > 0 ? given : ['real-registries', 'attachments', 'refused-attachments', 'fault-injection', 'soak'];

const tests = files.map((file) => join('test', 'mirror', 'copy', `${file}.test.ts`));
const unknown = tests.filter((test) => !existsSync(join(root, test)));
if (unknown.length > 0) throw new Error(`these tests do not exist: ${unknown.join(', ')}`);

interface Outcome {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

let failed = false;
for (const { name, program } of peers) {
  if (spawnSync(program, ['--help']).error !== undefined) {
    console.log(`${name.padEnd(26)} is not on this machine (${program})`);
    continue;
  }
  const report = join(tmpdir(), `peers-${process.pid}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  spawnSync(
    process.execPath,
    [vitest, 'run', ...tests, `--testTimeout=${patience}`, '--reporter=json', `--outputFile=${report}`],
    {
      cwd: root,
      env: { ...process.env, REGISTRY_PROGRAM: program, SOAK_RUNS: soakRuns },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  // Vitest's own report, of which this is a part.
  const outcome = JSON.parse(readFileSync(report, 'utf8')) as Outcome;
  console.log(`${name.padEnd(26)} ${outcome.numPassedTests} passed, ${outcome.numFailedTests} failed`);
  for (const test of outcome.testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (test.status !== 'failed') continue;
    console.log(`  failed: ${test.fullName}\n    ${test.failureMessages[0]?.split('\n')[0] ?? ''}`);
  }
  failed ||= outcome.numFailedTests > 0 || outcome.numPassedTests === 0;
}
process.exitCode = failed ? 1 : 0;
