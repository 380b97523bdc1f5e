/**
 * The long form of test/mirror/copy/soak.test.ts: 2,000 copies with random faults, each checked.
 *
 *   npm run soak -- --runs 2000 --seed 1
 */
import { parseArgs } from 'node:util';
import { startSoak } from '../test/support/soak.ts';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
/** Copies at once. */
const parallel = 4;
const [first, runs] = [Number(options.seed), Number(options.runs)];
const soak = await startSoak();
let wrong = 0;
let slowest = 0;
try {
  for (let seed = first; seed < first + runs; seed += parallel) {
    const batch = Array.from({ length: Math.min(parallel, first + runs - seed) }, (_, at) => seed + at);
    await Promise.all(batch.map(runOne));
    if ((seed - first) % 100 === 0) console.log(`${seed - first} of ${runs} runs`);
  }
} finally {
  await soak.stop();
}
console.log(`${runs} runs from seed ${first} on: ${wrong} wrong, the slowest took ${(slowest / 1000).toFixed(1)} s`);
process.exitCode = wrong === 0 ? 0 : 1;

async function runOne(seed: number): Promise<void> {
  const began = performance.now();
  const faults = await soak.run(seed);
  slowest = Math.max(slowest, performance.now() - began);
  if (faults.length === 0) return;
  wrong += 1;
  console.error(`seed ${seed}: ${faults.join('; ')}`);
}
