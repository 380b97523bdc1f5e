import { afterAll, beforeAll, expect, test } from 'vitest';
import { isWholeMatrix } from '../../support/matrix.ts';
import { type Soak, startSoak } from '../../support/soak.ts';

let soak: Soak;

beforeAll(async () => {
  soak = await startSoak();
});
afterAll(async () => {
  await soak?.stop();
});

/** `npm run test:all` has 200, `npm run soak` 2,000. `SOAK_SEED` repeats one. */
const seeds = process.env['SOAK_SEED'] ?? '';
const first = seeds === '' ? 1 : Number(seeds);
const count = seeds === '' ? Number(process.env['SOAK_RUNS'] ?? (isWholeMatrix ? '200' : '40')) : 1;

test(
  `${count} copies with random throttling, resets, and delays from seed ${first} on end with exact content or an error`,
  async () => {
    for (let seed = first; seed < first + count; seed += 4) {
      const batch = Array.from({ length: Math.min(4, first + count - seed) }, (_, at) => seed + at);
      const faults = await Promise.all(batch.map(async (one) => [one, await soak.run(one)] as const));
      expect(faults.filter(([, wrong]) => wrong.length > 0)).toEqual([]);
    }
  },
  // A run that hangs ends after a minute, with its seed.
  count * 60_000,
);
