/**
 * Runs the tests that need neither the tools of `.tools/` nor the bundle. Which ones those are follows from their
 * imports, so no list has to be kept.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Modules that start a tool, the bundle, or a host from the sources. */
const slow = ['scripts/tools.ts', 'test/support/host-run.ts', 'test/hosts/host-fixtures.ts'].map((path) =>
  join(root, path),
);

/** Folders whose tests start compilers, scripts or whole runs by themselves. */
const slowFolders = ['architecture', 'end-to-end', 'scripts', 'azure'];

const seen = new Map<string, ReadonlySet<string>>();

/** The files that a file imports, directly or not. */
function importsOf(file: string): ReadonlySet<string> {
  const known = seen.get(file);
  if (known !== undefined) return known;
  const found = new Set<string>();
  seen.set(file, found);
  if (!existsSync(file)) return found;
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+\.ts)'/g)) {
    const target = join(dirname(file), path);
    found.add(target);
    for (const further of importsOf(target)) found.add(further);
  }
  return found;
}

/** Paths of the unit tests from the root of the repository, sorted. */
export function unitTests(): readonly string[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !slowFolders.some((folder) => path.startsWith(folder)))
    .map((path) => join(root, 'test', path))
    .filter((file) => {
      const all = importsOf(file);
      return !slow.some((module) => all.has(module)) && !/\bbundle\b/.test(readFileSync(file, 'utf8'));
    });
  return files.map((file) => relative(root, file).replaceAll('\\', '/')).sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  // A process for each of two hundred small files would take a third of the time. `npm test` has one for each.
  const args = [vitest, 'run', '--no-isolate', ...unitTests(), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
