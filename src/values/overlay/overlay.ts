import { sum } from '../../core/sum.ts';
import type { Discovery } from '../../discovery/image-use.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { RenderContext } from '../provenance/render-with.ts';
import { RetryingRenderer } from '../provenance/retrying-renderer.ts';
import { templatedUses, type ValueTracer } from '../provenance/trace-values.ts';
import { formatValuePath, pathKey } from '../tree/scalar-value.ts';
import { isInternal } from '../tree/unset-values.ts';
import { probeEmptyValues } from './empty-value-probe.ts';
import { valuesInGivenLists } from './given-lists.ts';
import { type FixedUse, planOverlay, type RelocatableUse, type TargetName } from './overlay-plan.ts';
import { type OverlayInput, type VerifiedOverlay, verifyOverlay } from './overlay-proof.ts';
import { formatChange } from './rendered-changes.ts';
import { unfollowedStart } from './unfollowed-start.ts';

/** Whether a values file can redirect all images of a chart, some, or none. */
export type OverlayCoverage = 'movable' | 'partly' | 'fixed' | 'no-images';

/** The values file that makes one chart use images of the target, verified by rendering. */
export interface ChartOverlay {
  readonly chart: Chart;
  readonly coverage: OverlayCoverage;
  /** YAML, empty if there is nothing to set. */
  readonly text: string;
  readonly values: readonly { readonly valuePath: string; readonly text: string }[];
  /** Uses that still have another registry with the file. */
  readonly stuck: readonly FixedUse[];
  /** Other fields that the file changes, with the text that they get. */
  readonly sideEffects: readonly SideEffect[];
}

export interface SideEffect {
  /** `data.host of ConfigMap web in shop/templates/map.yaml`. */
  readonly field: string;
  /** Undefined if it is removed or secret. */
  readonly text: string | undefined;
}

/** Name of an image in the target. Undefined if it is not copied. */
export type TargetLookup = (image: string) => TargetName | undefined;

/** Overlays in the order of the renderings. Errors: `cancelled`. */
export async function overlaysFor(
  renderings: readonly Rendering[],
  discovery: Discovery,
  targetOf: TargetLookup,
  finder: ValueTracer,
  tools: RenderContext,
): Promise<readonly ChartOverlay[]> {
  const byChart = new Map<Chart, [Rendering, ...Rendering[]]>();
  for (const rendering of renderings) {
    const { chart } = rendering.withoutToggles ?? rendering;
    const known = byChart.get(chart);
    if (known) known.push(rendering);
    else byChart.set(chart, [rendering]);
  }
  const overlays: ChartOverlay[] = [];
  for (const ofChart of byChart.values()) {
    overlays.push(await overlayFor(ofChart, discovery, targetOf, finder, tools));
  }
  return overlays;
}

/**
 * Overlay of one chart for all its value sets. Tries the fewest values first, then values that are already set.
 * Errors: `cancelled`.
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
  const uses = sum(inputs.map(({ moving }) => moving.length));
  return {
    chart: first.chart,
    coverage: coverageOf(uses, verified.stuck.length),
    text: verified.file,
    values: verified.texts.map(({ leaf, text }) => ({ valuePath: formatValuePath(leaf.keys), text })),
    stuck: verified.stuck,
    sideEffects: verified.sideEffects.map((change) => {
      return { field: formatChange(change), text: change.kind === 'Secret' ? undefined : change.after };
    }),
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
  const direct: RelocatableUse[] = [];
  for (const origin of origins.uses) {
    const { use } = origin;
    if (!printed.has(use)) continue;
    direct.push({
      origin,
      to: targetOf(use.image),
      slot: undefined,
      unfollowed: await unfollowedStart(origin, values.chart),
    });
  }
  const plan = planOverlay(direct, { preference: 'filled', refused: new Map() });
  const stuck = new Set(plan.stuck.map(({ use }) => use));
  const internal = plan.texts.filter(({ leaf }) => isInternal(leaf.keys)).map(({ leaf }) => pathKey(leaf.keys));
  for (const { origin } of direct) {
    const source = origin.segments[0]?.source;
    if (source?.from === 'value' && internal.includes(pathKey(source.leaf.keys))) stuck.add(origin.use);
  }
  if (plan.texts.length <= 1 && stuck.size === 0) return { origins, moving: direct, permissions };
  const renderer = new RetryingRenderer(rendering, values, tools, permissions);
  const slots = await probeEmptyValues([...printed], stuck, values, renderer);
  const moving = direct.map((one) => ({ ...one, slot: slots.get(one.origin.use) }));
  return { origins, moving, permissions: renderer.permissions };
}

/** Each round takes out values that did harm; the last one takes out all. */
const maximumRounds = 6;

async function bestVerified(
  inputs: readonly [OverlayInput, ...OverlayInput[]],
  tools: RenderContext,
): Promise<VerifiedOverlay> {
  const refused = new Map(inputs.flatMap(({ moving, origins }) => valuesInGivenLists(moving, origins.values.ofFiles)));
  const prove = async (preference: 'fewest' | 'filled', before?: VerifiedOverlay): Promise<VerifiedOverlay> => {
    for (let round = 1; ; round += 1) {
      const verified = await verifyOverlay(inputs, { preference, refused }, tools, before);
      if (verified.refused.size === 0) return verified;
      for (const [id, reason] of verified.refused) if (!refused.has(id)) refused.set(id, reason);
      if (round < maximumRounds) continue;
      const [reason = ''] = verified.refused.values();
      for (const { leaf } of verified.texts) refused.set(pathKey(leaf.keys), reason);
    }
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
