import { togglesInError } from './blamed-toggles.ts';
import type { CachedRenderer } from './render-attempts.ts';
import type { TemplateHints } from './template-hints.ts';
import { suffixOf, type Toggle } from './toggle.ts';
import type { ToggledRendering } from './toggled-rendering.ts';

export interface EnableResult {
  /** The largest set that renders, undefined where no part of the switches does. */
  readonly combined: ToggledRendering | undefined;
  /** The switches that do not render with it, as far as that was found out; those that more likely bring images first. */
  readonly excluded: readonly Toggle[];
}

/** Renderings of one group that may fail before the rest of it is set aside. */
const maximumRefusals = 6;

/**
 * Turns as many switches at once as the chart takes, group by group. Where it refuses (values that are required, `fail`, a
 * schema), what it complains of is set aside, and when it does so again everywhere in the chart: `a.ingress.enabled`, then
 * all `ingress.enabled`. Where it does not say what is wrong, the group is divided.
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
