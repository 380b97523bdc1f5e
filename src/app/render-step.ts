import { once } from '../core/once.ts';
import { createCounter } from '../core/progress.ts';
import { sum } from '../core/sum.ts';
import { pluralize } from '../core/text.ts';
import { type LocateDeps, locateCharts } from '../helm/charts/locate-charts.ts';
import type { Helm } from '../helm/cli/helm.ts';
import { pullChart } from '../helm/cli/pull-chart.ts';
import { renderCharts } from '../helm/cli/render-charts.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { renderedCharts } from '../report/model/report.ts';
import type { BaseImages } from './base-images.ts';
import type { RunContext } from './run-context.ts';

/** Result of the render step. */
export interface RenderResult {
  readonly renderings: readonly Rendering[];
  readonly helm: Helm;
  /** Images of the charts without the change; undefined if there is no base. */
  readonly base: BaseImages | undefined;
}

/** Renders the charts and, concurrently, those of the base. Calls `onStart` when helm has started. */
export async function renderStep(context: RunContext, onStart: () => void): Promise<RenderResult> {
  const { settings, rules, services, host, signal, updateReport } = context;
  const { log, folders } = host;
  const { renderContext } = services;
  const locate: LocateDeps = {
    workFolder: folders.work,
    temporary: folders.temporary,
    pull: async (remote) => pullChart(await services.helm(), remote, renderContext),
    log,
    signal,
  };
  const asked = services.probeHelm();
  const charts = await locateCharts(settings.charts, locate);
  const settled = once(async () => {
    const helm = await services.helm();
    log.info(`Rendering ${pluralize(charts.length, 'chart')} with helm ${helm.version}`);
    return helm;
  });
  const likely = await asked;
  let begin = (): void => {};
  const started = new Promise<void>((resolve) => {
    begin = resolve;
  });
  // Helm's version is read while it renders.
  const helm = likely === undefined ? await settled() : { candidatePath: likely, verified: settled };
  const renders = sum(charts.map(({ valueSets }) => valueSets.length));
  const made = createCounter('renderings made', renders);
  const access = {
    ...renderContext,
    onStart: () => {
      onStart();
      begin();
    },
    onRendered: made.increment,
  };
  const rendering = host.withProgress(made.read, () => renderCharts(helm, charts, settings.helmTemplate, access));
  // If the charts do not render, the base is not needed.
  const unneeded = new AbortController();
  rendering.catch(() => unneeded.abort());
  const back = { signal: AbortSignal.any([signal, unneeded.signal]) };
  const baseImages = Promise.race([started, rendering]).then(async () => {
    if (rules.base === undefined) return undefined;
    const { discoverBaseImages } = await import('./base-images.ts');
    return await discoverBaseImages(rules.base, settings, {
      inputs: host.inputs,
      locate: { ...locate, ...back },
      helm: await settled(),
      renderContext: { ...renderContext, ...back },
    });
  });
  // Both use services that the run closes at its end, so both must settle first.
  await Promise.allSettled([rendering, baseImages]);
  const rendered = await rendering;
  updateReport({ charts: renderedCharts(rendered) });
  return { renderings: rendered, helm: await settled(), base: await baseImages };
}
