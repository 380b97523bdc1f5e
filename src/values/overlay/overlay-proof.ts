import { firstLine } from '../../core/text.ts';
import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { valuesRejectedBySchema } from '../provenance/blamed-values.ts';
import { pairUses } from '../provenance/pair-uses.ts';
import type { RenderingProvenance } from '../provenance/provenance.ts';
import { type RenderContext, renderWithFile } from '../provenance/render-with.ts';
import { templatedUses } from '../provenance/trace-values.ts';
import { formatValuePath, pathKey } from '../tree/scalar-value.ts';
import { type ValueEdit, writeValuesFile } from '../tree/values-file.ts';
import { blameEdits } from './blame-edits.ts';
import { expectedChanges } from './expected-changes.ts';
import { type ExpectedChanges, judgeChange } from './judge-change.ts';
import {
  type FixedUse,
  movedReference,
  type OverlayOptions,
  type OverlayPlan,
  planOverlay,
  type RelocatableUse,
} from './overlay-plan.ts';
import { changesBetween, formatChange, type RenderedChange } from './rendered-changes.ts';

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
  /** Changes to other fields, which are no harm as far as the path shows. */
  readonly sideEffects: readonly RenderedChange[];
  /** Clauses with the reason by ID of a value that must not change. Empty if the overlay is good. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Plans one overlay for all value sets, renders each with it, and compares the whole renderings. Skips a file that was
 * rendered before. Errors: `cancelled`.
 */
export async function verifyOverlay(
  inputs: readonly [OverlayInput, ...OverlayInput[]],
  options: OverlayOptions,
  tools: RenderContext,
  before?: VerifiedOverlay,
): Promise<VerifiedOverlay> {
  const plans = inputs.map(({ moving }) => planOverlay(moving, options));
  const { texts: wanted, conflicts } = firstPerValue(plans);
  const permissions = wanted.length === 0 ? [] : inputs.flatMap((input) => input.permissions);
  const texts = firstPerValue([{ texts: [...wanted, ...permissions], stuck: [] }]).texts;
  const file = await writeValuesFile(inputs[0].origins.values.ofFiles, texts);
  if (before !== undefined && before.file === file) return before;
  const all = inputs.flatMap(({ moving }) => moving);
  const proofs: Proof[] = [];
  for (const [index, input] of inputs.entries()) {
    const reasons = new Map(plans[index]?.stuck.map(({ use, reason }) => [use, reason]));
    proofs.push(
      file === ''
        ? { stuck: fixedUses(input.moving, usesOfBase(input), reasons), sideEffects: [], refused: new Map() }
        : await proveInput(input, { file, texts, reasons, all }, tools),
    );
  }
  return {
    texts,
    file,
    stuck: proofs.flatMap(({ stuck }) => stuck),
    sideEffects: proofs.flatMap(({ sideEffects }) => sideEffects),
    refused: new Map([...proofs.flatMap(({ refused }) => [...refused]), ...conflicts]),
  };
}

type Proof = Pick<VerifiedOverlay, 'stuck' | 'sideEffects' | 'refused'>;

interface OverlayToProve {
  readonly file: string;
  readonly texts: readonly ValueEdit[];
  readonly reasons: ReadonlyMap<ImageUse, string>;
  /** Of all renderings of the chart. */
  readonly all: readonly RelocatableUse[];
}

