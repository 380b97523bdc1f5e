import { expect, test } from 'vitest';
import { withoutFailing } from '../../src/app/plan-step.ts';
import { makeImage } from '../support/images.ts';
import { planOf } from '../support/planned.ts';

test('a push copies none of the images that one failing finding affects', async () => {
  const image = await makeImage({ seed: 'plan' });
  const names = ['a', 'b', 'c'];
  const plan = planOf(...names.map((name) => ({ image, from: `s.io/${name}:1`, to: `t.io/${name}:1` })));
  const [a = '', b = '', c = ''] = plan.copies.map((copy) => copy.image.image);
  const finding = { code: 'unknown', severity: 'error', message: '', advice: '' } as const;
  const left = (images: { readonly image?: string; readonly images?: readonly string[] }) =>
    withoutFailing(plan, [{ ...finding, ...images }]).copies.map((copy) => copy.image.image);
  expect(left({ image: a, images: [a, b] })).toEqual([c]);
  expect(left({ image: b })).toEqual([a, c]);
  expect(left({})).toEqual([a, b, c]);
});
