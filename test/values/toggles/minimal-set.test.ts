import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimalSet } from '../../../src/values/toggles/minimal-set.ts';

/** Answers by `does` and counts the questions. */
function searched<T>(ranked: readonly T[], does: (set: readonly T[]) => boolean) {
  const search = minimalSet(ranked);
  let questions = 0;
  let step = search.next();
  while (!step.done) {
    questions += 1;
    step = search.next(does(step.value));
  }
  return { found: step.value, questions };
}

test('one that is ranked first is found by one question', () => {
  expect(searched([5, 1, 2, 3, 4], (set) => set.includes(5))).toEqual({ found: [5], questions: 1 });
});

test('one that is alone needs no question', () => {
  expect(searched([5], () => true)).toEqual({ found: [5], questions: 0 });
});

test('one of hundreds that is ranked last costs no more than their logarithm', () => {
  const ranked = Array.from({ length: 400 }, (_, index) => index);
  const { found, questions } = searched(ranked, (set) => set.includes(399));
  expect(found).toEqual([399]);
  expect(questions).toBeLessThanOrEqual(5 + 8 + 1);
});

test('whatever is needed is found, and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1 }), fc.nat(1000), (ranked, seed) => {
      const needed = ranked.filter((_, index) => ((seed >> (index % 10)) & 1) === 1).slice(0, 3);
      const wanted = needed.length > 0 ? needed : ranked.slice(0, 1);
      const { found } = searched(ranked, (set) => wanted.every((each) => set.includes(each)));
      expect([...found].sort()).toEqual([...wanted].sort());
    }),
  );
});