async function proveInput(input: OverlayInput, overlay: OverlayToProve, tools: RenderContext): Promise<Proof> {
  const { origins, moving } = input;
  const { texts, reasons } = overlay;
  const verified = await renderWithFile(origins.rendering, overlay.file, tools);
  if (!verified.ok) {
    const reason = `the chart does not render with these values: ${firstLine(verified.reason, longestReason)}`;
    const rejected = valuesRejectedBySchema(
      verified.reason,
      texts.map(({ leaf }) => leaf),
    );
    const refused = rejected.map(({ keys }) => {
      return [pathKey(keys), `the schema of the chart rejects another value for ${formatValuePath(keys)}`] as const;
    });
    return {
      stuck: moving.map(({ origin: { use } }) => ({ use, reason })),
      sideEffects: [],
      refused: new Map(refused.length > 0 ? refused : idsOf(texts).map((id) => [id, reason])),
    };
  }
  const { images } = await discoverInTurns([verified.rendering], tools.access.signal);
  const rendered = templatedUses(images.flatMap((image) => image.uses));
  // With toggles, only the images that they add are traced: the others are as without them.
  const isToggled = origins.rendering.withoutToggles !== undefined;
  const settled = settledImages(overlay.all);
  const stuck = fixedUses(moving, rendered, reasons).filter(({ use }) => {
    return !(isToggled && rendered.includes(use) && settled.has(use.image));
  });
  const wrong = misnamedUses(moving, rendered);
  const changes = await newChanges(
    origins.rendering,
    verified.rendering.text,
    expectedChanges(overlay.all, texts),
    tools,
  );
  const harmful = changes.filter(({ verdict }) => verdict === 'harmful');
  const sideEffects = changes.flatMap(({ verdict, change }) => (verdict === 'unexplained' ? [change] : []));
  if (wrong.length === 0 && harmful.length === 0) return { stuck, sideEffects, refused: new Map() };
  const registry = moving.find(({ to }) => to !== undefined)?.to?.registry ?? '';
  const uses = moving.map(({ origin }) => origin.use);
  const blame = await blameEdits(origins, texts, registry, uses, tools);
  const refused = new Map<string, string>();
  const refuse = (ids: readonly string[], reasonFor: (path: string) => string): void => {
    for (const { leaf } of texts) {
      const id = pathKey(leaf.keys);
      if (ids.includes(id) && !refused.has(id)) refused.set(id, reasonFor(formatValuePath(leaf.keys)));
    }
  };
  for (const { change } of harmful) {
    refuse(blame.ofChange(change), (path) => `${path} also sets ${formatChange(change)}`);
  }
  for (const { use, image } of wrong) {
    const blamed = blame.ofUse(use);
    const fills = idsOf(texts.filter(({ leaf }) => blamed.includes(pathKey(leaf.keys))));
    const result = image === undefined ? `remove ${use.image}` : `make ${use.image} ${image}`;
    refuse(fills, (path) => `another value of ${path} would ${result}`);
  }
  return { stuck, sideEffects, refused };
}

/** Values that were empty, which come in front of others, or else all. */
function idsOf(texts: readonly ValueEdit[]): readonly string[] {
  const edits = texts.filter(({ scalar }) => scalar !== 'other');
  const fills = edits.filter(({ leaf }) => leaf.text === '');
  return (fills.length > 0 ? fills : edits).map(({ leaf }) => pathKey(leaf.keys));
}

interface JudgedChange {
  readonly change: RenderedChange;
  readonly verdict: 'harmful' | 'unexplained';
}

/** Without what differs in any two renderings of the chart, such as generated passwords. */
async function newChanges(
  rendering: Rendering,
  text: string,
  expected: ExpectedChanges,
  tools: RenderContext,
): Promise<readonly JudgedChange[]> {
  const judged = changesBetween(rendering.text, text).flatMap((change): readonly JudgedChange[] => {
    const verdict = judgeChange(change, expected);
    return verdict === 'expected' ? [] : [{ change, verdict }];
  });
  if (judged.length === 0) return [];
  const again = await renderWithFile(rendering, '', tools);
  if (!again.ok) return judged;
  const volatile = new Set(changesBetween(rendering.text, again.rendering.text).map(({ id }) => id));
  return judged.filter(({ change }) => !volatile.has(change.id));
}

/** Value sets may need different texts for a value, and one file has only one. */
function firstPerValue(plans: readonly OverlayPlan[]): {
  readonly texts: readonly ValueEdit[];
  readonly conflicts: ReadonlyMap<string, string>;
} {
  const byId = new Map<string, ValueEdit>();
  const conflicts = new Map<string, string>();
  for (const edit of plans.flatMap(({ texts }) => texts)) {
    const { keys } = edit.leaf;
    const known = byId.get(pathKey(keys));
    if (known === undefined) byId.set(pathKey(keys), edit);
    else if (known.text !== edit.text) {
      conflicts.set(pathKey(keys), `another value set needs a different value for ${formatValuePath(keys)}`);
    }
  }
  return { texts: [...byId.values()], conflicts };
}

function usesOfBase({ moving }: OverlayInput): readonly ImageUse[] {
  return moving.map(({ origin }) => origin.use);
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

/** Uses with neither the old name nor that of the target, and uses that are lost. */
function misnamedUses(
  moving: readonly RelocatableUse[],
  rendered: readonly ImageUse[],
): readonly { readonly use: ImageUse; readonly image: string | undefined }[] {
  const { pairs } = pairUses(
    moving.map(({ origin }) => origin.use),
    rendered,
  );
  return moving.flatMap(({ origin: { use }, to }) => {
    const image = pairs.get(use)?.image;
    const isRight = image === use.image || (to !== undefined && image === movedReference(use.image, to));
    return isRight ? [] : [{ use, image }];
  });
}

/** The first line of a helm error has the cause, and charts can print long messages. */
const longestReason = 300;
