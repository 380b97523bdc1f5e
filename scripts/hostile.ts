/**
 * `npm run hostile` gives the program what a stranger could write, broken in every way that we know, and counts what
 * came of it. It ends with 1 when anything was that must never be: an error that is not ours, a hang, too much memory,
 * a planted secret in anything shown or sent, a command that a runner would obey, a process that ended by itself.
 *
 * npm run hostile -- --seed 7 --count 100000 --whole 300 npm run hostile -- --seed 7 --kind config --index 4711 one
 * input again npm run hostile -- --seed 7 --kind config --index 4711 --show the input itself, on standard output
 *
 * The same seed gives the same inputs where the same charts are: renderings start from those of `../shared/corpus` too,
 * when it is there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kindsModule, longestInput, type Plan, runCampaign, type Tally } from './hostile/campaign.ts';
import { renderCorpus } from './hostile/corpus.ts';
import type { Kind } from './hostile/kind.ts';
import { renderingsVariable } from './hostile/kinds/renderings.ts';
import { kinds } from './hostile/kinds.ts';
import { randomOf } from './hostile/random.ts';
import { bounds, outcomesTable, totalsTable } from './hostile/tables.ts';
import { runWhole, wholeRuns } from './hostile/whole-runs.ts';

const ours: Pick<Plan, 'module' | 'longest' | 'progress'> = {
  module: kindsModule,
  longest: longestInput,
  progress: (line) => console.error(line),
};

export interface CampaignOptions {
  readonly seed: string;
  /** Inputs to modules in all kinds together. */
  readonly count: number;
  /** Runs of the whole bundle. */
  readonly whole: number;
  readonly charts: 'corpus' | 'own';
  /** Milliseconds for one input, where it is not the promise that is tried: a machine may be busy with other work. */
  readonly longest?: number;
  readonly atATime?: number;
  readonly progress?: (line: string) => void;
}

/** All kinds by their shares, then whole runs. */
export async function campaign({
  longest = longestInput,
  atATime = availableParallelism(),
  progress = () => {},
  ...options
}: CampaignOptions): Promise<readonly Tally[]> {
  const { seed, count, whole, charts } = options;
  const env = charts === 'corpus' ? await corpusEnvironment() : {};
  const total = kinds.reduce((sum, { share }) => sum + share, 0);
  const parts = kinds.map((kind) => ({ kind, from: 0, to: Math.ceil((count * kind.share) / total) }));
  const tallies = await runCampaign({ ...ours, longest, progress, kinds: parts, seed, atATime, env });
  return whole === 0 ? tallies : [...tallies, await runWhole({ seed, from: 0, to: whole, longest, atATime })];
}

async function corpusEnvironment(): Promise<Readonly<Record<string, string>>> {
  const folder = await renderCorpus();
  return folder === undefined ? {} : { [renderingsVariable]: folder };
}

async function show(kind: Kind, seed: string, index: number): Promise<void> {
  Object.assign(process.env, await corpusEnvironment());
  const folder = mkdtempSync(join(tmpdir(), 'chart-images-hostile-'));
  const opened = await kind.open(folder);
  process.stdout.write(opened.make(randomOf(`${kind.name}:${seed}:${index}`)).input);
  await opened.close?.();
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      count: { type: 'string', default: '100000' },
      whole: { type: 'string', default: '300' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      kind: { type: 'string' },
      index: { type: 'string' },
      show: { type: 'boolean', default: false },
    },
  });
  const { seed, index } = values;
  const kind = kinds.find(({ name }) => name === values.kind);
  if (values.kind !== undefined && values.kind !== wholeRuns && kind === undefined) {
    throw new Error(`The kinds are ${[...kinds.map(({ name }) => name), wholeRuns].join(', ')}.`);
  }
  if (values.show && kind !== undefined && index !== undefined) return await show(kind, seed, Number(index));
  console.log(`Seed ${seed}. ${bounds}`);
  const [from, to] = index === undefined ? [0, Number(values.count)] : [Number(index), Number(index) + 1];
  const common = { ...ours, seed, atATime: Number(values.jobs) };
  const tallies =
    values.kind === wholeRuns
      ? [await runWhole({ ...common, from, to })]
      : kind !== undefined
        ? await runCampaign({ ...common, kinds: [{ kind, from, to }], env: await corpusEnvironment() })
        : await campaign({ ...common, count: to, whole: Number(values.whole), charts: 'corpus' });
  console.log(`\n${outcomesTable(tallies)}\n\n${totalsTable(tallies)}`);
  const failures = tallies.flatMap((tally) => tally.failures);
  for (const failure of failures.slice(0, 50)) {
    console.log(
      `\n${failure.what}: npm run hostile -- --seed ${seed} --kind ${failure.kind} --index ${failure.index}\n${failure.detail}`,
    );
  }
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
