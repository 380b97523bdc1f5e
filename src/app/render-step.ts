import { ChartImagesError, throwAll } from '../core/errors.ts';
import { once } from '../core/once.ts';
import { createCounter } from '../core/progress.ts';
import { sum } from '../core/sum.ts';
import { joinWithLimit, pluralize } from '../core/text.ts';
import { type LocateDeps, locateEach } from '../helm/charts/locate-charts.ts';
import type { Helm } from '../helm/cli/helm.ts';
import { pullChart } from '../helm/cli/pull-chart.ts';
import { renderEach } from '../helm/cli/render-charts.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { renderedCharts } from '../report/model/report.ts';
import type { BaseImages } from './base-images.ts';
import type { IncompleteCharts } from './incomplete-charts.ts';
import type { RunContext } from './run-context.ts';

/** Charts in one log line. */
const maximumNames = 10;

/** Result of the render step. */
export interface RenderResult {
  readonly renderings: readonly Rendering[];
  readonly helm: Helm;
  /** Images of the charts without the change; undefined if there is no base. */
  readonly base: BaseImages | undefined;
  readonly incomplete: IncompleteCharts;
}

/**
 * Renders the charts and, concurrently, those of the base. Calls `onStart` when helm has started. Errors of charts are
 * added to the report; throws them if no chart is left, or without `keep-going`.
 */
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
  const located = await locateEach(settings.charts, locate);
  const { charts } = located;
  if (charts.length === 0) {
    throwAll(located.errors);
    throw noChartLeft();
  }
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
  const rendering = host.withProgress(made.read, () => renderEach(helm, charts, settings.helmTemplate, access));
  // If the charts do not render, the base is not needed.
  const unneeded = new AbortController();
  rendering.then(
    ({ renderings }) => renderings.length === 0 && unneeded.abort(),
    () => unneeded.abort(),
  );
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
  const { renderings, ...rendered } = await rendering;
  const errors = [...located.errors, ...rendered.errors];
  updateReport({ charts: renderedCharts(renderings), errors });
  // A push reports the images of the other charts too, but copies none of them.
  if (renderings.length === 0 || !(settings.keepGoing || settings.push)) throwAll(errors);
  const paths = located.missing && [...located.missing, ...rendered.incomplete.map(({ displayPath }) => displayPath)];
  if (errors.length > 0) log.info(`Continuing without all of ${missingCharts(paths)}`);
  return { renderings, helm: await settled(), base: await baseImages, incomplete: { errors, paths } };
}

function noChartLeft(): ChartImagesError {
  return new ChartImagesError('chart-not-found', 'Cannot render a chart: the list of charts only excludes some.', {
    advice: 'List the charts to render too, for example charts/*.',
  });
}

function missingCharts(paths: IncompleteCharts['paths']): string {
  return paths === undefined ? 'some charts' : joinWithLimit([...new Set(paths)], maximumNames);
}
