import { expect, test } from 'vitest';
import { createConcurrencyLimit } from '../../src/core/concurrency-limit.ts';

test('work that fails makes room for what waits, in the order it came', async () => {
  const limit = createConcurrencyLimit(1);
  const begun: number[] = [];
  const settled = await Promise.allSettled(
    [1, 2, 3].map((number) =>
      limit(async () => {
        begun.push(number);
        if (number === 1) throw new Error('the first fails');
        return number;
      }),
    ),
  );
  expect(settled.map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(begun).toEqual([1, 2, 3]);
});

test('no more than the bound is under way at once, and nothing is forgotten', async () => {
  const limit = createConcurrencyLimit(3);
  let running = 0;
  let most = 0;
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      limit(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return index;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index));
});
