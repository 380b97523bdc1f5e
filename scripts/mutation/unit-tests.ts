import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Runs the bundle in other processes, which a mutant in this process does not reach. */
const elsewhere = /support\/(host-run|github-runner|azure-agent|act|unpacked-task)\.ts$/;

/** Tests that put one property through very many inputs: minutes for every mutant. */
const campaigns = /test\/(discovery\/(hostile|properties)|mirror\/copy\/(fault-injection|crash-recovery))\.test\.ts$/;

/** Tests of the scripts, of the sources' text, and of the bundle. */
const otherFolders = /^test\/(architecture|end-to-end|scripts)\//;

export interface UnitTest {
  readonly file: string;
  /** The sources that it and its support import, also of types only. */
  readonly imports: ReadonlySet<string>;
}

const seen = new Map<string, ReadonlySet<string>>();

/** The test files below a folder that run the product within their own process. */
export function unitTests(folder: string): readonly UnitTest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts') && !campaigns.test(file) && !otherFolders.test(file))
    .sort()
    .filter((file) => !importsOfFile(file).some((path) => elsewhere.test(path)))
    .map((file) => ({ file, imports: importsOf(file) }));
}

function importsOf(file: string): ReadonlySet<string> {
  const known = seen.get(file);
  if (known !== undefined) return known;
  const found = new Set<string>();
  seen.set(file, found);
  for (const target of importsOfFile(file)) {
    found.add(target);
    // What a source imports says little of what a test of it reaches.
    if (target.startsWith('test/')) for (const further of importsOf(target)) found.add(further);
  }
  return found;
}

function importsOfFile(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const imports = readFileSync(file, 'utf8').matchAll(/(?: from |import\()\s*'(\.[^']+\.ts)'/g);
  return [...imports].map(([, path = '']) => join(dirname(file), path).replaceAll('\\', '/'));
}
