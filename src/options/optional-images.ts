import { availableParallelism } from 'node:os';
import type { Chart } from '../charts/chart.ts';
import type { Discovery } from '../discovery/use.ts';
import type { Finding } from '../findings.ts';
import type { Rendering } from '../helm/rendering.ts';
import { createLimit } from '../limit.ts';
import type { RenderTools } from '../origins/render-with.ts';
import { addOptional } from './add-optional.ts';
import { Budget } from './budget.ts';
import { type Exploration, explore } from './explore.ts';
import { type ExploredChart, exploringFindings, tellExplored } from './exploring-findings.ts';
import type { Way } from './find-ways.ts';

/**
 * Renderings of one chart beyond the first, of all its value sets together. A chart with a hundred switches that bring
 * eight images needs some fifteen; a chart that refuses many of them needs the rest.
 */
export const maximumRenderings = 24;

/** Characters of renderings that are held at once for one chart; only the very largest charts get fewer renderings by it. */
const maximumHeld = 128 * 1024 * 1024;

/** Helm keeps one core busy, as in the first round. Each chart that is looked at holds its renderings. */
const atOnce = Math.max(2, availableParallelism());

export interface OptionalImages {
  /** With the optional images behind the others. */
  readonly discovery: Discovery;
  /** What was not explored. */
  readonly findings: readonly Finding[];
  /** With those that name optional images behind the others; their value sets are called by the switches. */
  readonly renderings: readonly Rendering[];
  readonly explored: readonly ExploredChart[];
}

/**
 * Looks for images that appear only when switches in the values of a chart are turned, by rendering it with them:
 * `metrics.enabled=true`. An image that the charts name anyway is not optional. Asks no registry. Errors: `cancelled`.
 */
export async function findOptionalImages(
  renderings: readonly Rendering[],
  discovery: Discovery,
  tools: RenderTools,
): Promise<OptionalImages> {
  const limit = createLimit(atOnce);
  const chartLimit = createLimit(atOnce);
  const named = discovery.images.filter(({ uses }) => uses.some(({ confidence }) => confidence !== 'declared'));
  const known = new Set(named.map(({ image }) => image));
  const charts = new Map<Chart, Rendering[]>();
  for (const rendering of renderings) {
    charts.set(rendering.chart, [...(charts.get(rendering.chart) ?? []), rendering]);
  }
  const exploring = [...charts].map(([chart, ofChart]) =>
    chartLimit(async (): Promise<ExploredChart> => {
      const bound = boundFor(ofChart);
      const budget = new Budget(bound);
      const explorations: Exploration[] = [];
      for (const rendering of ofChart) {
        const found = explorations.flatMap(({ ways }) => ways.map((way) => way.of));
        explorations.push(await explore(rendering, new Set([...known, ...found]), { tools, limit, budget }));
      }
      const explored = { chart, explorations, bound, renderings: bound - budget.left };
      tellExplored(explored, tools.access.log);
      return explored;
    }),
  );
  const explored = await Promise.all(exploring);
  const ways = explored.flatMap(({ explorations }) => explorations.flatMap(waysOf));
  const brought = new Set(ways.map(({ by }) => by.rendering));
  return {
    discovery: addOptional(discovery, ways),
    findings: explored.flatMap(exploringFindings),
    renderings: [...renderings, ...brought],
    explored,
  };
}

function boundFor(renderings: readonly Rendering[]): number {
  const longest = Math.max(1, ...renderings.map(({ text }) => text.length));
  return Math.min(maximumRenderings, Math.floor(maximumHeld / longest));
}

/** An image is told also where it is not known which of several switches it needs. */
function waysOf({ ways, open }: Exploration): readonly Way<string>[] {
  return [...ways, ...open];
}
