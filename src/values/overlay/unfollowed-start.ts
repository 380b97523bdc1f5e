import type { UseProvenance } from '../provenance/provenance.ts';
import { partSpans } from '../provenance/reference-parts.ts';
import type { ChartNode } from '../tree/chart-tree.ts';

/**
 * A clause if the start of a name is neither a value nor the text of a template: of its own chart, or of any other,
 * because templates of one chart can call those of another.
 */
export async function unfollowedStart(
  { use, segments, reason }: UseProvenance,
  chart: ChartNode | undefined,
): Promise<string | undefined> {
  if (segments[0]?.source.from === 'value') return undefined;
  const name = use.image.slice(0, partSpans(use.image).repository?.end);
  const [first = ''] = name.split('/');
  const texts = /[.:]/.test(first) ? [name, first] : [name];
  for (const text of texts) if (await chart?.isWritten(text)) return undefined;
  return ['where its name comes from could not be followed', reason].filter((text) => text !== undefined).join(': ');
}
