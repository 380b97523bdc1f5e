import { expect, test } from 'vitest';
import { nextDelay, type RetryPolicy, retryAfter } from '../../../src/core/http/retry-policy.ts';

const patience: RetryPolicy = { firstDelay: 100, maximumDelay: 1000, whenThrottled: 10_000, whenFailing: 3000 };
const first = { attempt: 1, elapsed: 0, paused: 0, retryAfter: undefined, pressure: 'failing', random: 1 } as const;

test('pauses double up to the longest one', () => {
  const delays = [1, 2, 3, 4, 5, 6].map((attempt) => nextDelay({ ...first, attempt }, patience));
  expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('up to half of a pause is left to chance', () => {
  expect([0, 0.5, 1].map((random) => nextDelay({ ...first, random }, patience))).toEqual([50, 75, 100]);
});

test('the pause that the server asks for is kept exactly', () => {
  expect(nextDelay({ ...first, retryAfter: 2000, random: 0 }, patience)).toBe(2000);
});

test('a server that asks to come back in no time is given the first pause all the same', () => {
  expect(nextDelay({ ...first, attempt: 5, retryAfter: 0 }, patience)).toBe(100);
});

test('a throttled request is retried for longer than a failed one', () => {
  const late = { ...first, paused: 5000 };
  expect(nextDelay(late, patience)).toBeUndefined();
  expect(nextDelay({ ...late, pressure: 'throttled' }, patience)).toBe(100);
});

test('attempts that take long leave three tries, and more only within the patience for throttling', () => {
  const slow = [1, 2, 3].map((attempt) => nextDelay({ ...first, attempt, elapsed: attempt * 13_000 }, patience));
  expect(slow).toEqual([100, 200, undefined]);
  expect(nextDelay({ ...first, attempt: 3, elapsed: 9000 }, patience)).toBe(400);
});

test('a pause that exceeds the time for retries is not started', () => {
  expect(nextDelay({ ...first, retryAfter: 3001 }, patience)).toBeUndefined();
});

test.each([
  ['120', 120_000],
  [' 7 ', 7000],
  ['Wed, 21 Oct 2015 07:28:30 GMT', 30_000],
  ['Wed, 21 Oct 2015 07:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
])('Retry-After "%s" is read', (text, expected) => {
  const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
  expect(retryAfter({ headers: { 'retry-after': text } }, now)).toBe(expected);
});

test.each(['Wed, 21 Oct 2015 06:28:00 GMT', 'Fri, 21 Oct 2067 07:28:00 GMT'])(
  'a date in Retry-After counts from what the server takes for now, here %s',
  (date) => {
    const later = new Date(Date.parse(date) + 30_000).toUTCString();
    expect(retryAfter({ headers: { date, 'retry-after': later } }, Date.now())).toBe(30_000);
  },
);
