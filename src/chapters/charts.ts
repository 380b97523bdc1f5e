import { explainAosm } from '../aosm/explain-aosm.ts';
import { type Base, compareWith } from '../base.ts';
import type { Delta } from '../delta/delta.ts';
import { discoverInTurns } from '../discovery/discover-in-turns.ts';
import type { Discovery } from '../discovery/use.ts';
import type { Finding } from '../findings.ts';
import type { Rendering } from '../helm/rendering.ts';
import { findOptionalImages } from '../options/optional-images.ts';
import { createOriginFinder, type OriginFinder } from '../origins/find-origins.ts';
import type { RenderTools } from '../origins/render-with.ts';
import { applyPolicy } from '../policy/apply-policy.ts';
import { count } from '../report/plain-text.ts';
import { leaveUnresolved } from '../resolution/resolve.ts';
import { type Judge, openJudge } from './judge.ts';
import type { Printed } from './renderings.ts';
import type { Story } from './story.ts';

/** What the charts name. */
export interface Named {
  /** With the users' values as they are. */
  readonly rendered: readonly Rendering[];
  /** With those that bring optional images behind them. */
  readonly renderings: readonly Rendering[];
  readonly discovery: Discovery;
  readonly findings: readonly Finding[];
  readonly base: Base | undefined;
  readonly delta: Delta | undefined;
  readonly tools: RenderTools;
  readonly finder: OriginFinder;
  readonly judge: Judge;
}

/** What the charts name, and what of it the user's rules and the base of a change leave to be told. */
export async function tellCharts(story: Story, { rendered, helm, base }: Printed): Promise<Named> {
  const { settings, rules, outside, host, signal, learn } = story;
  const { log } = host;
  const { helmAccess } = outside;
  const tools: RenderTools = { helm, template: settings.template, access: helmAccess };
  const plain = await discoverInTurns(rendered, signal);
  const optional = settings.optionalImages ? await findOptionalImages(rendered, plain, tools) : undefined;
  const renderings = optional?.renderings ?? rendered;
  const now = new Date();
  const ruled = applyPolicy(optional?.discovery ?? plain, renderings, settings.policy, now);
  const { discovery, ignored } = ruled;
  // Nobody looks for optional images in the base, and az aosm reads what is rendered by default.
  const plainly = applyPolicy(plain, rendered, settings.policy, now);
  const delta = base && compareWith(base, plainly.discovery);

  const finder = createOriginFinder(tools);
  const judge = openJudge(settings, { discovery, renderings, base, finder });
  const findings = [...rules.findings, ...ruled.findings, ...(optional?.findings ?? [])];
  learn({ discovery, ignored, delta, findings: await judge(findings) });
  if (settings.explainAosm) learn({ aosm: explainAosm(rendered, plainly.named) });
  if (!settings.resolve) learn({ resolutions: leaveUnresolved(discovery.images) });
  log.info(`Found ${count(discovery.images.length, 'image')} in the rendered manifests`);
  return { rendered, renderings, discovery, findings, base, delta, tools, finder, judge };
}
