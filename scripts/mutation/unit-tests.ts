import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Support for tests that starts real programs or the bundle: a mutant in this process does not reach them, and each takes seconds. */
const programs = /support\/(distribution|program|host-run|github-runner|azure-agent|act|unpacked-task)\.ts$/;

/** Tests that put one property through very many inputs: minutes for every mutant. */
const campaigns = /test\/(discovery\/(hostile|properties)|mirror\/(faults|killed))\.test\.ts$/;

/** The test files below a folder that run the product within their own process. */
export async function unitTests(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.ts')).sort();
  const files: string[] = [];
  for (const file of names.map((name) => join(folder, name))) {
    if (!campaigns.test(file) && !(await startsPrograms(file))) files.push(file);
  }
  return files;
}

async function startsPrograms(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8');
  const imports = [...text.matchAll(/ from '(\.[^']+)'/g)].map(([, path = '']) => join(dirname(file), path));
  for (const path of imports) {
    if (programs.test(path)) return true;
    if (path.startsWith('test/') && (await startsPrograms(path))) return true;
  }
  return false;
}
