import type { Base } from '../base.ts';
import { type LocateDeps, locateCharts } from '../charts/locate-charts.ts';
import type { Helm } from '../helm/helm.ts';
import { pullChart } from '../helm/pull-chart.ts';
import { renderCharts } from '../helm/render-charts.ts';
import type { Rendering } from '../helm/rendering.ts';
import { once } from '../process/once.ts';
import { createCounter } from '../progress.ts';
import { count } from '../report/plain-text.ts';
import { renderedCharts } from '../report/report.ts';
import type { Story } from './story.ts';

/** What helm prints. */
export interface Printed {
  readonly rendered: readonly Rendering[];
  readonly helm: Helm;
  /** What the charts name without the change that is looked at; undefined where there is nothing to compare with. */
  readonly base: Base | undefined;
}

/** What helm prints for the charts that were asked for, and for their base beside them; `onStart` is called when it has begun. */
export async function tellRenderings(story: Story, onStart: () => void): Promise<Printed> {
  const { settings, rules, outside, host, signal, learn } = story;
  const { log, folders } = host;
  const { helmAccess } = outside;
  const locate: LocateDeps = {
    workFolder: folders.work,
    temporary: folders.temporary,
    pull: async (remote) => pullChart(await outside.helm(), remote, helmAccess),
    log,
    signal,
  };
  const asked = outside.askHelm();
  const charts = await locateCharts(settings.charts, locate);
  const settled = once(async () => {
    const helm = await outside.helm();
    log.info(`Rendering ${count(charts.length, 'chart')} with helm ${helm.version}`);
    return helm;
  });
  const likely = await asked;
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  // Helm tells its version while it renders already.
  const helm = likely === undefined ? await settled() : { likely, settled };
  const renders = charts.reduce((sum, { valueSets }) => sum + valueSets.length, 0);
  const made = createCounter('renderings made', renders);
  const access = {
    ...helmAccess,
    onStart: () => {
      onStart();
      begin();
    },
    onRendered: made.count,
  };
  const rendering = host.follow(made.read, () => renderCharts(helm, charts, settings.template, access));
  // Where the charts do not render, nothing is compared with them.
  const unneeded = new AbortController();
  rendering.catch(() => unneeded.abort());
  const back = { signal: AbortSignal.any([signal, unneeded.signal]) };
  const lookingBack = Promise.race([begun, rendering]).then(async () => {
    if (rules.base === undefined) return undefined;
    const { discoverBase } = await import('../base.ts');
    return await discoverBase(rules.base, settings, {
      inputs: host.inputs,
      locate: { ...locate, ...back },
      helm: await settled(),
      helmAccess: { ...helmAccess, ...back },
    });
  });
  // What is under way uses what the run closes at its end, so both are waited for whatever becomes of the other.
  await Promise.allSettled([rendering, lookingBack]);
  const rendered = await rendering;
  learn({ charts: renderedCharts(rendered) });
  return { rendered, helm: await settled(), base: await lookingBack };
}
