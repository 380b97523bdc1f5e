import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { RenderContext } from '../provenance/render-with.ts';
import { effectiveValues } from '../tree/effective-values.ts';
import { scalarsOf } from '../tree/value-tree.ts';
import { readConditions } from './chart-conditions.ts';
import { allDependencyConditions } from './dependency-conditions.ts';
import { findToggles } from './find-toggles.ts';
import { ImageValues } from './rank-toggles.ts';
import type { Budget } from './render-attempts.ts';
import { CachedRenderer, type RenderAttempt } from './render-attempts.ts';
import { TemplateHints } from './template-hints.ts';
import { type Toggle, togglePathKey } from './toggle.ts';
import { type OptionalImageResults, ToggleSearch } from './toggle-search.ts';
import { toToggledRendering } from './toggled-rendering.ts';

/**
 * Toggles are one helm argument, and Windows limits a command line to 32,767 characters. The largest charts have 300.
 */
const maximumToggles = 400;
/** A chart with more toggles uses its renderings for those that templates show to lead to images. */
const smallChart = 40;
/** Maximum of texts that templates compare one value with. */
const choicesOfOneValue = 3;

export interface ToggleSearchResult extends OptionalImageResults {
  /** Untried toggles of kind `on`, and untried others that may affect an image. */
  readonly untried: readonly Toggle[];
  /** Number of toggles of the chart. */
  readonly toggles: number;
}

export interface ToggleSearchOptions {
  readonly tools: RenderContext;
  readonly limit: ConcurrencyLimit;
  readonly budget: Budget;
}

/** The toggles of a chart and value set, in the order of the values. */
export async function listToggles(rendering: Rendering, access: RenderContext['access']): Promise<readonly Toggle[]> {
  const { root, chart } = await effectiveValues(rendering, access);
  return chart === undefined ? [] : findToggles(root, (await readConditions(chart)).conditions);
}

/** Searches the toggles of one chart and value set for images that are not `known`. Errors: `cancelled`. */
export async function searchToggles(
  rendering: Rendering,
  known: ReadonlySet<string>,
  { tools, limit, budget }: ToggleSearchOptions,
): Promise<ToggleSearchResult> {
  const { root, chart } = await effectiveValues(rendering, tools.access);
  if (chart === undefined) return { minimalSets: [], open: [], alternativesUnknown: false, untried: [], toggles: 0 };
  const chartConditions = await readConditions(chart);
  const values = new ImageValues(scalarsOf(root));
  // First the conditions of subcharts, and toggles next to an image.
  const dependencyKeys = new Set((await allDependencyConditions(chart)).map(pathKeyOf));
  const isLikelyToggle = (each: Toggle) =>
    dependencyKeys.has(togglePathKey(each)) || values.hasImage(each.keys.slice(0, -1));
  const isPromising = (each: Toggle) =>
    isLikelyToggle(each) || chartConditions.leadingToImages.has(togglePathKey(each));
  const all = findToggles(root, chartConditions.conditions);
  const toggles = all.slice(0, maximumToggles);
  const isSmall = all.length <= smallChart;
  const renderer = new CachedRenderer(rendering, tools, limit, budget);
  const hints = new TemplateHints(chart, chartConditions.namedTemplates);
  const base = await toToggledRendering(rendering, [], tools.access.signal);
  const search = new ToggleSearch({ renderer, hints, values, base, known, isPromising });
  const on = toggles.filter(({ kind }) => kind === 'on');
  const likely = on.filter(isLikelyToggle);
  const promising = on.filter((each) => isPromising(each) && !likely.includes(each));
  await search.tryEnabling([likely, promising, on.filter((each) => !isPromising(each))]);
  const others = toggles.filter(({ kind }) => kind !== 'on');
  for (const layer of replacingLayers(others.filter(isPromising))) await search.tryToggles(layer);
  // Of a small chart, renderings are left over: first for what was refused, then for what no template hints at.
  await search.tryAlone([
    ...likely,
    ...promising,
    ...on.filter((each) => !isPromising(each)),
    ...others.filter(isPromising),
  ]);
  await search.divideHidden();
  await search.tryAlternatives();
  if (isSmall) {
    for (const layer of replacingLayers(others.filter((each) => !isPromising(each)))) await search.tryToggles(layer);
  }
  return { ...search.result(), untried: untriedOf(all, renderer.done, isPromising), toggles: all.length };
}

function pathKeyOf(keys: readonly string[]): string {
  return togglePathKey({ keys });
}

/** Toggles that replace parts of a chart: those that turn something off, then choices. */
function replacingLayers(toggles: readonly Toggle[]): readonly (readonly Toggle[])[] {
  const off = toggles.filter(({ kind }) => kind === 'off');
  const layers = layersOf(toggles.filter(({ kind }) => kind === 'choice'));
  return [off, ...layers].filter((layer) => layer.length > 0);
}

/** Each layer has at most one choice per value. */
function layersOf(choices: readonly Toggle[]): readonly (readonly Toggle[])[] {
  const layers: Toggle[][] = [];
  const depth = new Map<string, number>();
  for (const choice of choices) {
    const id = togglePathKey(choice);
    const at = depth.get(id) ?? 0;
    depth.set(id, at + 1);
    if (at >= choicesOfOneValue) continue;
    const layer = layers[at] ?? [];
    layers[at] = layer;
    layer.push(choice);
  }
  return layers;
}

function untriedOf(
  all: readonly Toggle[],
  attempts: readonly RenderAttempt[],
  isPromising: (each: Toggle) => boolean,
): readonly Toggle[] {
  const tried = new Set(attempts.flatMap((attempt) => (attempt.ok ? attempt.toggles : [])).map(assignment));
  return all.filter((each) => (each.kind === 'on' || isPromising(each)) && !tried.has(assignment(each)));
}

function assignment({ keys, to }: Toggle): string {
  return JSON.stringify([keys, to]);
}
