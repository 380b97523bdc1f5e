import { expect, test } from 'vitest';
import { clockSkewAdvice } from '../../../src/core/http/clock-skew.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const answer = (status: number, date?: string) => ({
  status,
  headers: date === undefined ? {} : { date },
  url: new URL('https://registry.example/v2/'),
});

test.each([
  ['Tue, 24 Nov 2026 12:10:00 GMT', "The clock of this machine is 10 minutes behind the server's"],
  ['Tue, 24 Nov 2026 10:00:00 GMT', "The clock of this machine is 120 minutes ahead of the server's"],
])('who is refused at %s is told of his clock', (date, said) => {
  expect(clockSkewAdvice(answer(401, date), now)).toContain(said);
});

test.each([
  ['a clock within the leeway', answer(401, 'Tue, 24 Nov 2026 12:04:00 GMT')],
  ['another refusal', answer(403, 'Tue, 24 Nov 2026 10:00:00 GMT')],
  ['a server without a clock', answer(401)],
  ['a clock that cannot be read', answer(401, 'yesterday')],
])('%s has nothing to do with the clock', (_, refusal) => {
  expect(clockSkewAdvice(refusal, now)).toBeUndefined();
});
