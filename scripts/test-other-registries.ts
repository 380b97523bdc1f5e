/**
 * Runs the tests of copying against registries of others, as source and as target: Debian's distribution 2.8
 * (`apt-get install docker-registry`) and the registry in crane. Those that are not on this machine are told.
 *
 *   npm run peers [-- <file of test/mirror>...]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

const given = process.argv.slice(2);
const files = given.length > 0 ? given : ['real-registries', 'attachments', 'faults'];

interface Outcome {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

let failed = false;
for (const { name, program } of peers) {
  if (spawnSync(program, ['--help']).error !== undefined) {
    console.log(`${name.padEnd(26)} is not on this machine (${program})`);
    continue;
  }
  const report = join(tmpdir(), `peers-${process.pid}.json`);
  const tests = files.map((file) => join('test', 'mirror', `${file}.test.ts`));
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  spawnSync(process.execPath, [vitest, 'run', ...tests, '--reporter=json', `--outputFile=${report}`], {
    cwd: root,
    env: { ...process.env, REGISTRY_PROGRAM: program },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // Vitest's own report, of which this is a part.
  const outcome = JSON.parse(readFileSync(report, 'utf8')) as Outcome;
  console.log(`${name.padEnd(26)} ${outcome.numPassedTests} passed, ${outcome.numFailedTests} failed`);
  for (const test of outcome.testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (test.status === 'failed') console.log(`  failed: ${test.fullName}`);
  }
  failed ||= outcome.numFailedTests > 0 || outcome.numPassedTests === 0;
}
process.exitCode = failed ? 1 : 0;
