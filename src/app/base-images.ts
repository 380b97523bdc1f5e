import { realpath } from 'node:fs/promises';
import { ChartImagesError, type ErrorCode, passingErrors } from '../core/errors.ts';
import { pathBelow } from '../core/files/path-below.ts';
import { mapConcurrent } from '../core/process/map-concurrent.ts';
import { pluralize } from '../core/text.ts';
import { discoverInTurns } from '../discovery/discover-in-turns.ts';
import type { Discovery } from '../discovery/image-use.ts';
import { applyPolicy } from '../discovery/policy/apply-policy.ts';
import { noPolicy, type Policy } from '../discovery/policy/policy.ts';
import { referenceFindings } from '../discovery/policy/reference-findings.ts';
import type { Chart } from '../helm/charts/chart.ts';
import { type LocateDeps, locateEach } from '../helm/charts/locate-charts.ts';
import type { Helm } from '../helm/cli/helm.ts';
import { type HelmRenderContext, renderCharts } from '../helm/cli/render-charts.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { readSettings } from '../inputs/read-settings.ts';
import type { Settings } from '../inputs/settings.ts';
import { measureTransfer } from '../mirror/plan/measure-images.ts';
import type { Registries } from '../registry/client/registry.ts';
import { renderedCharts } from '../report/model/report.ts';
import type { BaseCheckout } from '../resolve/diff/base-checkout.ts';
import { type BaseTree, checkoutBase } from '../resolve/diff/base-files.ts';
import { compareImages } from '../resolve/diff/compare-images.ts';
import type { ImageDiff } from '../resolve/diff/image-diff.ts';
import type { BaseFindings } from '../resolve/diff/mark-new-findings.ts';
import { type MeasureImages, measureDiff } from '../resolve/diff/measure-diff.ts';
import { isOfOtherCheckout } from '../resolve/diff/other-checkout.ts';
import type { PathRule } from '../resolve/path-rule.ts';
import type { Resolution } from '../resolve/resolution.ts';
import { resolveImages } from '../resolve/resolve.ts';
import { inputsOfBase } from './base-inputs.ts';
import { referenceChecksOf } from './reference-checks.ts';
import type { UnreadFolders } from './unread-charts.ts';

/** Images of the charts without the change. */
export interface BaseImages {
  /** Branch, tag or commit, as shown to the user. */
  readonly label: string;
  /** Full ID of the commit that was compared. */
  readonly commit: string;
  /** What was compared instead of the exact base, and why. */
  readonly inexact: string | undefined;
  /** With the rules of the base. */
  readonly discovery: BaseFindings;
  readonly unread: UnreadFolders;
}

export interface BaseImagesDeps {
  readonly inputs: Readonly<Record<string, string>>;
  /** Same as for the charts of the run. */
  readonly locate: LocateDeps;
  readonly helm: Helm;
  readonly renderContext: HelmRenderContext;
}

/** Low, so that the charts of the run, which use every core, are not delayed. */
const atOnce = 2;

/**
 * Renders the charts of the base with the inputs of the run. A chart that is missing there or does not render (logged
 * as a warning) has no images. Undefined if the files of a base from the host cannot be read (logged as a warning).
 * Throws `invalid-input`, `process-failed` and `cancelled`.
 */
export async function discoverBaseImages(
  checkout: BaseCheckout,
  settings: Settings,
  deps: BaseImagesDeps,
): Promise<BaseImages | undefined> {
  const { log, temporary } = deps.renderContext;
  const { name } = checkout;
  let tree: BaseTree;
  try {
    tree = await checkoutBase(checkout, temporary);
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled' || name.givenBy === 'input') throw error;
    log.warning(`${error.message} ${error.advice} Every finding counts as new.`);
    return undefined;
  }
  try {
    const { renderings, policy } = await renderBase(
      checkout,
      tree,
      deps,
      settings.failOnNew ? ' Its findings count as new.' : '',
    );
    log.info(`Rendered ${pluralize(renderedCharts(renderings).length, 'chart')} of ${name.label} for comparison`);
    const discovered = await discoverInTurns(renderings, deps.renderContext.signal);
    const { discovery, findings } = applyPolicy(discovered, renderings, policy, new Date());
    const aboutReferences = referenceFindings(discovery.images, referenceChecksOf(settings));
    return {
      label: name.label,
      commit: checkout.fork,
      inexact: checkout.inexact,
      discovery: { images: discovery.images, findings: [...findings, ...aboutReferences] },
      unread: { top: checkout.top, submodules: tree.unread },
    };
  } finally {
    await tree.remove(log);
  }
}

/**
 * The chart, or the first of its values files, if the base has no own version of it: it is neither in the files of the
 * base nor in a checkout of another repository, so a step of the run may have made it from the change.
 */
