import { expect, test } from 'vitest';
import type { Progress } from '../../src/core/progress.ts';
import { createRateMeter } from '../../src/hosts/transfer-rate.ts';

function at(done: number, ...names: readonly string[]): Progress {
  const underway = names.map((name) => ({ name, done, total: undefined }));
  return { label: 'images copied', done: 0, total: 1, bytes: { done, total: undefined }, underway };
}

test('a rate is bytes per second over the last seconds, not since the beginning', () => {
  const pace = createRateMeter();
  expect(pace.sample(at(0, 'a'), 0).all).toBeUndefined();
  expect(pace.sample(at(50, 'a'), 100).all).toBeUndefined();
  expect(pace.sample(at(1000, 'a'), 1000).all).toBe(1000);
  for (let second = 2; second <= 20; second += 1) pace.sample(at(1000, 'a'), second * 1000);
  const rates = pace.sample(at(1200, 'a'), 21_000);
  expect([rates.all, rates.of('a')]).toEqual([50, 50]);
});

test('bytes that come again after a broken try are no negative rate', () => {
  const pace = createRateMeter();
  pace.sample(at(1000), 0);
  expect(pace.sample(at(200), 1000).all).toBe(0);
});

test('what is no longer under way has no rate, and begins anew when it comes back', () => {
  const pace = createRateMeter();
  pace.sample(at(0, 'a', 'b'), 0);
  expect(pace.sample(at(500, 'b'), 500).of('a')).toBeUndefined();
  const rates = pace.sample(at(1000, 'a', 'b'), 1000);
  expect([rates.of('a'), rates.of('b')]).toEqual([undefined, 1000]);
});
