import { explainAosm } from '../aosm/explain-aosm.ts';
import { type Base, compareWith, discoverBase } from '../base.ts';
import { type LocateDeps, locateCharts } from '../charts/locate-charts.ts';
import type { Delta } from '../delta/delta.ts';
import { discover } from '../discovery/discover.ts';
import type { Discovery } from '../discovery/use.ts';
import type { Finding } from '../findings.ts';
import { pullChart } from '../helm/pull-chart.ts';
import { renderCharts } from '../helm/render-charts.ts';
import type { Rendering } from '../helm/rendering.ts';
import { findOptionalImages } from '../options/optional-images.ts';
import { createOriginFinder, type OriginFinder } from '../origins/find-origins.ts';
import type { RenderTools } from '../origins/render-with.ts';
import { applyPolicy } from '../policy/apply-policy.ts';
import { createCounter } from '../progress.ts';
import { renderedCharts } from '../report/report.ts';
import { type Judge, openJudge } from './judge.ts';
import { counted, type Story } from './story.ts';

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
export async function tellCharts({ settings, outside, host, signal, learn }: Story): Promise<Named> {
  const { log, folders } = host;
  const { helmAccess } = outside;
  const locate: LocateDeps = {
    workFolder: folders.work,
    temporary: folders.temporary,
    pull: async (remote) => pullChart(await outside.helm(), remote, helmAccess),
    log,
    signal,
  };
  const charts = await locateCharts(settings.charts, locate);
  const helm = await outside.helm();
  log.info(`Rendering ${counted(charts.length, 'chart')} with helm ${helm.version}`);
  const renders = charts.reduce((sum, { valueSets }) => sum + valueSets.length, 0);
  const { read, count } = createCounter('renderings made', renders);
  const access = { ...helmAccess, onRendered: count };
  const rendering = host.follow(read, () => renderCharts(helm, charts, settings.template, access));
  const lookingBack = discoverBase(settings, { inputs: host.inputs, locate, helm, helmAccess });
  // What is under way uses what the run closes at its end, so both are waited for whatever becomes of the other.
  await Promise.allSettled([rendering, lookingBack]);
  const rendered = await rendering;
  learn({ charts: renderedCharts(rendered) });

  const tools: RenderTools = { helm, template: settings.template, access: helmAccess };
  const plain = discover(rendered);
  const optional = settings.optionalImages ? await findOptionalImages(rendered, plain, tools) : undefined;
  const renderings = optional?.renderings ?? rendered;
  const now = new Date();
  const ruled = applyPolicy(optional?.discovery ?? plain, renderings, settings.policy, now);
  const { discovery, ignored } = ruled;
  const base = await lookingBack;
  // Nobody looks for optional images in the base, and az aosm reads what is rendered by default.
  const plainly = applyPolicy(plain, rendered, settings.policy, now);
  const delta = base && compareWith(base, plainly.discovery);

  const finder = createOriginFinder(tools);
  const judge = openJudge(settings, { discovery, renderings, base, finder });
  const findings = [...ruled.findings, ...(optional?.findings ?? [])];
  learn({ discovery, ignored, delta, findings: await judge(findings) });
  if (settings.explainAosm) learn({ aosm: explainAosm(rendered, plainly.named) });
  log.info(`Found ${counted(discovery.images.length, 'image')} in the rendered manifests`);
  return { rendered, renderings, discovery, findings, base, delta, tools, finder, judge };
}
