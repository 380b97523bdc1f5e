/**
 * Changes the source in small ways, one at a time, and shows which changes no test notices
 * (docs/contributing/mutation-testing.md): `npm run mutation -- registry`, or `-- src/registry/client/token.ts
 * src/registry/client/token-credential.ts` for single files. `--quick` leaves out the second look, with the tests that
 * start registries and tools. `--sample 0.2 --seed 7` changes a fifth of the declarations only. `--measured` uses no
 * test of which it isn't known yet what it reaches.
 */
import { glob, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { randomOf } from './hostile/random.ts';
import { type ChosenTests, testsOf } from './mutation/reach.ts';
import { sampleOf } from './mutation/sample.ts';
import { isLost, tableOfScores, withSecondLook } from './mutation/scores.ts';
import { unitTests } from './mutation/unit-tests.ts';

const workers = Number(process.env['MUTATION_WORKERS'] ?? '1');
const results = join('build', 'mutation');

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    measured: { type: 'boolean' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const isQuick = values.quick === true;
const unmeasured = values.measured === true ? 'leave out' : 'measure';
if (wanted.length === 0) {
  console.error('Name folders of src, or files: npm run mutation -- registry src/mirror/plan/shard.ts');
  process.exit(2);
}
await mkdir(results, { recursive: true });
for (const [folder, sources] of byFolder(wanted)) {
  const file = join(results, folder);
  process.env['MUTATION_RESULTS'] = `${file}.jsonl`;
  await rm(`${file}.jsonl`, { force: true });
  const files = await filesOf(sources);
  const mutants = await mutantsOf(await chosen(folder, files), testsOf(files, unitTests('test'), unmeasured));
  await writeFile(`${file}.json`, JSON.stringify(mutants));
  console.log(tableOfScores(folder, mutants));
}

/** The files to change, by the folder of `src` that they lie in. */
function byFolder(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const name of names) {
    const path = name.replace(/^src\//, '');
    const folder = path.split('/')[0] ?? path;
    const source = path.endsWith('.ts') ? `src/${path}` : `src/${folder}/**/*.ts`;
    folders.set(folder, [...(folders.get(folder) ?? []), source]);
  }
  return folders;
}

async function filesOf(sources: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const source of sources) for await (const file of glob(source)) files.push(file.replaceAll('\\', '/'));
  return files.sort();
}

async function chosen(folder: string, files: readonly string[]): Promise<readonly string[]> {
  if (values.sample === undefined) return files;
  const random = randomOf(`${values.seed} ${folder}`);
  return await sampleOf(files, Number(values.sample), () => random.below(2 ** 32) / 2 ** 32);
}

async function mutantsOf(sources: readonly string[], tests: ChosenTests): Promise<readonly MutantResult[]> {
  const first = await mutate(sources, tests.quick);
  return isQuick ? first : withSecondLook(first, await lookAgain(first, [...tests.quick, ...tests.slow]));
}

/** The lines of what no quick test noticed, with the slow tests too: for each mutant they would take minutes. */
async function lookAgain(first: readonly MutantResult[], tests: readonly string[]): Promise<readonly MutantResult[]> {
  const ranges = first.filter(isLost).map(({ fileName, location: { start, end } }) => {
    return `${fileName.slice(process.cwd().length + 1)}:${start.line}-${end.line}`;
  });
  return ranges.length === 0 ? [] : await mutate([...new Set(ranges)], tests);
}

async function mutate(sources: readonly string[], tests: readonly string[]): Promise<readonly MutantResult[]> {
  // The processes that run the tests inherit it.
  process.env['MUTATION_TESTS'] = tests.join('\n');
  const settings = {
    configFile: 'scripts/mutation/stryker.json',
    mutate: [...sources],
    concurrency: workers,
    // It is deleted at the end, also what another run has in it.
    tempDirName: join('build', `stryker-${process.pid}`),
  };
  return await new Stryker(settings).runMutationTest();
}
