import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { pairUses } from '../provenance/pair-uses.ts';
import type { RenderingProvenance } from '../provenance/provenance.ts';
import type { RenderContext } from '../provenance/render-with.ts';
import { renderWithFile } from '../provenance/render-with.ts';
import { pathKey } from '../tree/scalar-value.ts';
import { serializeForHelm, type ValueEdit } from '../tree/values-file.ts';
import { changesBetween, type RenderedChange } from './rendered-changes.ts';

/** Something that an overlay made wrong, with the edits that may have done it. */
export interface BlamedEdits {
  /** IDs of the values, all if they cannot be distinguished. */
  ofChange(change: RenderedChange): readonly string[];
  ofUse(use: ImageUse): readonly string[];
}

/**
 * Renders the chart once more, with another host in each value, to see which of them reaches where. Errors:
 * `cancelled`.
 */
export async function blameEdits(
  { rendering, values }: RenderingProvenance,
  edits: readonly ValueEdit[],
  registry: string,
  uses: readonly ImageUse[],
  tools: RenderContext,
): Promise<BlamedEdits> {
  const all = edits.filter(({ scalar }) => scalar !== 'other').map(({ leaf }) => pathKey(leaf.keys));
  const probes = edits.map((edit, index) => {
    const probe = `probe${index}x.example`;
    if (edit.scalar === 'other') return edit;
    const text = edit.text.includes(registry) ? edit.text.replaceAll(registry, probe) : `${probe}/${edit.text}`;
    return { ...edit, text };
  });
  const probed = await renderWithFile(rendering, await serializeForHelm(values.ofFiles, probes), tools);
  if (!probed.ok) return { ofChange: () => all, ofUse: () => all };
  const changes = new Map(
    changesBetween(rendering.text, probed.rendering.text).map((change) => [change.id, change.after ?? '']),
  );
  const { images } = await discoverInTurns([probed.rendering], tools.access.signal);
  const { pairs } = pairUses(
    uses,
    images.flatMap((image) => image.uses),
  );
  const found = (text: string): readonly string[] => {
    const ids = [...text.matchAll(/probe(\d+)x/g)].flatMap(([, index]) => {
      const edit = edits[Number(index)];
      return edit === undefined ? [] : [pathKey(edit.leaf.keys)];
    });
    return ids.length === 0 ? all : [...new Set(ids)];
  };
  return {
    ofChange: ({ id }) => found(changes.get(id) ?? ''),
    ofUse: (use) => found(pairs.get(use)?.image ?? ''),
  };
}
