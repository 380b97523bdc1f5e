import type { DiscoveredImage, Discovery } from '../../discovery/image-use.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { type FirstComponent, undecidedComponent } from '../../resolve/path-rule.ts';
import { withOffsets } from './part-source.ts';
import type { UseProvenance } from './provenance.ts';
import type { ValueTracer } from './trace-values.ts';

/**
 * Returns a function that finds out whether the first component of an image is a placeholder or a namespace, from all
 * renderings that have the image. The function throws only `cancelled`.
 */
export function createFirstTracer(
  renderings: readonly Rendering[],
  discovery: Discovery,
  finder: ValueTracer,
): (image: DiscoveredImage) => Promise<FirstComponent> {
  return async (image) => {
    const first = undecidedComponent(image.reference) ?? '';
    const own = renderings.filter(({ chart, valueSet }) =>
      image.uses.some((use) => use.chartPath === chart.displayPath && use.valueSets.includes(valueSet)),
    );
    const traced = await Promise.all(own.map((rendering) => finder.originsOf(rendering, discovery)));
    const origins = traced.flatMap(({ uses }) => uses.filter(({ use }) => use.image === image.image));
    return combineRoles(origins.map((origin) => firstComponentOf(origin, first)));
  };
}

/** Pure. `first`: the text before the first slash of the reference. */
export function firstComponentOf({ segments, reason, isStartOpen }: UseProvenance, first: string): FirstComponent {
  const [start, ...rest] = withOffsets(segments).filter(({ start }) => start < first.length);
  if (start?.source.from === 'value') {
    const { leaf, valuePath } = start.source;
    const text = leaf.text.toLowerCase();
    const isAlone = rest.length === 0 && (text === first || text === `${first}/`);
    return { role: isAlone ? 'placeholder' : 'namespace', valuePath };
  }
  if (isStartOpen || reason !== undefined) return { role: 'unclear' };
  const value = rest.flatMap(({ source }) => (source.from === 'value' ? [source.valuePath] : []))[0];
  return { role: 'namespace', valuePath: value };
}

/** Uses without evidence do not count against those with it. */
function combineRoles(all: readonly FirstComponent[]): FirstComponent {
  const clear = all.filter(({ role }) => role !== 'unclear');
  const [known] = clear;
  return known !== undefined && clear.every(({ role }) => role === known.role) ? known : { role: 'unclear' };
}
