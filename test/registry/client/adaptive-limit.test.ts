import { expect, test } from 'vitest';
import { createAdaptiveLimit } from '../../../src/registry/client/adaptive-limit.ts';

/** Work that is under way until it is told to end. */
function pending(limit: ReturnType<typeof createAdaptiveLimit>) {
  const ends: (() => void)[] = [];
  const start = () => limit.run(() => new Promise<void>((resolve) => ends.push(resolve)));
  return { ends, start };
}

const later = () => new Promise((resolve) => setImmediate(resolve));

test('a throttled response halves the parallel requests', async () => {
  let time = 0;
  const limit = createAdaptiveLimit(8, () => time);
  limit.onThrottled();
  expect(limit.allowed()).toBe(4);
  const { ends, start } = pending(limit);
  const all = Array.from({ length: 6 }, start);
  await later();
  expect(ends).toHaveLength(4);
  // Refused together with the first.
  time += 500;
  limit.onThrottled();
  expect(limit.allowed()).toBe(4);
  time += 1000;
  for (let sign = 0; sign < 9; sign += 1) {
    limit.onThrottled();
    time += 1000;
  }
  expect(limit.allowed()).toBe(1);
  while (ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await later();
  }
  await Promise.all(all);
});

test('it is asked more and more again when it takes what it is asked', async () => {
  const limit = createAdaptiveLimit(4, () => 0);
  limit.onThrottled();
  expect(limit.allowed()).toBe(2);
  for (let count = 0; count < 2; count += 1) await limit.run(async () => {});
  expect(limit.allowed()).toBe(3);
  for (let count = 0; count < 20; count += 1) await limit.run(async () => {});
  expect(limit.allowed()).toBe(4);
});

test('work that fails makes room as well', async () => {
  const limit = createAdaptiveLimit(1);
  await expect(limit.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limit.run(async () => 7)).toBe(7);
});
