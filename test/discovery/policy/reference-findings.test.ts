import { describe, expect, test } from 'vitest';
import { defaultFloatingTags } from '../../../src/discovery/policy/policy.ts';
import { type ReferenceChecks, referenceFindings } from '../../../src/discovery/policy/reference-findings.ts';
import { discovered } from '../../support/discovered.ts';

const checks: ReferenceChecks = {
  floatingTags: defaultFloatingTags,
  placeholders: new Set(),
  registriesAre: 'used as written',
  target: 'registry',
};

function findingsFor(image: string, changes: Partial<ReferenceChecks> = {}) {
  return referenceFindings([discovered(image)], { ...checks, ...changes });
}

describe('a floating tag', () => {
  test.each(['latest', 'main', 'master', 'dev', 'edge', 'nightly', 'stable', '1.2-SNAPSHOT'])('%s warns', (tag) => {
    expect(findingsFor(`r.example/a:${tag}`)).toMatchObject([
      { code: 'floating-tag', severity: 'warning', image: `r.example/a:${tag}`, part: 'tag' },
    ]);
  });

  test('fails a run that copies to an artifact store, also where no tag means latest', () => {
    for (const image of ['r.example/a:latest', 'r.example/a']) {
      const [finding] = findingsFor(image, { target: 'artifact-store' });
      expect(finding).toMatchObject({ code: 'floating-tag', severity: 'error' });
      expect(finding?.message).toContain('the floating tag "latest"');
    }
  });

  test.each([
    'r.example/a:1.2.3',
    'r.example/a:stable-1.2',
    'r.example/a',
    `r.example/a:latest@sha256:${'a'.repeat(64)}`,
  ])('is not %s', (image) => {
    expect(findingsFor(image)).toEqual([]);
  });

  test('is what the configuration lists instead', () => {
    const floatingTags = ['v*-rolling'];
    expect(findingsFor('r.example/a:v1-rolling', { floatingTags })).toMatchObject([{ code: 'floating-tag' }]);
    expect(findingsFor('r.example/a:latest', { floatingTags })).toEqual([]);
  });
});

describe('a placeholder in the place of the registry', () => {
  test.each([
    ['OVERWRITE_ME/release/app:1.0', 'error', 'the placeholder "OVERWRITE_ME", which no value replaced'],
    ['/contosoapp:1.14.2', 'error', 'an empty registry: does the chart need values?'],
    ['ToBeReplaced/app:1.0', 'warning', 'the placeholder "ToBeReplaced"'],
  ])('%s is an %s without an AOSM input file', (image, severity, reason) => {
    const [finding] = findingsFor(image);
    expect(finding).toMatchObject({ code: 'placeholder', severity, image, part: 'registry' });
    expect(finding?.message).toContain(reason);
  });

  test('is what AOSM overwrites with an AOSM input file', () => {
    expect(findingsFor('OVERWRITE_ME/release/app:1.0', { registriesAre: 'overwritten' })).toEqual([]);
  });

  test('is meant where placeholder-registries lists it', () => {
    expect(findingsFor('OVERWRITE_ME/app:1.0', { placeholders: new Set(['OVERWRITE_ME']) })).toEqual([]);
  });
});

test("an object has no prefix of helm's default release name, which no cluster has", () => {
  const image = discovered('r.example/a:latest');
  const named = { ...image, uses: image.uses.map((use) => ({ ...use, name: 'release-name-web' })) };
  expect(referenceFindings([named], checks)[0]?.message).toContain('(Deployment web, spec.');
});
