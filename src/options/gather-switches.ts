import type { Prober } from './probe.ts';
import type { Rendered } from './rendered.ts';
import { suspectsIn } from './suspects.ts';
import { endingOf, type Switch } from './switch.ts';
import type { TemplateHints } from './template-hints.ts';

export interface Gathered {
  /** The largest set that renders, undefined where no part of the switches does. */
  readonly together: Rendered | undefined;
  /** The switches that do not render with it, as far as that was found out; those that more likely bring images first. */
  readonly aside: readonly Switch[];
}

/** Renderings of one group that may fail before the rest of it is set aside. */
const maximumRefusals = 6;

/**
 * Turns as many switches at once as the chart takes, group by group. Where it refuses (values that are required, `fail`, a
 * schema), what it complains of is set aside, and when it does so again everywhere in the chart: `a.ingress.enabled`, then
 * all `ingress.enabled`. Where it does not say what is wrong, the group is divided.
 */
export async function gatherSwitches(
  groups: readonly (readonly Switch[])[],
  prober: Prober,
  hints: TemplateHints,
): Promise<Gathered> {
  let together: Rendered | undefined;
  const aside: Switch[] = [];
  for (const whole of groups) {
    const parts = whole.length === 0 ? [] : [whole];
    const refused = new Set<string>();
    let refusals = 0;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const wanted = [...(together?.switches ?? []), ...part];
      const probe = refusals < maximumRefusals ? await prober.probe(wanted) : undefined;
      if (probe?.ok) together = probe;
      if (probe === undefined) aside.push(...part);
      if (probe === undefined || probe.ok) continue;
      refusals += 1;
      const suspects = await suspectsIn(probe.reason, part, hints);
      const again = new Set(suspects.map(endingOf).filter((end) => refused.has(end)));
      const guilty = part.filter((each) => suspects.includes(each) || again.has(endingOf(each)));
      for (const each of suspects) refused.add(endingOf(each));
      if (guilty.length > 0) {
        aside.push(...guilty);
        const innocent = part.filter((each) => !guilty.includes(each));
        if (innocent.length > 0) parts.unshift(innocent);
      } else if (part.length === 1) aside.push(...part);
      else parts.unshift(...halvesOf(part));
    }
  }
  return { together, aside };
}

function halvesOf(switches: readonly Switch[]): readonly (readonly Switch[])[] {
  const middle = Math.ceil(switches.length / 2);
  return [switches.slice(0, middle), switches.slice(middle)];
}
