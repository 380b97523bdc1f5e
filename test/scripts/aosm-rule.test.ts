import { expect, it } from 'vitest';
import { imagesByAosmRule } from '../../scripts/corpus/aosm-rule.ts';

it('the rule of az aosm takes what stands around the first slash of a line with "image:"', () => {
  expect(imagesByAosmRule('  image: "r.example.com/team/app:1.0"\n')).toEqual(['r.example.com/team/app:1.0']);
  expect(imagesByAosmRule('  - image: repository/release/app:1.0\n')).toEqual(['repository/release/app:1.0']);
});

it('the rule of az aosm loses short names, names without a tag, and single quotes', () => {
  expect(imagesByAosmRule('image: nginx:1.25\nimage: team/app\n')).toEqual([]);
  expect(imagesByAosmRule("image: 'r.example.com/app:1'\n")).toEqual(["'r.example.com/app:1'"]);
});

it('the rule of az aosm believes comments', () => {
  expect(imagesByAosmRule('# image: r.example.com/old:1\n')).toEqual(['r.example.com/old:1']);
});
