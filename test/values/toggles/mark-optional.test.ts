import { expect, test } from 'vitest';
import { applyFailOn, type Finding } from '../../../src/core/findings.ts';
import { markOptional } from '../../../src/values/toggles/mark-optional.ts';
import { discovered } from '../../discovery/rendered.ts';

const pods = ['always', 'sometimes'].map(
  (name) =>
    `kind: Pod\napiVersion: v1\nmetadata: { name: ${name} }\nspec: { containers: [{ name: a, image: "r.example/${name}:1" }] }`,
);

function absent(image: string): Finding {
  return { code: 'absent', severity: 'error', message: `${image} is in no source.`, advice: 'Push it.', image };
}

test('a missing image fails the run, and one that only a toggle enables is a warning', () => {
  const { images, findings } = discovered(...pods);
  const discovery = {
    findings,
    images: images.map((image) =>
      image.image.includes('sometimes')
        ? { ...image, uses: image.uses.map((use) => ({ ...use, optionalBy: ['sometimes.enabled=true'] })) }
        : image,
    ),
  };
  const found = [absent('r.example/always:1'), absent('r.example/sometimes:1')];
  const graded = applyFailOn(markOptional(found, discovery), new Map([['absent', 'all']]));
  expect(graded.map(({ severity }) => severity)).toEqual(['error', 'warning']);
});

test('an image that is also used without a toggle is not optional', () => {
  const { images, findings } = discovered(...pods);
  const doubled = images.map((image) => ({
    ...image,
    uses: [...image.uses, ...image.uses.map((use) => ({ ...use, optionalBy: ['x=true'] }))],
  }));
  const graded = applyFailOn(
    markOptional([absent('r.example/always:1')], { images: doubled, findings }),
    new Map([['absent', 'all']]),
  );
  expect(graded.map(({ severity }) => severity)).toEqual(['error']);
});

test('a registry error that hides an image without a toggle fails the run, even if the first image has one', () => {
  const { images, findings } = discovered(...pods);
  const discovery = {
    findings,
    images: images.map((image) =>
      image.image.includes('sometimes')
        ? { ...image, uses: image.uses.map((use) => ({ ...use, optionalBy: ['sometimes.enabled=true'] })) }
        : image,
    ),
  };
  const outage: Finding = { ...absent('r.example/sometimes:1'), code: 'unknown' };
  const hidden = [['r.example/sometimes:1'], ['r.example/sometimes:1', 'r.example/always:1']];
  const graded = applyFailOn(
    markOptional(
      hidden.map((names) => ({ ...outage, images: names })),
      discovery,
    ),
    new Map([['unknown', 'all']]),
  );
  expect(graded.map(({ severity }) => severity)).toEqual(['warning', 'error']);
});
