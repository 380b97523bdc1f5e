/**
 * Changes the source in small ways, one at a time, and shows which changes no test notices (docs/contributing/mutation-testing.md):
 * `npm run mutation -- registry`, or `-- src/registry/token.ts` for a single file.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { isLost, tableOfScores, withSecondLook } from './mutation/scores.ts';
import { unitTests } from './mutation/unit-tests.ts';

const workers = Number(process.env['MUTATION_WORKERS'] ?? '1');
const results = join('build', 'mutation');

const wanted = process.argv.slice(2);
if (wanted.length === 0) {
  console.error('Name folders of src, or files: npm run mutation -- registry src/mirror/share.ts');
  process.exit(2);
}
await mkdir(results, { recursive: true });
for (const name of wanted) {
  const folder = name.replace(/^src\//, '').split('/')[0] ?? name;
  const source = existsSync(name) ? name : `src/${folder}/**/*.ts`;
  const tests = await unitTests(join('test', folder));
  const first = await mutate([source], tests.quick);
  const mutants = withSecondLook(first, await lookAgain(first, [...tests.quick, ...tests.slow]));
  await writeFile(join(results, `${name.replaceAll('/', '-')}.json`), JSON.stringify(mutants));
  console.log(tableOfScores(name, mutants));
}

/** The lines of what no quick test noticed, with the tests that start programs too: for each mutant they would take minutes. */
async function lookAgain(first: readonly MutantResult[], tests: readonly string[]): Promise<readonly MutantResult[]> {
  const ranges = first.filter(isLost).map(({ fileName, location: { start, end } }) => {
    return `${fileName.slice(process.cwd().length + 1)}:${start.line}-${end.line}`;
  });
  return ranges.length === 0 ? [] : await mutate([...new Set(ranges)], tests);
}

async function mutate(sources: readonly string[], tests: readonly string[]): Promise<readonly MutantResult[]> {
  // The processes that run the tests inherit it.
  process.env['MUTATION_TESTS'] = tests.join('\n');
  const settings = { configFile: 'scripts/mutation/stryker.json', mutate: [...sources], concurrency: workers };
  return await new Stryker(settings).runMutationTest();
}
