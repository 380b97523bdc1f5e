import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { isConstraint, satisfiesConstraint } from '../../../src/helm/charts/version-constraint.ts';
import { pickVersion } from '../../../src/helm/cli/pick-version.ts';
import { helms } from '../../support/charts.ts';
import { helmSetting } from '../cli/helm-fixtures.ts';

const versions = ['0.0.0', '0.0.3', '0.1.0', '0.9.9', '1.0.0', '1.2.0', '1.2.3', '1.10.0', '2.0.0', '10.4.1'];

const decided = [
  ['*', 'x', '1', '1.x', '1.X.X', '1.*', '1.2', '1.2.x', '=1.2', '1.2.3', 'v1.2.3', '=1.2.3', '0.x', '0'],
  ['^1', '^1.x', '^1.2', '^1.2.1', '^0', '^0.0', '^0.0.x', '^0.0.3', '^0.1', '^0.9.0', '~1', '~1.x', '~1.2', '~1.2.1'],
  ['>=1', '>=1.2', '>= 1.2.1', '<1', '<1.2', '<2.0.0', '>=1.0, <2.0', '>=1.0 <1.2', '^1 || ^2', '~0.1 || 10.x', '9'],
].flat();

describe.each(helms)('a version constraint that is decided without $title', ({ helm }) => {
  it('is one where helm finds a version by it, and a text by which helm finds none is none', async () => {
    const { access } = await helmSetting();
    for (const constraint of [...decided, '!=1.0.0', '=>1', '=<2', '~>1.2', '1.0 - 2.0', '>1 , <3 || ^10', 'v1']) {
      expect([constraint, isConstraint(constraint)]).toEqual([constraint, true]);
    }
    for (const constraint of ['>>1', 'nope', '^', 'not a version', '1.2.3.4', '1..2', '1 - ', '>=1.0 && <2', '||']) {
      expect([constraint, isConstraint(constraint)]).toEqual([constraint, false]);
      expect([constraint, await pickVersion(helm, constraint, versions, access)]).toEqual([constraint, undefined]);
    }
  });

  it('means the same as to helm', async () => {
    const { access } = await helmSetting();
    const picked = await Promise.all(decided.map((constraint) => pickVersion(helm, constraint, versions, access)));
    for (const [index, constraint] of decided.entries()) {
      const fitting = versions.map((version) => satisfiesConstraint(version, constraint));
      expect(fitting, constraint).not.toContain(undefined);
      const [newest] = versions.filter((_, at) => fitting[at]).sort(semver.rcompare);
      expect([constraint, newest]).toEqual([constraint, picked[index]?.replace('v', '')]);
    }
  });
});

it.each([
  ['1.2.3-rc.1', '^1'],
  ['1.2', '^1'],
  ['1.2.3', '>=1.0.0-0'],
  ['1.2.3', '~0.0.0'],
  ['1.2.3', '!=1.0.0'],
  ['1.2.3', '=>1.0'],
  ['1.2.3', '>1.x'],
  ['1.2.3', '1.0 - 2.0'],
  ['1.2.3', ''],
  ['1.2.3', 'latest'],
])(
  'the version %s and the constraint "%s", which libraries read in different ways, are left to helm',
  async (version, constraint) => {
    expect(await satisfiesConstraint(version, constraint)).toBeUndefined();
  },
);
