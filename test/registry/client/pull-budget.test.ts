import { expect, test } from 'vitest';
import { pullBudgetIn } from '../../../src/registry/client/pull-budget.ts';

test("Docker Hub's headers are the limit, what is left of it, and its seconds", () => {
  const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '61;w=21600' };
  expect(pullBudgetIn({ headers })).toEqual({ limit: 100, remaining: 61, window: 21_600 });
});

test.each([
  ['a paid user, who has no limit', {}],
  ['one of them', { 'ratelimit-limit': '100;w=21600' }],
  ['other forms', { 'ratelimit-limit': '100', 'ratelimit-remaining': 'many;w=1' }],
])('no budget is known from headers of %s', (_, headers) => {
  expect(pullBudgetIn({ headers })).toBeUndefined();
});
