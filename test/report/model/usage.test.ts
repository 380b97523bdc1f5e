import { expect, test } from 'vitest';
import { formatObject } from '../../../src/report/model/labels.ts';
import { usagesOf } from '../../../src/report/model/usage.ts';
import { formatUses } from '../../../src/resolve/use-text.ts';
import { discovered } from '../../support/discovered.ts';

test("objects are shown without the prefix of helm's default release name, which no cluster has", () => {
  const named = (name: string) => {
    const image = discovered('a:1');
    return { ...image, uses: image.uses.map((use) => ({ ...use, name })) };
  };
  const shown = ['release-name-web', 'release-name', 'web', 'my-release-name-web'].map((name) => {
    const image = named(name);
    return [...usagesOf(image.uses, new Map()).map(formatObject), formatUses(image)];
  });
  expect(shown).toEqual([
    ['Deployment/web', 'demo/templates/app.yaml (Deployment web)'],
    ['Deployment/release-name', 'demo/templates/app.yaml (Deployment release-name)'],
    ['Deployment/web', 'demo/templates/app.yaml (Deployment web)'],
    ['Deployment/my-release-name-web', 'demo/templates/app.yaml (Deployment my-release-name-web)'],
  ]);
  // For programs, the name is as rendered.
  expect(named('release-name-web').uses[0]?.name).toBe('release-name-web');
});
