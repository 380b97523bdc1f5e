import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCorpus } from './charts.ts';

export interface Result {
  readonly image: string;
  readonly confidence?: string;
}

const results = fileURLToPath(new URL('../../node_modules/.cache/chart-images/results', import.meta.url));

/** Writes one file for each chart and runs the corpus's own scorer over them; returns what it prints. */
export function score(
  corpus: string,
  name: string,
  found: ReadonlyMap<string, readonly Result[]>,
  flags: readonly string[],
): string {
  const folder = join(results, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [chart, images] of found)
    writeFileSync(join(folder, `${chart}.json`), `${JSON.stringify(images, null, 1)}\n`);
  const own = join(corpus, 'score.mjs');
  const scorer = existsSync(own) ? own : join(openCorpus, 'score.mjs');
  const scored = spawnSync(process.execPath, [scorer, folder, '--corpus', corpus, ...flags], { encoding: 'utf8' });
  if (scored.status !== 0) throw new Error(`the scorer failed: ${scored.stderr}`);
  return scored.stdout;
}

export interface Totals {
  readonly certain: string;
  readonly likely: string;
  readonly embedded: string;
  readonly precision: string;
  readonly wrong: string;
}

/** The figures of the scorer's last line. */
export function totalsOf(printed: string): Totals {
  const last = printed.trimEnd().split('\n').at(-1) ?? '';
  const figure = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(last)?.[1] ?? '?';
  return {
    certain: figure('certain'),
    likely: figure('likely'),
    embedded: figure('embedded'),
    precision: figure('precision'),
    wrong: figure('wrong'),
  };
}
