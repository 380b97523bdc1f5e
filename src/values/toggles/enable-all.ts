import { togglesInError } from './blamed-toggles.ts';
import type { CachedRenderer } from './render-attempts.ts';
import type { TemplateHints } from './template-hints.ts';
import { suffixOf, type Toggle } from './toggle.ts';
import type { ToggledRendering } from './toggled-rendering.ts';

export interface EnableResult {
  /** The largest set that renders. Undefined if none does. */
  readonly combined: ToggledRendering | undefined;
  /** Toggles that fail with this set, as far as known. Likely image toggles first. */
  readonly excluded: readonly Toggle[];
}

/** Failed renderings of one group before the rest of it is excluded. */
const maximumRefusals = 6;

/**
 * Enables as many toggles as possible, group by group. Blamed toggles are excluded. If an error recurs, all toggles
 * with the same suffix are excluded (`ingress.enabled`). If the error names no toggle, the group is divided.
 */
export async function enableAll(
  groups: readonly (readonly Toggle[])[],
  renderer: CachedRenderer,
  hints: TemplateHints,
): Promise<EnableResult> {
  let combined: ToggledRendering | undefined;
  const excluded: Toggle[] = [];
  for (const whole of groups) {
    const parts = whole.length === 0 ? [] : [whole];
    const refused = new Set<string>();
    let refusals = 0;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const wanted = [...(combined?.toggles ?? []), ...part];
      const attempt = refusals < maximumRefusals ? await renderer.attempt(wanted) : undefined;
      if (attempt?.ok) combined = attempt;
      if (attempt === undefined) excluded.push(...part);
      if (attempt === undefined || attempt.ok) continue;
      refusals += 1;
      const suspects = await togglesInError(attempt.reason, part, hints);
      const again = new Set(suspects.map(suffixOf).filter((end) => refused.has(end)));
      const guilty = part.filter((each) => suspects.includes(each) || again.has(suffixOf(each)));
      for (const each of suspects) refused.add(suffixOf(each));
      if (guilty.length > 0) {
        excluded.push(...guilty);
        const innocent = part.filter((each) => !guilty.includes(each));
        if (innocent.length > 0) parts.unshift(innocent);
      } else if (part.length === 1) excluded.push(...part);
      else parts.unshift(...halvesOf(part));
    }
  }
  return { combined, excluded };
}

function halvesOf(toggles: readonly Toggle[]): readonly (readonly Toggle[])[] {
  const middle = Math.ceil(toggles.length / 2);
  return [toggles.slice(0, middle), toggles.slice(middle)];
}
