import { expect, test } from 'vitest';
import { formatPullNeed, isWithinBudget, pullNeeds, shortBudgetError } from '../../../src/mirror/plan/pull-needs.ts';
import { makeImage, makeIndex } from '../../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { planOf } from '../../support/planned.ts';

const image = await makeImage();
const index = await makeIndex([image]);
const budget = { limit: 100, remaining: 2, window: 21_600 };
const registries = memoryRegistries(
  { ...memoryRegistry('docker.io'), pullBudget: () => budget },
  memoryRegistry('quay.io'),
);

function needs(...copies: readonly (readonly [from: string, of: typeof image])[]) {
  const plan = planOf(...copies.map(([from, of]) => ({ image: of, from, to: `t.io/${from.split('/')[1]}` })));
  return pullNeeds(plan.copies, registries);
}

test('images of registries without a budget need no pulls, and references of one image need one', () => {
  const found = needs(
    ['docker.io/a:1', image],
    ['docker.io/a:2', image],
    ['docker.io/b:1', image],
    ['quay.io/c:1', image],
  );
  expect(found).toEqual([{ registry: 'docker.io', images: 3, pulls: 2, precision: 'exactly', budget }]);
  expect(found.map(isWithinBudget)).toEqual([true]);
  expect(found.map(formatPullNeed)).toEqual(['docker.io: 2 pulls needed, 2 of 100 left (limit for 6 hours)']);
});

test('an image of several platforms needs at least one pull', () => {
  const [need] = needs(['docker.io/a:1', index], ['docker.io/b:1', image], ['docker.io/c:1', image]);
  expect(need && [isWithinBudget(need), shortBudgetError(need).message]).toEqual([
    false,
    'Cannot copy 3 images from docker.io: at least 3 pulls needed, and 2 of 100 are left within 6 hours.',
  ]);
});
