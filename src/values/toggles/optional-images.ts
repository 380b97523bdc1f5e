import { availableParallelism } from 'node:os';
import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import type { Finding } from '../../core/findings.ts';
import type { Discovery } from '../../discovery/image-use.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { RenderContext } from '../provenance/render-with.ts';
import { addOptional } from './add-optional.ts';
import type { MinimalSet } from './minimize-toggles.ts';
import { Budget } from './render-attempts.ts';
import { logSearch, type SearchedChart, searchFindings } from './search-findings.ts';
import { searchToggles, type ToggleSearchResult } from './search-toggles.ts';

/**
 * Further renderings of one chart for all its value sets, unless `optional-budget` changes it. A chart with a hundred
 * toggles and eight images needs fifteen. Rejected toggles need the rest.
 */
export const defaultRenderings = 24;

/** Maximum of characters kept for one chart. Only the very largest charts get fewer renderings. */
const maximumRetained = 128 * 1024 * 1024;

/** Helm uses one core. Each chart in progress keeps its renderings in memory. */
const parallelCharts = Math.max(2, availableParallelism());

export interface OptionalImages {
  /** With optional images after the others. */
  readonly discovery: Discovery;
  /** Findings about toggles that were not tried. */
  readonly findings: readonly Finding[];
  /** With renderings of optional images after the others. Their value sets are named after the toggles. */
  readonly renderings: readonly Rendering[];
  readonly searched: readonly SearchedChart[];
}

/**
 * Finds images that appear only if toggles in the values are set, such as `metrics.enabled=true`, by rendering. Sends
 * no requests to registries. Renders each chart at most `maximumRenderings` times. Errors: `cancelled`.
 */
export async function findOptionalImages(
  renderings: readonly Rendering[],
  discovery: Discovery,
  tools: RenderContext,
  maximumRenderings: number,
): Promise<OptionalImages> {
  const limit = createConcurrencyLimit(parallelCharts);
  const chartLimit = createConcurrencyLimit(parallelCharts);
  const named = discovery.images.filter(({ uses }) => uses.some(({ confidence }) => confidence !== 'declared'));
  const known = new Set(named.map(({ image }) => image));
  const charts = new Map<Chart, Rendering[]>();
  for (const rendering of renderings) {
    charts.set(rendering.chart, [...(charts.get(rendering.chart) ?? []), rendering]);
  }
  const exploring = [...charts].map(([chart, ofChart]) =>
    chartLimit(async (): Promise<SearchedChart> => {
      const bound = boundFor(ofChart, maximumRenderings);
      const budget = new Budget(bound);
      const results: ToggleSearchResult[] = [];
      for (const rendering of ofChart) {
        const found = results.flatMap(({ minimalSets }) => minimalSets.map((minimal) => minimal.of));
        results.push(await searchToggles(rendering, new Set([...known, ...found]), { tools, limit, budget }));
      }
      const searched = { chart, results, limit: bound, renderings: bound - budget.left };
      logSearch(searched, tools.access.log);
      return searched;
    }),
  );
  const searched = await Promise.all(exploring);
  const minimalSets = searched.flatMap(({ results }) => results.flatMap(minimalSetsOf));
  const enabled = new Set(minimalSets.map(({ by }) => by.rendering));
  return {
    discovery: addOptional(discovery, minimalSets),
    findings: searched.flatMap(searchFindings),
    renderings: [...renderings, ...enabled],
    searched,
  };
}

function boundFor(renderings: readonly Rendering[], maximumRenderings: number): number {
  const longest = Math.max(1, ...renderings.map(({ text }) => text.length));
  return Math.min(maximumRenderings, Math.floor(maximumRetained / longest));
}

/** An image is reported even if its minimal toggle set is unknown. */
function minimalSetsOf({ minimalSets, open }: ToggleSearchResult): readonly MinimalSet<string>[] {
  return [...minimalSets, ...open];
}
