import { expect, test } from 'vitest';
import { createSingleFlight } from '../../../src/mirror/copy/single-flight.ts';

const later = () => new Promise((resolve) => setImmediate(resolve));

test('what several ask for at once is moved once, and counted for the one that moved it', async () => {
  const once = createSingleFlight();
  let moves = 0;
  const move = async () => {
    moves += 1;
    await later();
    return 7;
  };
  expect(await Promise.all([once('a', move), once('a', move), once('b', move)])).toEqual([7, 0, 7]);
  expect(await once('a', move)).toBe(0);
  expect(moves).toBe(2);
});

test('when one fails, the next in line tries with its own source', async () => {
  const once = createSingleFlight();
  const tried: string[] = [];
  const move = (name: string, outcome: Promise<number>) => async () => {
    tried.push(name);
    await later();
    return outcome;
  };
  const failure = Promise.reject(new Error('gone'));
  failure.catch(() => {});
  const settled = await Promise.allSettled([
    once('a', move('first', failure)),
    once('a', move('second', failure)),
    once('a', move('third', Promise.resolve(5))),
    once('a', move('fourth', Promise.resolve(5))),
  ]);
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual(['failed', 'failed', 5, 0]);
  expect(tried).toEqual(['first', 'second', 'third']);
});
