/** What an artifact manifest lists of a run, and what it makes of an image that it does not list. */
import { expect, test } from 'vitest';
import {
  artifactsOf,
  checkAgainstManifest,
  missingArtifacts,
  newVersionAdvice,
} from '../../../src/mirror/destination/artifacts.ts';
import { makeImage } from '../../support/images.ts';
import { planOf } from '../../support/planned.ts';
import { chartNamed } from './charts-in-memory.ts';

const image = await makeImage();

const request = {
  publisher: 'contoso',
  resourceGroup: undefined,
  store: 'store',
  manifest: 'nf-acr-manifest-1',
  versionLocation: { file: 'cnf-input.jsonc', line: 8, column: 1 },
  storeLocation: undefined,
};

function copies(...targets: readonly string[]) {
  return planOf(...targets.map((to) => ({ image, from: `s.io/${to}`, to: `t.io/${to}` })));
}

test('a new manifest lists each chart and each image once, by repository and tag as az aosm does', () => {
  const plan = copies('team/a:1', 'team/a:1', 'team/b:2', 'team/a:2');
  expect(artifactsOf([chartNamed('web', '1.0.0')], plan)).toEqual([
    { name: 'web', version: '1.0.0' },
    { name: 'team/a', version: '1' },
    { name: 'team/b', version: '2' },
    { name: 'team/a', version: '2' },
  ]);
});

test('an image that is a conflict is not promised by a new manifest', () => {
  const conflict = { action: 'conflict', reason: 'other content' } as const;
  const plan = planOf(
    { image, from: 's.io/a:1', to: 't.io/a:1', step: conflict },
    { image, from: 's.io/b:1', to: 't.io/b:1', step: { action: 'exists' } },
  );
  expect(artifactsOf([], plan)).toEqual([{ name: 'b', version: '1' }]);
});

test('an artifact of the same name and another version is missing', () => {
  const manifest = { name: 'm', artifacts: [{ name: 'a', version: '1' }] };
  const wanted = [
    { name: 'a', version: '1' },
    { name: 'a', version: '2' },
    { name: 'b', version: '1' },
  ];
  expect(missingArtifacts(manifest, wanted)).toEqual(wanted.slice(1));
});

test('an image that the manifest does not list is a conflict with the way out, and the others stay as planned', () => {
  const manifest = { name: 'm', artifacts: [{ name: 'a', version: '1' }] };
  const plan = copies('a:1', 'b:1');
  const checked = checkAgainstManifest(plan, manifest, request);
  const advice = 'Increase "version" in cnf-input.jsonc: an artifact manifest cannot be changed after it is created.';
  expect(checked.copies).toEqual([
    plan.copies[0],
    {
      ...plan.copies[1],
      step: { action: 'conflict', reason: 'the artifact manifest m exists and does not list b:1', advice },
    },
  ]);
  expect(checked.findings).toMatchObject([{ code: 'conflict', image: 's.io/b:1', advice }]);
});

test('the advice to increase the version names a file only where one sets it', () => {
  expect(newVersionAdvice({ ...request, versionLocation: undefined })).toMatch(/^Increase "version": an artifact/);
});
