import { expect, test } from 'vitest';
import { once } from '../../src/core/once.ts';

test('the work runs on the first call only, and all calls share its result', async () => {
  let runs = 0;
  const get = once(async () => {
    runs += 1;
    return runs;
  });
  expect(get.peek()).toBeUndefined();
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  expect(await get.peek()).toBe(1);
});

test('work that failed is not tried again, and has nothing to close', async () => {
  let runs = 0;
  const get = once(async () => {
    runs += 1;
    throw new Error(`run ${runs}`);
  });
  await expect(get()).rejects.toThrow('run 1');
  await expect(get()).rejects.toThrow('run 1');
  expect(get.peek()).toBeUndefined();
});
