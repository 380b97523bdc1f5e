import type { Discovery } from '../../discovery/image-use.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { RenderContext } from '../provenance/render-with.ts';
import { RetryingRenderer } from '../provenance/retrying-renderer.ts';
import { templatedUses, type ValueTracer } from '../provenance/trace-values.ts';
import { formatValuePath } from '../tree/scalar-value.ts';
import type { FixedUse, TargetName } from './overlay-plan.ts';
import { type OverlayInput, type VerifiedOverlay, verifyOverlay } from './overlay-proof.ts';
import { probeRegistryValues, registrySlots } from './registry-value-probe.ts';

/** What a value file can do for a chart: move all its images, some, or none of them. */
export type OverlayCoverage = 'movable' | 'partly' | 'fixed' | 'no-images';

/** The value file that makes one chart take its images from the target, proved by rendering with it. */
export interface ChartOverlay {
  readonly chart: Chart;
  readonly movability: OverlayCoverage;
  /** YAML; `''` where nothing has to be set, or nothing can be. */
  readonly text: string;
  /** What the file sets. */
  readonly values: readonly { readonly valuePath: string; readonly text: string }[];
  /** Uses that are not the target's when the chart is rendered with the file. */
  readonly stuck: readonly FixedUse[];
}

/** Where the target has an image; undefined where it is not meant to have it. */
export type TargetLookup = (image: string) => TargetName | undefined;

/** The overlay of every chart, in the order of the renderings. Errors: `cancelled`. */
export async function overlaysFor(
  renderings: readonly Rendering[],
  discovery: Discovery,
  targetOf: TargetLookup,
  finder: ValueTracer,
  tools: RenderContext,
): Promise<readonly ChartOverlay[]> {
  const byChart = new Map<Chart, [Rendering, ...Rendering[]]>();
  for (const rendering of renderings) {
    const known = byChart.get(rendering.chart);
    if (known) known.push(rendering);
    else byChart.set(rendering.chart, [rendering]);
  }
  const overlays: ChartOverlay[] = [];
  for (const ofChart of byChart.values()) {
    overlays.push(await overlayFor(ofChart, discovery, targetOf, finder, tools));
  }
  return overlays;
}

/**
 * The overlay of one chart, for all its value sets together. The fewest values come first; where the renderings with them
 * are not right in everything, the values that are filled already are tried. Errors: `cancelled`.
 */
export async function overlayFor(
  renderings: readonly [Rendering, ...Rendering[]],
  discovery: Discovery,
  targetOf: TargetLookup,
  finder: ValueTracer,
  tools: RenderContext,
): Promise<ChartOverlay> {
  const survey = (rendering: Rendering) => collectInputs(rendering, discovery, targetOf, finder, tools);
  const [first, ...others] = renderings;
  const inputs: [OverlayInput, ...OverlayInput[]] = [await survey(first)];
  for (const other of others) inputs.push(await survey(other));
  const verified = await bestVerified(inputs, tools);
  const uses = inputs.reduce((sum, { moving }) => sum + moving.length, 0);
  return {
    chart: first.chart,
    movability: coverageOf(uses, verified.stuck.length),
    text: verified.file,
    values: verified.texts.map(({ leaf, text }) => ({ valuePath: formatValuePath(leaf.keys), text })),
    stuck: verified.stuck,
  };
}

async function collectInputs(
  rendering: Rendering,
  discovery: Discovery,
  targetOf: TargetLookup,
  finder: ValueTracer,
  tools: RenderContext,
): Promise<OverlayInput> {
  const origins = await finder.originsOf(rendering, discovery);
  const { values, permissions } = origins;
  const printed = new Set(templatedUses(origins.uses.map(({ use }) => use)));
  const renderer = new RetryingRenderer(rendering, values, tools, permissions);
  const slots = await probeRegistryValues([...printed], registrySlots(values.root), renderer);
  const moving = origins.uses.flatMap((origin) => {
    const { use } = origin;
    return printed.has(use) ? [{ origin, to: targetOf(use.image), slot: slots.get(use) }] : [];
  });
  return { origins, moving, permissions: renderer.permissions };
}

async function bestVerified(
  inputs: readonly [OverlayInput, ...OverlayInput[]],
  tools: RenderContext,
): Promise<VerifiedOverlay> {
  const refused = new Set<string>();
  const prove = async (preference: 'fewest' | 'filled', before?: VerifiedOverlay): Promise<VerifiedOverlay> => {
    const verified = await verifyOverlay(inputs, { preference, refused }, tools, before);
    if (verified.refused.length === 0) return verified;
    for (const id of verified.refused) refused.add(id);
    return await verifyOverlay(inputs, { preference, refused }, tools, before);
  };
  const fewest = await prove('fewest');
  if (fewest.stuck.length === 0) return fewest;
  const filled = await prove('filled', fewest);
  return filled.stuck.length < fewest.stuck.length ? filled : fewest;
}

function coverageOf(uses: number, stuck: number): OverlayCoverage {
  if (uses === 0) return stuck === 0 ? 'no-images' : 'fixed';
  if (stuck === 0) return 'movable';
  return stuck < uses ? 'partly' : 'fixed';
}
