import { availableParallelism } from 'node:os';
import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { toErrors } from '../../core/errors.ts';
import type { Discovery, ImageUse } from '../../discovery/image-use.ts';
import type { ReadTree } from '../../discovery/templates/source-location.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { type ChartNode, readChartTree } from '../tree/chart-tree.ts';
import { type EffectiveValues, effectiveValues } from '../tree/effective-values.ts';
import type { ScalarValue } from '../tree/scalar-value.ts';
import { noValues, scalarsOf } from '../tree/value-tree.ts';
import { selectCandidates } from './marker-candidates.ts';
import type { RenderingProvenance } from './provenance.ts';
import { renderMarked } from './render-marked.ts';
import type { RenderContext } from './render-with.ts';
import { RetryingRenderer } from './retrying-renderer.ts';
import { segmentsOf } from './segments.ts';
import { mergeSpans, untracedText } from './spans.ts';
import { substituteValues, type UntracedUse, untracedWords } from './substitute-values.ts';
import { type TraceResult, traceReferences } from './trace-search.ts';

/** Helm uses one core. */
const parallelCharts = Math.max(2, availableParallelism());

/** Traces values on request, once per rendering. */
export interface ValueTracer {
  /** `discovery`: of all renderings. Errors: `cancelled`. */
  originsOf(rendering: Rendering, discovery: Discovery): Promise<RenderingProvenance>;
  /** Without running helm: undefined if it was not traced. */
  knownOrigins(rendering: Rendering): Promise<RenderingProvenance> | undefined;
  /** Without running helm. */
  valuesOf(rendering: Rendering): Promise<EffectiveValues>;
  /** Cached, for the lines of templates. */
  readonly readTree: ReadTree;
  /** Resolves when helm was started for the first trace. */
  readonly started: Promise<void>;
}

export function createValueTracer(tools: RenderContext): ValueTracer {
  const limit = createConcurrencyLimit(parallelCharts);
  const known = new Map<Rendering, Promise<RenderingProvenance>>();
  const trees = new Map<Rendering, Promise<ChartNode | undefined>>();
  let onStart = (): void => {};
  const firstTrace = new Promise<void>((resolve) => {
    onStart = resolve;
  });
  const telling = { ...tools, access: { ...tools.access, onStart } };
  return {
    started: firstTrace,
    valuesOf: async (rendering) => {
      const origins = await known.get(rendering);
      return origins?.values ?? (await readableValues(rendering, tools)).values;
    },
    readTree: (rendering) => {
      const tree = trees.get(rendering) ?? readChartTree(rendering, tools.access);
      trees.set(rendering, tree);
      return tree;
    },
    knownOrigins: (rendering) => known.get(rendering),
    originsOf: (rendering, discovery) => {
      const requested = known.get(rendering) ?? limit(() => findIn(rendering, discovery, telling));
      known.set(rendering, requested);
      return requested;
    },
  };
}

/** Each traced chart needs one or more renderings. With more charts, findings get no values line. */
const maximumTracedCharts = 100;

/**
 * Provenance of all renderings, in order. For too many renderings, only what is already traced. Errors: `cancelled`.
 */
export async function traceAll(
  discovery: Discovery,
  renderings: readonly Rendering[],
  finder: ValueTracer,
): Promise<readonly RenderingProvenance[]> {
  const requested = renderings.map((rendering) =>
    renderings.length > maximumTracedCharts ? finder.knownOrigins(rendering) : finder.originsOf(rendering, discovery),
  );
  return await Promise.all(requested.filter((origins) => origins !== undefined));
}

/** In the order of the discovery. */
export function usesOf(rendering: Rendering, discovery: Discovery): readonly ImageUse[] {
  const { chart, valueSet } = rendering;
  const ofChart = usesByChart(discovery).get(chart.displayPath) ?? [];
  return ofChart.filter((use) => use.valueSets.includes(valueSet));
}

const byChart = new WeakMap<Discovery, ReadonlyMap<string, readonly ImageUse[]>>();

