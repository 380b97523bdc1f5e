import { availableParallelism } from 'node:os';
import { type ChartImagesError, throwAll } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { once } from '../../core/once.ts';
import { settleConcurrent } from '../../core/process/map-concurrent.ts';
import type { Chart, ValueSet } from '../charts/chart.ts';
import { type OutsideSchema, outsideSchemas } from '../charts/outside-schemas.ts';
import { buildDependencies, type CompletedChart, missingDependencies } from './build-dependencies.ts';
import { completeDependencies } from './complete-dependencies.ts';
import type { Helm, PendingHelm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { readWarnings } from './helm-warnings.ts';
import { renderError, renderStoppedError } from './render-error.ts';
import type { Rendering } from './rendering.ts';
import { type HelmLimits, helmReason, runHelm } from './run-helm.ts';
import { createHelmRunner, type HelmRun, type HelmRunner, type RunHelm } from './speculative-run.ts';
import { type RenderOptions, skipValidation, templateArguments } from './template-arguments.ts';
import { notSkipped, unvalidated } from './unvalidated-finding.ts';

/** Helm uses one core. Two processes even on a single core, because Helm also waits for files. */
const concurrency = Math.max(2, availableParallelism());

/**
 * The largest published charts render to 5 MiB within 10 seconds. A chart above these limits loops, or attacks the
 * runner.
 */
const renderLimits: HelmLimits = { timeoutMilliseconds: 180_000, maximumOutputBytes: 64 * 1024 * 1024 };

export interface HelmRenderContext extends HelmContext {
  /** Called after each rendering. */
  readonly onRendered?: () => void;
}

/** What could be rendered, and why the rest could not. */
export interface RenderedCharts {
  /** In the order of charts, then value sets. */
  readonly renderings: readonly Rendering[];
  /**
   * `chart-render`, `helm-version` (the helm cannot skip schemas), `process-timeout`, `process-output`,
   * `process-memory`, and those of `completeDependencies`.
   */
  readonly errors: readonly ChartImagesError[];
  /** Charts of which a rendering, or a part of one, is missing. */
  readonly incomplete: readonly Chart[];
}

/** Renders every chart with each of its value sets, in parallel. Throws only `cancelled`. */
export async function renderEach(
  helm: Helm | PendingHelm,
  charts: readonly Chart[],
  options: RenderOptions,
  context: HelmRenderContext,
): Promise<RenderedCharts> {
  const program = programOf(helm);
  return await renderPrepared(
    charts.map((chart) => new PreparedChart(program, chart, context)),
    options,
    context,
  );
}

/** As `renderEach`, but throws all errors together. */
export async function renderCharts(
  helm: Helm | PendingHelm,
  charts: readonly Chart[],
  options: RenderOptions,
  context: HelmRenderContext,
): Promise<readonly Rendering[]> {
  const { renderings, errors } = await renderEach(helm, charts, options, context);
  throwAll(errors);
  return renderings;
}

/** Renders charts again whose dependencies were already completed. Throws as `renderCharts`. */
export async function renderCompleted(
  helm: Helm,
  charts: readonly Chart[],
  options: RenderOptions,
  context: HelmRenderContext,
): Promise<readonly Rendering[]> {
  const program = programOf(helm);
  const prepared = charts.map((chart) => {
    return new PreparedChart(program, chart, context, {
      path: chart.path,
      errors: [],
      replaced: false,
      rendering: 'complete',
      findings: [],
    });
  });
  const { renderings, errors } = await renderPrepared(prepared, options, context);
  throwAll(errors);
  return renderings;
}

async function renderPrepared(
  prepared: readonly PreparedChart[],
  options: RenderOptions,
  context: HelmRenderContext,
): Promise<RenderedCharts> {
  const home = await createTemporaryFolder(context.temporary, 'helm-home');
  try {
    const tasks = prepared.flatMap((chart) => chart.valueSets.map((valueSet) => ({ chart, valueSet })));
    const settled = await settleConcurrent(tasks, concurrency, async ({ chart, valueSet }) => {
      const rendering = await chart.render(valueSet, options, home.path);
      context.onRendered?.();
      return rendering;
    });
    const failed = new Set(settled.failed.map(({ chart }) => chart));
    const incomplete = prepared.filter((chart) => failed.has(chart) || chart.errors.length > 0);
    return {
      renderings: settled.results,
      errors: [...new Set([...settled.errors, ...prepared.flatMap(({ errors }) => errors)])],
      incomplete: incomplete.map(({ chart }) => chart),
    };
  } finally {
    await home.remove(context.log);
  }
}

/** One for all charts, so that a helm is verified once. */
interface HelmProgram {
  readonly run: HelmRunner;
  readonly verified: () => Promise<Helm>;
}

function programOf(helm: Helm | PendingHelm): HelmProgram {
  const verified = 'version' in helm ? async () => helm : helm.verified;
  return { run: createHelmRunner(helm), verified };
}

interface Template {
  /** Absolute. */
  readonly path: string;
  /** In addition to those of `options`. */
  readonly flags: readonly string[];
  readonly valueSet: ValueSet;
  readonly options: RenderOptions;
  readonly home: string;
}

interface Attempt extends HelmRun {
  readonly path: string;
  readonly schemas: readonly OutsideSchema[];
}

/** A chart, and the copy of it with built dependencies if there is one. */
class PreparedChart {
  readonly valueSets: readonly ValueSet[];
  readonly chart: Chart;
  /** Dependencies that are missing although the chart renders; complete after its renderings. */
  errors: readonly ChartImagesError[] = [];
  readonly #runner: HelmRunner;
  readonly #context: HelmRenderContext;
  readonly #schemas = new Map<string, Promise<readonly OutsideSchema[]>>();
  readonly #completed: () => Promise<CompletedChart>;
  #known: CompletedChart | undefined;
  #rebuilt: Promise<CompletedChart> | undefined;

  constructor(helm: HelmProgram, chart: Chart, context: HelmRenderContext, completed?: CompletedChart) {
    this.valueSets = chart.valueSets;
    this.#runner = helm.run;
    this.chart = chart;
    this.#context = context;
    this.#completed = once(async () => completed ?? (await completeDependencies(helm.verified, chart, context)));
  }

  async render(valueSet: ValueSet, options: RenderOptions, home: string): Promise<Rendering> {
    const checking = this.#rebuilt ?? this.#completed();
    // Handled when the result is awaited below.
    checking.catch(() => {});
    const attempt = (path: string) => this.#attempt({ path, valueSet, options, home });
    // Most charts need no other path, so helm runs during the check.
    const early = this.#known === undefined ? await attempt(this.chart.path) : undefined;
    const completed = await checking;
    this.#known = completed;
    const { path, errors } = completed;
    // Otherwise, the same chart could have other images in the next run.
    if (completed.rendering === 'by-chance') throwAll(errors);
    const { helm, result, schemas } = early?.path === path ? early : await attempt(path);
    if (result.exitCode === 0) {
      this.errors = errors;
      const warnings = readWarnings(result.stderr, this.chart, this.#context.log);
      const findings = [...warnings, ...unvalidated(this.chart, schemas), ...completed.findings];
      const helmVersion = helm.version;
      const copied: Pick<Rendering, 'dependencyCopyPath'> =
        path === this.chart.path ? {} : { dependencyCopyPath: path };
      return { chart: this.chart, valueSet: valueSet.name, text: result.stdout, findings, ...copied, helmVersion };
    }
    // Helm only repeats that they are missing, or that their named templates are.
    if (completed.replaced || missingDependencies(helmReason(result)).length > 0) throwAll(errors);
    const reason = helmReason(result).replaceAll(path, this.chart.displayPath);
    if ((schemas.length > 0 || options.skipSchemaValidation) && reason.includes(skipValidation))
      throw notSkipped(this.chart, schemas, helm);
    // Helm may read Chart.yaml in another way than the check.
    const missing = missingDependencies(reason);
    if (missing.length > 0 && this.#rebuilt === undefined && path === this.chart.path) {
      this.#rebuilt = buildDependencies(helm, this.chart, { names: missing, missing }, this.#context);
    }
    if (missing.length > 0 && this.#rebuilt !== undefined && path === this.chart.path) {
      if ((await this.#rebuilt).path !== path) return await this.render(valueSet, options, home);
      throwAll((await this.#rebuilt).errors);
    }
    const { workFolder } = this.#context;
    throw await renderError({ chart: this.chart, valueSet: valueSet.name, reason, workFolder });
  }

  async #attempt(template: Omit<Template, 'flags'>): Promise<Attempt> {
    const { path } = template;
    // Helm opens any file or host that a schema refers to.
    const schemas = await this.#outsideSchemas(path);
    const flags = schemas.length > 0 ? [skipValidation] : [];
    return { path, schemas, ...(await this.#template({ ...template, flags })) };
  }

  /** Schemas do not depend on the value set. */
  #outsideSchemas(path: string): Promise<readonly OutsideSchema[]> {
    const known = this.#schemas.get(path) ?? outsideSchemas(path);
    this.#schemas.set(path, known);
    return known;
  }

  async #template({ path, flags, valueSet, options, home }: Template): Promise<HelmRun> {
    const command = {
      arguments: templateArguments(path, valueSet, options, flags),
      reads: [path, ...valueSet.valueFiles],
      home,
      limits: renderLimits,
    };
    const run: RunHelm = async (helm, signal) => {
      try {
        return await runHelm(helm, command, { ...this.#context, signal });
      } catch (thrown) {
        throw renderStoppedError(thrown, this.chart, valueSet.name);
      }
    };
    return await this.#runner(run, this.#context.signal);
  }
}
