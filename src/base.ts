import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Chart, ChartRequest } from './charts/chart.ts';
import { type LocateDeps, locateCharts } from './charts/locate-charts.ts';
import type { KnownBefore } from './delta/age.ts';
import type { BaseCheckout } from './delta/base-checkout.ts';
import { type BaseTree, openBaseTree } from './delta/base-tree.ts';
import { compareImages } from './delta/compare.ts';
import type { Delta } from './delta/delta.ts';
import { type Measure, weighChanges } from './delta/weigh-changes.ts';
import { discoverInTurns } from './discovery/discover-in-turns.ts';
import type { Discovery } from './discovery/use.ts';
import { ChartImagesError, type ErrorCode, errorsOf } from './errors.ts';
import { exists } from './files/exists.ts';
import type { Helm } from './helm/helm.ts';
import { type RenderAccess, renderCharts } from './helm/render-charts.ts';
import type { Rendering } from './helm/rendering.ts';
import { readSettings } from './inputs/read-settings.ts';
import type { Settings } from './inputs/settings.ts';
import { measureImages } from './mirror/measure-images.ts';
import { applyPolicy } from './policy/apply-policy.ts';
import { noPolicy, type Policy } from './policy/policy.ts';
import { concurrently } from './process/concurrently.ts';
import type { Registries } from './registry/registry.ts';
import { count } from './report/plain-text.ts';
import { renderedCharts } from './report/report.ts';
import type { Resolution } from './resolution/resolution.ts';
import { resolveImages } from './resolution/resolve.ts';

/** What the charts name without the change. */
export interface Base {
  /** As a reader knows it: a branch, a tag or a commit. */
  readonly label: string;
  /** Under the rules that the base has itself. */
  readonly discovery: KnownBefore;
}

export interface BaseDeps {
  readonly inputs: Readonly<Record<string, string>>;
  /** As for the charts of the run. */
  readonly locate: LocateDeps;
  readonly helm: Helm;
  readonly helmAccess: RenderAccess;
}

/** Beside the charts of the run, which have every core: few enough not to keep those waiting. */
const atOnce = 2;

/**
 * Renders the charts as they are without the change: the run's own inputs, read among the files of its base. A chart that is not
 * there yet, or (told as a warning) that did not render, names no image. Undefined where (told as a warning) the files of a base
 * that the host names can not be had. Throws `invalid-input`, `process-failed` and `cancelled`.
 */
export async function discoverBase(
  checkout: BaseCheckout,
  settings: Settings,
  deps: BaseDeps,
): Promise<Base | undefined> {
  const { log, temporary } = deps.helmAccess;
  const { name } = checkout;
  let tree: BaseTree;
  try {
    tree = await openBaseTree(checkout, temporary);
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled' || name.givenBy === 'input') throw error;
    log.warning(`${error.message} ${error.advice} Without it, every finding counts as new.`);
    return undefined;
  }
  try {
    const { renderings, policy } = await renderBase(
      tree,
      deps,
      settings.failOnNew ? ' Its findings count as new.' : '',
    );
    log.info(`Rendered ${count(renderedCharts(renderings).length, 'chart')} as in ${name.label}, to compare with it`);
    const discovered = await discoverInTurns(renderings, deps.helmAccess.signal);
    const { discovery, findings } = applyPolicy(discovered, renderings, policy, new Date());
    return { label: name.label, discovery: { images: discovery.images, findings } };
  } finally {
    await tree.remove();
  }
}

/** What the change does, as far as the charts tell. */
export function compareWith(base: Base, now: Discovery): Delta {
  return { base: base.label, ...compareImages(base.discovery.images, now.images), bytes: undefined };
}

/** The same with what it costs a mirror, which takes looking for the images that moved where they were. Throws only `cancelled`. */
export async function weighDelta(
  delta: Delta,
  base: Base,
  now: readonly Resolution[],
  { sources, concurrency }: Settings,
  registries: Registries,
): Promise<Delta> {
  const from = new Set(delta.moved.map((moved) => moved.from));
  const before = base.discovery.images.filter(({ image }) => from.has(image));
  const { resolutions } = await resolveImages(before, sources, registries, { concurrency });
  const measure: Measure = (images, held) => measureImages(images, held, registries, { concurrency });
  return { ...delta, ...(await weighChanges(delta, now, resolutions, measure)) };
}

interface BaseRenderings {
  readonly renderings: readonly Rendering[];
  readonly policy: Policy;
}

/** What a change adds is not there before it. */
const notYet: readonly ErrorCode[] = ['chart-not-found', 'file-not-found'];

async function renderBase(tree: BaseTree, deps: BaseDeps, consequence: string): Promise<BaseRenderings> {
  const { workFolder } = tree;
  const { log } = deps.helmAccess;
  const passOver = (what: string) => (thrown: unknown) => {
    const errors = errorsOf(thrown);
    if (errors.some(({ code }) => code === 'cancelled' || code === 'internal')) throw thrown;
    const told = `${what}: ${errors.map(({ message }) => message).join(' ')}`;
    if (errors.every(({ code }) => notYet.includes(code))) log.debug(told);
    else log.warning(`${told}${consequence}`);
    return [];
  };
  // The base is held by its own files: what it was is not to be read from the checkout.
  const boundary = { top: tree.files, realTop: await realpath(tree.files) };
  const settings = await readSettings(await inputsOf(tree, deps.inputs), { workFolder, boundary }).catch(
    passOver('The base can not be read'),
  );
  if (!('charts' in settings)) return { renderings: [], policy: noPolicy };
  const charts = await concurrently(settings.charts, atOnce, (request: ChartRequest) =>
    locateCharts([request], { ...deps.locate, workFolder, boundary }).catch(
      passOver('A chart of the base can not be read'),
    ),
  );
  const renderings = await concurrently(charts.flat(), atOnce, (chart: Chart) =>
    renderCharts(deps.helm, [chart], settings.template, { ...deps.helmAccess, workFolder }).catch(
      passOver('A chart of the base does not render'),
    ),
  );
  return { renderings: renderings.flat(), policy: settings.policy };
}

/** Those that say which charts there are and how they are rendered. */
const chartInputs = ['input-file', 'charts', 'values', 'set', 'config'] as const;
const templateInputs = ['kube-version', 'api-versions', 'namespace', 'release-name'] as const;

/** The inputs of the run with paths into the checkout led to the base's files, and without value files that are new. */
async function inputsOf({ checkout, files, workFolder }: BaseTree, inputs: BaseDeps['inputs']) {
  const moved: Record<string, string> = {};
  for (const name of [...chartInputs, ...templateInputs]) {
    const value = inputs[name]
      ?.replaceAll(`${checkout}${sep}`, `${files}${sep}`)
      .replaceAll(`${checkout}/`, `${files}/`);
    if (value !== undefined) moved[name] = value;
  }
  const values = (moved['values'] ?? '').split(/\r?\n/).map((line) => line.trim());
  const there = await Promise.all(values.map((path) => path !== '' && exists(resolve(workFolder, path))));
  return { ...moved, values: values.filter((_, index) => there[index]).join('\n') };
}