/** Indexed once, because scanning all uses for each of thousands of charts takes longer than helm. */
function usesByChart(discovery: Discovery): ReadonlyMap<string, readonly ImageUse[]> {
  const known = byChart.get(discovery);
  if (known !== undefined) return known;
  const gathered = new Map<string, ImageUse[]>();
  for (const use of discovery.images.flatMap(({ uses }) => uses)) {
    const uses = gathered.get(use.chartPath);
    if (uses === undefined) gathered.set(use.chartPath, [use]);
    else uses.push(use);
  }
  byChart.set(discovery, gathered);
  return gathered;
}

/** Uses from Chart.yaml or the configuration are not rendered. */
export function templatedUses(uses: readonly ImageUse[]): readonly ImageUse[] {
  return uses.filter(({ confidence, declaredAt }) => confidence !== 'declared' && declaredAt === undefined);
}

async function findIn(rendering: Rendering, discovery: Discovery, tools: RenderContext): Promise<RenderingProvenance> {
  const uses = usesOf(rendering, discovery);
  const printed = templatedUses(uses);
  const { values, error } = await readableValues(rendering, tools);
  const references = printed.map(({ image }) => image);
  const renderer = new RetryingRenderer(rendering, values, tools);
  const leaves = [...scalarsOf(values.root)];
  const search = await traceReferences(printed, selectCandidates(leaves, references), (marked) =>
    renderMarked(printed, marked, renderer),
  );
  const open = printed.flatMap((use) => {
    const spans = search.spans.get(use) ?? [];
    return untracedText(use.image, spans).length === 0 ? [] : [{ use, spans }];
  });
  const unmarked = await unwrittenUses(open, search, values.chart);
  const substituted = await substituteValues(unmarked, leaves, renderer);
  const spansOf = (use: ImageUse) => mergeSpans(search.spans.get(use) ?? [], substituted.get(use) ?? []);
  const isOpen = (use: ImageUse): boolean =>
    leaves.some((leaf) => startsWithValue(use.image, leaf) && !search.isFollowed(use, leaf));
  const origins = uses.map(async (use) => ({
    use,
    segments: await segmentsOf(use, spansOf(use), printed.includes(use) ? values.chart : undefined),
    reason: error ?? (untracedText(use.image, spansOf(use)).length === 0 ? undefined : search.reasons.get(use)),
    isStartOpen: error !== undefined || !printed.includes(use) || isOpen(use),
  }));
  return {
    rendering,
    values,
    uses: await Promise.all(origins),
    permissions: renderer.permissions,
    renderings: renderer.renderings,
  };
}

/** Uses with a part that no template has, or that a value may have whose marker the chart refused. */
async function unwrittenUses(
  open: readonly UntracedUse[],
  { reasons }: TraceResult,
  chart: ChartNode | undefined,
): Promise<readonly UntracedUse[]> {
  const unwritten: UntracedUse[] = [];
  for (const one of open) {
    const words = untracedWords(one).filter((word) => !/[/:@]/.test(word));
    const written = await Promise.all(words.map(async (word) => (await chart?.isWritten(word)) ?? false));
    if (reasons.has(one.use) || written.includes(false)) unwritten.push(one);
  }
  return unwritten;
}

/** Charts print some values in lower case. */
function startsWithValue(image: string, { text, scalar }: ScalarValue): boolean {
  return scalar !== 'empty' && text !== '' && image.startsWith(text.toLowerCase());
}

/** A chart that only helm can read, for example with a too large values.yaml, has no values to trace. */
async function readableValues(
  rendering: Rendering,
  { access }: RenderContext,
): Promise<{ readonly values: EffectiveValues; readonly error: string | undefined }> {
  try {
    return { values: await effectiveValues(rendering, access), error: undefined };
  } catch (thrown) {
    const [error] = toErrors(thrown);
    if (error === undefined || error.code === 'internal') throw thrown;
    const values = { root: noValues, ofFiles: noValues, chart: undefined };
    return { values, error: `the values cannot be read: ${error.message.replace(/\.$/, '')}` };
  }
}
