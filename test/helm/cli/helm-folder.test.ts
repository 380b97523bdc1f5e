import { posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import { helmFolder } from '../../../src/helm/cli/run-helm.ts';

test('helm runs in no folder of the user, and on Windows in none that the run removes', () => {
  expect(helmFolder('/tmp/chart-images-x', posix)).toBe('/tmp/chart-images-x');
  expect(helmFolder('D:\\a\\_temp\\chart-images-x', win32)).toBe('D:\\');
  expect(helmFolder('\\\\server\\share\\temp', win32)).toBe('\\\\server\\share\\');
});
