import type { Chart } from '../charts/chart.ts';
import { discover } from '../discovery/discover.ts';
import type { Discovery, ImageUse } from '../discovery/use.ts';
import type { Rendering } from '../helm/rendering.ts';
import { type OriginFinder, printedUses } from './find-origins.ts';
import type { RenderingOrigins } from './origin.ts';
import { type MovingUse, movedReference, type NewName, planOverlay, type StuckUse } from './overlay-plan.ts';
import { pairUses } from './pair-uses.ts';
import { PermittedRenderer } from './permitted-renderer.ts';
import { probeSlots, registrySlots } from './registry-probe.ts';
import { type RenderTools, renderWithFile } from './render-with.ts';
import { formatKeys, keysId } from './value-leaf.ts';
import { type NewText, writeValuesFile } from './values-file.ts';

/** What a value file can do for a chart: move all its images, some, or none. */
export type Movability = 'movable' | 'partly' | 'fixed';

/** The value file that makes one chart take its images from the target, proved by rendering with it. */
export interface ChartOverlay {
  readonly chart: Chart;
  readonly movability: Movability;
  /** YAML; `''` where nothing has to be set, or nothing can be. */
  readonly text: string;
  /** What the file sets, in its order. */
  readonly values: readonly { readonly valuePath: string; readonly text: string }[];
  /** Uses that are not what they should be when the chart is rendered with the file. */
  readonly stuck: readonly StuckUse[];
  /** How often helm was run, the search for origins not counted. */
  readonly renderings: number;
}

/** Where the target has an image; undefined where it is not meant to have it. */
export type TargetOf = (image: string) => NewName | undefined;

/** One value set of the chart, with all that is known of it. */
interface Ground {
  readonly origins: RenderingOrigins;
  readonly moving: readonly MovingUse[];
  readonly permissions: readonly NewText[];
}

interface Proof {
  readonly texts: readonly NewText[];
  readonly file: string;
  readonly stuck: readonly StuckUse[];
}

/**
 * Makes the overlay of one chart from the renderings of all its value sets. The fewest values come first; where the
 * rendering with them is not right in everything, the values that are filled already are tried. Errors: `cancelled`.
 */
export async function overlayFor(
  renderings: readonly [Rendering, ...Rendering[]],
  discovery: Discovery,
  targetOf: TargetOf,
  finder: OriginFinder,
  tools: RenderTools,
): Promise<ChartOverlay> {
  const [{ chart }] = renderings;
  let runs = 0;
  const grounds = await Promise.all(
    renderings.map(async (rendering) => {
      const { ground, renderings: probes } = await survey(rendering, discovery, targetOf, finder, tools);
      runs += probes;
      return ground;
    }),
  );
  let best: Proof | undefined;
  for (const preference of ['fewest', 'filled'] as const) {
    const proof = await prove(grounds, preference, best, tools);
    if (proof === undefined) break;
    runs += grounds.length;
    if (best === undefined || proof.stuck.length < best.stuck.length) best = proof;
    if (best.stuck.length === 0) break;
  }
  const { texts, file, stuck } = best ?? { texts: [], file: '', stuck: [] };
  const uses = grounds.reduce((sum, { moving }) => sum + moving.length, 0);
  return {
    chart,
    movability: stuck.length === 0 ? 'movable' : stuck.length < uses ? 'partly' : 'fixed',
    text: file,
    values: texts.map(({ leaf, text }) => ({ valuePath: formatKeys(leaf.keys), text })),
    stuck,
    renderings: runs,
  };
}

async function survey(
  rendering: Rendering,
  discovery: Discovery,
  targetOf: TargetOf,
  finder: OriginFinder,
  tools: RenderTools,
): Promise<{ readonly ground: Ground; readonly renderings: number }> {
  const origins = await finder.originsOf(rendering, discovery);
  const { values, permissions } = origins;
  const printed = new Set(printedUses(origins.uses.map(({ use }) => use)));
  const renderer = new PermittedRenderer(rendering, values.root, tools, permissions);
  const slots = await probeSlots([...printed], registrySlots(values.root), renderer);
  const moving = origins.uses.flatMap((origin) => {
    const { use } = origin;
    return printed.has(use) ? [{ origin, to: targetOf(use.image), slot: slots.get(use) }] : [];
  });
  return { ground: { origins, moving, permissions: renderer.permissions }, renderings: renderer.renderings };
}

/** Undefined when the plan is the one that was proved before. */
async function prove(
  grounds: readonly Ground[],
  preference: 'fewest' | 'filled',
  before: Proof | undefined,
  tools: RenderTools,
): Promise<Proof | undefined> {
  const plans = grounds.map(({ moving }) => planOverlay(moving, preference));
  const texts = new Map<string, NewText>();
  for (const text of [...plans.flatMap((plan) => plan.texts), ...grounds.flatMap(({ permissions }) => permissions)]) {
    const id = keysId(text.leaf.keys);
    if (!texts.has(id)) texts.set(id, text);
  }
  const [ground] = grounds;
  const file = ground === undefined ? '' : await writeValuesFile(ground.origins.values.root, [...texts.values()]);
  if (file === before?.file) return undefined;
  const reasons = new Map(plans.flatMap(({ stuck }) => stuck).map(({ use, reason }) => [use, reason]));
  const stuck = await Promise.all(grounds.map((each) => stuckWith(file, each, reasons, tools)));
  return { texts: [...texts.values()], file, stuck: stuck.flat() };
}

async function stuckWith(
  file: string,
  { origins, moving }: Ground,
  reasons: ReadonlyMap<ImageUse, string>,
  tools: RenderTools,
): Promise<readonly StuckUse[]> {
  const uses = moving.map(({ origin }) => origin.use);
  const proof = await renderWithFile(origins.rendering, file, tools);
  if (!proof.ok)
    return uses.map((use) => ({ use, reason: `the chart does not render with the values: ${proof.reason}` }));
  const others = printedUses(discover([proof.rendering]).images.flatMap((image) => image.uses));
  const { pairs, further } = pairUses(uses, others);
  const stuck = moving.flatMap(({ origin: { use }, to }) => {
    const image = pairs.get(use)?.image;
    if (to !== undefined && image === movedReference(use.image, to)) return [];
    const seen = image === undefined ? 'it is gone with the values' : `with the values it is ${image}`;
    return [{ use, reason: reasons.get(use) ?? seen }];
  });
  return [...stuck, ...further.map((use) => ({ use, reason: 'it comes only with the values' }))];
}
