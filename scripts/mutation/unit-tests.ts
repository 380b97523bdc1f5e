import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Support for tests that runs the bundle or other processes of ours: a mutant in this process does not reach them. */
const elsewhere = /support\/(host-run|github-runner|azure-agent|act|unpacked-task)\.ts$/;

/** Support for tests that starts registries and tools: each test takes seconds. */
const programs = /support\/(distribution|program)\.ts$/;

/** Tests that put one property through very many inputs: minutes for every mutant. */
const campaigns = /test\/(discovery\/(hostile|properties)|mirror\/copy\/(fault-injection|crash-recovery))\.test\.ts$/;

export interface UnitTests {
  readonly quick: readonly string[];
  readonly slow: readonly string[];
}

/** The test files below a folder that run the product within their own process. */
export async function unitTests(folder: string): Promise<UnitTests> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.ts')).sort();
  const quick: string[] = [];
  const slow: string[] = [];
  for (const file of names.map((name) => join(folder, name))) {
    const imports = await importsOf(file);
    if (campaigns.test(file) || imports.some((path) => elsewhere.test(path))) continue;
    (imports.some((path) => programs.test(path)) ? slow : quick).push(file);
  }
  return { quick, slow };
}

/** What a test imports, and what that imports among the tests. */
async function importsOf(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8');
  const own = [...text.matchAll(/ from '(\.[^']+)'/g)].map(([, path = '']) => join(dirname(file), path));
  const below = await Promise.all(own.filter((path) => path.startsWith('test/')).map(importsOf));
  return [...own, ...below.flat()];
}
