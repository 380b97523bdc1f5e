/**
 * Renders charts of the corpus with real helm; renderings are kept, because they only change with helm or the chart.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CorpusChart } from './charts.ts';

/** Not in build/, which every build empties. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/chart-images/corpus', import.meta.url));
const maximumRendering = 256 * 1024 * 1024;

export interface RenderedChart {
  readonly text: string;
  /** What helm took; of a kept rendering, what it took then. */
  readonly milliseconds: number;
  readonly kept: boolean;
}

export async function renderChart(
  folder: string,
  chart: CorpusChart,
  helm: string,
  fresh: 'fresh' | 'kept',
): Promise<RenderedChart> {
  const archive = join(folder, chart.file);
  const key = createHash('sha256')
    .update(readFileSync(archive))
    .update(JSON.stringify([helm, chart.args]))
    .digest('hex');
  const path = join(cache, basename(dirname(helm)), `${chart.chart}-${key.slice(0, 16)}.json`);
  const known = fresh === 'kept' ? readKept(path) : undefined;
  if (known) return { ...known, kept: true };
  const start = performance.now();
  const { stdout } = await promisify(execFile)(helm, ['template', 'rel', archive, ...chart.args], {
    maxBuffer: maximumRendering,
  });
  const rendered = { text: stdout, milliseconds: performance.now() - start };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(rendered));
  return { ...rendered, kept: false };
}

function readKept(path: string): { readonly text: string; readonly milliseconds: number } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { text: string; milliseconds: number }; // Written above.
  } catch {
    return undefined;
  }
}

/** Does the work for each item, as many at a time as said, in order of starting. */
export async function each<T>(items: readonly T[], atATime: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
