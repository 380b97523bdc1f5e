/**
 * The worked example from end to end: an embedded registry that holds Contoso's four images, the product's own bundle
 * run on `examples/contoso/cnf-input.jsonc`, and a second, empty registry that afterwards must hold all four.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ContosoRepository,
  contosoExample,
  contosoInput,
  contosoRepositories,
  contosoTag,
  fillWithContoso,
  storeTestApart,
} from '../test/support/contoso.ts';
import { bundle } from '../test/support/root.ts';
import { environmentWithHelm } from './demo-helm.ts';
import { startDemoRegistry } from './demo-registry.ts';

const environment = environmentWithHelm();
const source = await startDemoRegistry();
const target = await startDemoRegistry();
const folder = await mkdtemp(join(tmpdir(), 'chart-images-demo-'));
try {
  await fillWithContoso(source.url, { store: storeTestApart });
  const inputFile = join(folder, 'cnf-input.jsonc');
  await writeFile(inputFile, await contosoInput([source.host, `${source.host}/test`]));
  console.log(`source registry: ${source.host} and ${source.host}/test\ntarget registry: ${target.host}\n`);
  const code = await runBundle('--input-file', inputFile, '--target', target.host, '--push');
  const missing = contosoRepositories.filter((repository) => !isCopied(repository));
  if (missing.length > 0) console.error(`\nThe target registry lacks ${missing.join(', ')}.`);
  else console.log('\nThe target registry has all four images, with the digests of the source.');
  process.exitCode = code === 0 && missing.length === 0 ? 0 : 1;
} finally {
  await Promise.all([source.stop(), target.stop(), rm(folder, { recursive: true, force: true })]);
}

function isCopied(repository: ContosoRepository): boolean {
  return (
    target.storage.tagged().includes(`${repository}:${contosoTag}`) &&
    target.storage.manifest(repository, contosoTag).digest ===
      source.storage.manifest(storeTestApart(repository), contosoTag).digest
  );
}

async function runBundle(...args: readonly string[]): Promise<number | null> {
  // Not spawnSync: the registries live in this process and have to answer meanwhile.
  const child = spawn(process.execPath, [bundle, ...args], { cwd: contosoExample, env: environment, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code;
}
