import { discoverInTurns } from '../discovery/discover-in-turns.ts';
import type { ImageUse } from '../discovery/use.ts';
import type { Candidate } from './candidates.ts';
import { culpritsIn } from './culprits.ts';
import { Marking } from './marking.ts';
import { matchUses } from './match-uses.ts';
import type { PermittedRenderer } from './permitted-renderer.ts';
import type { MarkedOutcome } from './search.ts';

/** Renders a chart with marks in these leaves and reads what they tell of its uses. Errors: `cancelled`. */
export async function renderMarked(
  uses: readonly ImageUse[],
  candidates: readonly Candidate[],
  renderer: PermittedRenderer,
): Promise<MarkedOutcome> {
  const taken = uses.flatMap(({ image, name, path }) => [image, name, path]);
  const marking = new Marking(candidates, taken);
  const rerendering = await renderer.render(marking.texts);
  if (rerendering.ok) {
    const { images } = await discoverInTurns([rerendering.rendering], renderer.signal);
    const marked = images.flatMap((image) => image.uses);
    return { ok: true, uses: matchUses(uses, marked, marking) };
  }
  const leaves = candidates.map(({ leaf }) => leaf);
  return { ok: false, culprits: culpritsIn(rerendering.reason, leaves, marking) };
}
