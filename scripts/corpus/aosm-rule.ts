import { matchLikeAzAosm } from '../../src/discovery/az-aosm/az-aosm-rule.ts';

/**
 * What `az aosm` finds, for comparison only. It drops what stands before the slash; that is put back here, so that the
 * answer can be compared with whole references.
 */
export function imagesByAosmRule(rendered: string): readonly string[] {
  const readings = matchLikeAzAosm(rendered).flatMap(({ reading }) => reading ?? []);
  return [...new Set(readings.map(({ dropped, name, tag }) => `${dropped}/${name}:${tag}`))];
}
