import { discoverInTurns } from '../../discovery/discover-in-turns.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import { valuesInError } from './blamed-values.ts';
import type { MarkerCandidate } from './marker-candidates.ts';
import { MarkerSet } from './markers.ts';
import { matchUses } from './match-uses.ts';
import type { RetryingRenderer } from './retrying-renderer.ts';
import type { MarkedRender } from './trace-search.ts';

/** Renders a chart with markers and reads them from its uses. Errors: `cancelled`. */
export async function renderMarked(
  uses: readonly ImageUse[],
  candidates: readonly MarkerCandidate[],
  renderer: RetryingRenderer,
): Promise<MarkedRender> {
  const reserved = uses.flatMap(({ image, name, path }) => [image, name, path]);
  const markers = new MarkerSet(candidates, reserved);
  const rerendering = await renderer.render(markers.texts);
  if (rerendering.ok) {
    const { images } = await discoverInTurns([rerendering.rendering], renderer.signal);
    const marked = images.flatMap((image) => image.uses);
    return { ok: true, uses: matchUses(uses, marked, markers) };
  }
  const leaves = candidates.map(({ leaf }) => leaf);
  return { ok: false, blamed: valuesInError(rerendering.reason, leaves, markers) };
}
