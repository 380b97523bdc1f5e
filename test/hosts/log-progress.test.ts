import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Progress } from '../../src/core/progress.ts';
import { logProgress } from '../../src/hosts/log-progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const progress: Progress = { label: 'images copied', done: 3, total: 12, underway: [] };

async function follow(seconds: number, ending: 'well' | 'badly' = 'well') {
  const lines: string[] = [];
  const looks: Progress[] = [];
  let end = () => {};
  const work = new Promise<string>((resolve, reject) => {
    end = () => (ending === 'well' ? resolve('done') : reject(new Error('broken')));
  });
  const followed = logProgress(
    () => progress,
    () => work,
    {
      line: (line) => lines.push(line),
      onPoll: (seen) => looks.push(seen),
    },
  );
  followed.catch(() => {});
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  end();
  const result = await followed.catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(100_000);
  return { lines, looks: looks.length, result };
}

test('short work says nothing between its beginning and its end', async () => {
  expect(await follow(29)).toEqual({ lines: [], looks: 29, result: 'done' });
});

test('long work has a line every half minute, and none when it is over', async () => {
  expect(await follow(95)).toMatchObject({ lines: Array(3).fill('3 of 12 images copied'), looks: 95 });
});

test('failed work logs no more progress, and its error is reported', async () => {
  expect(await follow(35, 'badly')).toMatchObject({ lines: ['3 of 12 images copied'], looks: 35, result: 'broken' });
});
