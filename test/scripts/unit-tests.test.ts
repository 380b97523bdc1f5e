import { expect, test } from 'vitest';
import { unitTests } from '../../scripts/unit-tests.ts';

test('npm run test:unit takes tests without tools, and leaves out those that build or start some', () => {
  const files = unitTests();
  expect(files.length).toBeGreaterThan(100);
  expect(files).toContain('test/core/oci/reference.test.ts');
  expect(files).not.toContain('test/mirror/copy/real-registries.test.ts');
  expect(files).not.toContain('test/helm/cli/render-charts.test.ts');
  expect(files.filter((file) => file.startsWith('test/end-to-end/'))).toEqual([]);
});
