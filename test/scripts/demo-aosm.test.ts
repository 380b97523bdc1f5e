import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contosoRepositories, contosoTag, makeContosoImage } from '../support/contoso.ts';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

test('the demo for AOSM publishes the worked example into a stand-in artifact store, charts and all', async () => {
  // Somebody's own login and proxy: neither may be used.
  const env = { ...process.env, AZURE_AUTHORITY_HOST: 'https://login.invalid', https_proxy: 'http://127.0.0.1:9' };
  const run = await runProgram(process.execPath, [join(root, 'scripts', 'demo-aosm.ts')], { env });
  expect(run.code === 0 ? '' : run.output).toBe('');
  expect(run.stdout).toContain('4 of 4 images found, 4 copied');
  expect(run.stdout).toContain('The artifact manifest contoso-acr-manifest-1-0-0 lists 5 artifacts');
  expect(run.stdout).toMatch(/^ {2}contoso:1\.0\.0 {2}sha256:/m);
  for (const repository of contosoRepositories) {
    const { digest } = await makeContosoImage(repository);
    expect(run.stdout).toContain(`  ${repository}:${contosoTag}  ${digest}\n`);
  }
  expect(run.stdout).toContain('All of them are there; the images have the digests of the source.');
});
