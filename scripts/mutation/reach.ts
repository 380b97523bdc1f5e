/**
 * Which test files run which sources, and how fast. Measured once for each content of a test file and kept below
 * `build/`, so that the tests of a source are found wherever they lie.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitTest } from './unit-tests.ts';

export interface Reach {
  readonly test: string;
  /** Milliseconds of the test that took longest, as on a machine that does nothing else. */
  readonly longest: number;
  /** Milliseconds before and between the tests: what one test of the file costs beyond itself. */
  readonly setUp: number;
  readonly hasFailed: boolean;
  /** Sources of which the tests ran a function: `src/core/log.ts`. */
  readonly sources: readonly string[];
}

export interface ChosenTests {
  /** Run for each mutant. */
  readonly quick: readonly string[];
  /** Run for mutants that no quick test noticed. */
  readonly slow: readonly string[];
}

/** A test that takes longer than this, with its set-up, isn't run for each mutant. */
const quickMilliseconds = 1000;

/** A test has 15 seconds in a run with mutants, on a machine that may be busy. */
const slowMilliseconds = 5000;

/** The steps of a run use all other folders. */
const wholeRun = /^src\/app\//;

const folder = join('build', 'mutation', 'reach');

export function reachFile(test: string): string {
  return join(folder, `${test.replaceAll('/', '+')}.json`);
}

/** The tests that run a function of one of the sources. */
export function testsOf(
  sources: readonly string[],
  tests: readonly UnitTest[],
  unmeasured: 'measure' | 'leave out',
): ChosenTests {
  const wanted = new Set(sources);
  const possible = tests.filter(({ imports }) => [...imports].some((path) => wanted.has(path) || wholeRun.test(path)));
  if (unmeasured === 'measure') measure(possible.map(({ file }) => file).filter((file) => !isMeasured(file)));
  const measured = possible.filter(({ file }) => existsSync(reachFile(file)));
  return chooseTests(
    sources,
    measured.map((test) => ({ test, reach: readReach(test.file) })),
  );
}

export function chooseTests(
  sources: readonly string[],
  measured: readonly { readonly test: UnitTest; readonly reach: Reach }[],
): ChosenTests {
  const wanted = new Set(sources);
  const usable = measured.filter(({ reach }) => {
    return !reach.hasFailed && reach.longest < slowMilliseconds && reach.sources.some((source) => wanted.has(source));
  });
  const isQuick = ({ reach: { setUp, longest } }: (typeof usable)[number]) => setUp + longest < quickMilliseconds;
  const files = (some: typeof usable) => some.map(({ test }) => test.file);
  return { quick: files(usable.filter(isQuick)), slow: files(usable.filter((one) => !isQuick(one))) };
}

function measure(tests: readonly string[]): void {
  if (tests.length === 0) return;
  console.log(`Measuring what ${tests.length} test files run.`);
  mkdirSync(folder, { recursive: true });
  for (const test of tests) rmSync(reachFile(test), { force: true });
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const environment = {
    ...process.env,
    MUTATION_TESTS: tests.join('\n'),
    MUTATION_REACH: 'record',
    MUTATION_TEST_TIMEOUT: '60000',
  };
  // Its exit code says that a test failed, which each record says too.
  spawnSync(process.execPath, [vitest, 'run', '--config', 'scripts/mutation/vitest.config.ts', '--reporter=dot'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** A test that failed is tried again: a busy machine is often the reason. */
function isMeasured(test: string): boolean {
  const record = statSync(reachFile(test), { throwIfNoEntry: false });
  return record !== undefined && record.mtimeMs > statSync(test).mtimeMs && !readReach(test).hasFailed;
}

function readReach(test: string): Reach {
  // Written by record-reach.ts.
  return JSON.parse(readFileSync(reachFile(test), 'utf8'));
}
