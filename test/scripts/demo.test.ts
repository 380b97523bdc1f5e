import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

test('the demo copies the worked example from one embedded registry to another', async () => {
  const run = await runProgram(process.execPath, [join(root, 'scripts', 'demo.ts')]);
  expect(run.code === 0 ? '' : run.output).toBe('');
  expect(run.stdout).toContain('4 of 4 images found, 4 copied');
  expect(run.stdout).toContain('The target registry has all four images, with the digests of the source.');
});
