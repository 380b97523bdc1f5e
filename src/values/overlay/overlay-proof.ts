import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { valuesRejectedBySchema } from '../provenance/blamed-values.ts';
import { pairUses } from '../provenance/pair-uses.ts';
import type { RenderingProvenance } from '../provenance/provenance.ts';
import { type RenderContext, renderWithFile } from '../provenance/render-with.ts';
import { templatedUses } from '../provenance/trace-values.ts';
import { pathKey } from '../tree/scalar-value.ts';
import { type ValueEdit, writeValuesFile } from '../tree/values-file.ts';
import {
  type FixedUse,
  movedReference,
  type OverlayOptions,
  planOverlay,
  type RelocatableUse,
} from './overlay-plan.ts';

/** A value set of a chart with its provenance. */
export interface OverlayInput {
  readonly origins: RenderingProvenance;
  readonly moving: readonly RelocatableUse[];
  readonly permissions: readonly ValueEdit[];
}

/** An overlay with the result of rendering with it. */
export interface VerifiedOverlay {
  readonly texts: readonly ValueEdit[];
  /** Content of the values file, empty without edits. */
  readonly file: string;
  readonly stuck: readonly FixedUse[];
  /** IDs of values that the schema of the chart rejected. */
  readonly refused: readonly string[];
}

/**
 * Plans one overlay for all value sets and renders each with it. Skips a file that was rendered before. Errors:
 * `cancelled`.
 */
export async function verifyOverlay(
  inputs: readonly [OverlayInput, ...OverlayInput[]],
  ways: OverlayOptions,
  tools: RenderContext,
  before?: VerifiedOverlay,
): Promise<VerifiedOverlay> {
  const plans = inputs.map(({ moving }) => planOverlay(moving, ways));
  const wanted = plans.flatMap((plan) => plan.texts);
  const permissions = wanted.length === 0 ? [] : inputs.flatMap((input) => input.permissions);
  const texts = firstPerValue([...wanted, ...permissions]);
  const file = await writeValuesFile(inputs[0].origins.values.ofFiles, texts);
  if (before !== undefined && before.file === file) return before;
  const reasons = new Map(plans.flatMap(({ stuck }) => stuck).map(({ use, reason }) => [use, reason]));
  const settled = settledImages(inputs.flatMap(({ moving }) => moving));
  const stuck: FixedUse[] = [];
  const refused: string[] = [];
  for (const input of inputs) {
    const verified = await renderWithFile(input.origins.rendering, file, tools);
    if (verified.ok) {
      const { images } = await discoverInTurns([verified.rendering], tools.access.signal);
      const uses = images.flatMap((image) => image.uses);
      // With toggles, only the images that they add are traced: the others are as without them.
      const isToggled = input.origins.rendering.withoutToggles !== undefined;
      const rendered = templatedUses(uses);
      const fixed = fixedUses(input.moving, rendered, reasons);
      stuck.push(...fixed.filter(({ use }) => !(isToggled && rendered.includes(use) && settled.has(use.image))));
      continue;
    }
    const reason = `the chart does not render with these values: ${shortened(verified.reason)}`;
    stuck.push(...input.moving.map(({ origin: { use } }) => ({ use, reason })));
    const leaves = texts.map(({ leaf }) => leaf);
    refused.push(...valuesRejectedBySchema(verified.reason, leaves).map(({ keys }) => pathKey(keys)));
  }
  return { texts, file, stuck, refused };
}

/** Value sets may need different texts for a value. The first wins, and rendering reports the others. */
function firstPerValue(texts: readonly ValueEdit[]): readonly ValueEdit[] {
  const byId = new Map<string, ValueEdit>();
  for (const text of texts) {
    const id = pathKey(text.leaf.keys);
    if (!byId.has(id)) byId.set(id, text);
  }
  return [...byId.values()];
}

/** Images that a rendering of the chart has with the overlay: at their target, or without one. */
function settledImages(moving: readonly RelocatableUse[]): ReadonlySet<string> {
  return new Set(
    moving.map(({ origin: { use }, to }) => (to === undefined ? use.image : movedReference(use.image, to))),
  );
}

/** All uses must be in the target, and none may be new. */
function fixedUses(
  moving: readonly RelocatableUse[],
  rendered: readonly ImageUse[],
  reasons: ReadonlyMap<ImageUse, string>,
): readonly FixedUse[] {
  const uses = moving.map(({ origin }) => origin.use);
  const { pairs, further } = pairUses(uses, rendered);
  const stuck = moving.flatMap(({ origin: { use }, to }) => {
    const image = pairs.get(use)?.image;
    if (to !== undefined && image === movedReference(use.image, to)) return [];
    const seen = image === undefined ? 'it is missing with these values' : `with these values it is ${image}`;
    return [{ use, reason: reasons.get(use) ?? seen }];
  });
  return [...stuck, ...further.map((use) => ({ use, reason: 'it appears only with these values' }))];
}

/** The first line of a helm error has the cause, and charts can print long messages. */
const longestReason = 300;

function shortened(reason: string): string {
  const line = reason.split('\n')[0] ?? '';
  return line.length <= longestReason ? line : `${line.slice(0, longestReason)} …`;
}
