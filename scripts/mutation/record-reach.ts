/**
 * Set-up of each test file when `reach.ts` measures: writes down which sources' functions the tests ran in this
 * process, and how long they took.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { availableParallelism, loadavg } from 'node:os';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Reach, reachFile } from './reach.ts';

const session = new Session();
let loaded = 0;
let longest = 0;
let inTests = 0;
let began = 0;
let hasFailed = false;

beforeAll(async () => {
  loaded = performance.now();
  session.connect();
  await session.post('Profiler.enable');
  // With counts, each answer begins anew: what the loading of modules ran is left out.
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
});

beforeEach(() => {
  began = performance.now();
});

afterEach(({ task }) => {
  const milliseconds = performance.now() - began;
  inTests += milliseconds;
  longest = Math.max(longest, milliseconds);
  hasFailed ||= task.result?.state === 'fail';
});

afterAll(async () => {
  const setUp = performance.now() - loaded - inTests;
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const test = fromRoot(expect.getState().testPath ?? '');
  const sources = result
    .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
    .map(({ url }) => fromRoot(url.startsWith('file:') ? fileURLToPath(url) : url))
    .filter((path) => path.startsWith('src/'))
    .sort();
  // Others that run on the machine make everything slower.
  const slowness = Math.max(1, (loadavg()[0] ?? 1) / availableParallelism());
  const reach: Reach = {
    test,
    longest: Math.round(longest / slowness),
    setUp: Math.round(setUp / slowness),
    hasFailed,
    sources,
  };
  writeFileSync(reachFile(test), JSON.stringify(reach));
});

function fromRoot(path: string): string {
  return relative(process.cwd(), path).replaceAll(sep, '/');
}