async function fileOutside(
  { home, valueSets }: Chart,
  { realTop }: BaseCheckout,
  baseRoot: string,
): Promise<string | undefined> {
  const files = [...(home === undefined ? [] : [home.path]), ...valueSets.flatMap(({ valueFiles }) => valueFiles)];
  for (const file of files) {
    const isKnown = (await pathBelow(file, baseRoot)) !== undefined || (await isOfOtherCheckout(file, realTop));
    if (!isKnown) return file;
  }
  return undefined;
}

/** Charts of this run whose images are not all known, by display path; undefined if it is not known which. */
interface Incomplete {
  readonly paths: readonly string[] | undefined;
}

/**
 * Images that the change adds, removes and moves, without sizes. Charts that are incomplete now are not compared,
 * because the change may not remove their images. Undefined if it is not known which charts these are.
 */
export function diffAgainstBase(base: BaseImages, now: Discovery, incomplete: Incomplete): ImageDiff | undefined {
  const { paths } = incomplete;
  if (paths === undefined) return undefined;
  const compared = ({ images }: Pick<Discovery, 'images'>) => withoutCharts(images, new Set(paths));
  const { label, commit, inexact } = base;
  const changes = compareImages(compared(base.discovery), compared(now));
  return { base: label, commit, inexact, ...changes, bytes: undefined };
}

/** The base without the images of charts whose findings are new whatever it has. */
export function withoutBase(charts: readonly string[], base: BaseImages): BaseImages {
  const { discovery } = base;
  return { ...base, discovery: { ...discovery, images: withoutCharts(discovery.images, new Set(charts)) } };
}

function withoutCharts(images: Discovery['images'], paths: ReadonlySet<string>): Discovery['images'] {
  if (paths.size === 0) return images;
  return images.flatMap((image) => {
    const [first, ...rest] = image.uses.filter(({ chartPath }) => !paths.has(chartPath));
    return first === undefined ? [] : [{ ...image, uses: [first, ...rest] }];
  });
}

/**
 * Adds the size to copy to a mirror, for which moved images are also looked up in the base. Throws only `cancelled`.
 */
export async function withDiffSize(
  delta: ImageDiff,
  base: BaseImages,
  now: readonly Resolution[],
  { sources, concurrency, pathRule }: Settings & { readonly pathRule: PathRule },
  registries: Registries,
): Promise<ImageDiff> {
  const from = new Set(delta.moved.map((moved) => moved.from));
  const before = base.discovery.images.filter(({ image }) => from.has(image));
  const { resolutions } = await resolveImages(before, sources, registries, { concurrency, pathRule });
  const measure: MeasureImages = (images, existing) => measureTransfer(images, existing, registries, { concurrency });
  return { ...delta, ...(await measureDiff(delta, now, resolutions, measure)) };
}

interface BaseRenderings {
  readonly renderings: readonly Rendering[];
  readonly policy: Policy;
}

/** New charts and files don't exist in the base. */
const missingInBaseCodes: readonly ErrorCode[] = ['chart-not-found', 'file-not-found'];

async function renderBase(
  checkout: BaseCheckout,
  tree: BaseTree,
  deps: BaseImagesDeps,
  consequence: string,
): Promise<BaseRenderings> {
  const { workFolder } = tree;
  const { log } = deps.renderContext;
  const warnAndSkip = (what: string) => (thrown: unknown) => {
    const errors = passingErrors(thrown);
    const reported = `${what}: ${errors.map(({ message }) => message).join(' ')}`;
    if (errors.every(({ code }) => missingInBaseCodes.includes(code))) log.debug(reported);
    else log.warning(`${reported}${consequence}`);
    return [];
  };
  // Paths of the base must not lead back into the checkout.
  const boundary = { top: tree.root, realTop: await realpath(tree.root) };
  const inputs = await inputsOfBase(checkout, tree, deps.locate.workFolder, deps.inputs);
  const settings = await readSettings(inputs, { workFolder, boundary }).catch(warnAndSkip('Cannot read the base'));
  if (!('charts' in settings)) return { renderings: [], policy: noPolicy };
  const located = await locateEach(settings.charts, { ...deps.locate, workFolder, boundary });
  for (const error of located.errors) warnAndSkip('Cannot read a chart of the base')(error);
  const charts: Chart[] = [];
  for (const chart of located.charts) {
    const outside = await fileOutside(chart, checkout, boundary.realTop);
    if (outside === undefined) charts.push(chart);
    else log.warning(`Cannot compare ${chart.displayPath}: ${outside} is not in the checkout.${consequence}`);
  }
  const renderings = await mapConcurrent(charts, atOnce, (chart: Chart) =>
    renderCharts(deps.helm, [chart], settings.helmTemplate, { ...deps.renderContext, workFolder }).catch(
      warnAndSkip('Cannot render a chart of the base'),
    ),
  );
  return { renderings: renderings.flat(), policy: settings.policy };
}
