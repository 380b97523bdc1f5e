/**
 * Changes the source in small ways, one at a time, and shows which changes no test notices (docs/contributing/mutation-testing.md):
 * `npm run mutation -- registry`, or `-- src/registry/token.ts` for single files.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { tableOfScores } from './mutation/scores.ts';
import { unitTests } from './mutation/unit-tests.ts';

const workers = Number(process.env['MUTATION_WORKERS'] ?? '1');
const results = 'build/mutation';

const wanted = process.argv.slice(2);
if (wanted.length === 0) {
  console.error('Name folders of src, or files: npm run mutation -- registry src/mirror/share.ts');
  process.exit(2);
}
await mkdir(results, { recursive: true });
for (const name of wanted) {
  const folder = name.replace(/^src\//, '').split('/')[0] ?? name;
  const mutate = existsSync(name) ? name : `src/${folder}/**/*.ts`;
  process.env['MUTATION_TESTS'] = (await unitTests(`test/${folder}`)).join('\n');
  const mutants = await mutantsIn(mutate);
  await writeFile(join(results, `${name.replaceAll('/', '-')}.json`), JSON.stringify(mutants));
  console.log(tableOfScores(name, mutants));
}

/** Stryker takes its settings from here alone, so that there is one place for them. */
async function mutantsIn(mutate: string): Promise<readonly MutantResult[]> {
  const stryker = new Stryker({
    configFile: 'scripts/mutation/stryker.json',
    mutate: [mutate],
    concurrency: workers,
  });
  return await stryker.runMutationTest();
}
