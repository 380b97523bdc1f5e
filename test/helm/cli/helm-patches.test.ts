import { expect, test } from 'vitest';
import { missingPatch } from '../../../src/helm/cli/helm-patches.ts';
import { pinnedHelm } from '../../../src/helm/cli/helm-release.ts';

test.each([
  ['3.14.0', '3.14.4'],
  ['3.20.1', '3.20.2'],
  ['4.1.3+g1234567', '4.1.4'],
  ['4.3.0-rc.1', '4.3.2'],
])('helm %s is reported as older than its newest patch %s', (version, patch) => {
  expect(missingPatch(version)).toContain(`is missing the fixes of ${patch} (20`);
});

test.each(['3.14.4', '3.22.0', '4.1.4', '4.4.0', '5.0.0', '4.2'])('helm %s is not reported', (version) => {
  expect(missingPatch(version)).toBeUndefined();
});

test('the release that is fetched by default has the newest patch of its line', () => {
  expect(missingPatch(pinnedHelm)).toBeUndefined();
});
