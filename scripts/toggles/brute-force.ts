/** The images that the switches of a chart bring, each set alone: what the search must find in few renderings. */
import { availableParallelism } from 'node:os';
import { createConcurrencyLimit } from '../../src/core/concurrency-limit.ts';
import type { Rendering } from '../../src/helm/cli/rendering.ts';
import type { RenderContext } from '../../src/values/provenance/render-with.ts';
import { Budget, CachedRenderer } from '../../src/values/toggles/render-attempts.ts';
import { listToggles } from '../../src/values/toggles/search-toggles.ts';
import { formatToggles } from '../../src/values/toggles/toggle.ts';

/** A chart with more is rendered too often for this. */
const mostSwitches = 40;

export interface BruteForce {
  readonly switches: number;
  /** Images that no `known` has, each with the switches that bring it alone. */
  readonly images: ReadonlyMap<string, readonly string[]>;
}

/** Undefined for a chart with too many switches. */
export async function bruteForce(
  rendering: Rendering,
  known: ReadonlySet<string>,
  tools: RenderContext,
): Promise<BruteForce | undefined> {
  const toggles = await listToggles(rendering, tools.access);
  if (toggles.length > mostSwitches) return undefined;
  const limit = createConcurrencyLimit(availableParallelism());
  const renderer = new CachedRenderer(rendering, tools, limit, new Budget(toggles.length));
  const images = new Map<string, string[]>();
  for (const attempt of await renderer.attemptAll(toggles.map((toggle) => [toggle]))) {
    if (!attempt?.ok) continue;
    for (const image of attempt.images) {
      if (!known.has(image)) images.set(image, [...(images.get(image) ?? []), formatToggles(attempt.toggles)]);
    }
  }
  return { switches: toggles.length, images };
}
