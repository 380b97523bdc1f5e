import { availableParallelism } from 'node:os';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { mapConcurrent } from '../../core/process/map-concurrent.ts';
import type { Chart, ValueSet } from '../charts/chart.ts';
import { type OutsideSchema, outsideSchemas } from '../charts/outside-schemas.ts';
import { buildDependencies, missingDependencies } from './build-dependencies.ts';
import type { Helm, PendingHelm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { readWarnings } from './helm-warnings.ts';
import { renderError, renderStoppedError } from './render-error.ts';
import type { Rendering } from './rendering.ts';
import { type HelmLimits, helmReason, runHelm } from './run-helm.ts';
import { createHelmRunner, type HelmRun, type HelmRunner, type RunHelm } from './speculative-run.ts';
import { type RenderOptions, templateArguments } from './template-arguments.ts';
import { notSkipped, skipValidation, unvalidated } from './unvalidated-finding.ts';

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

/**
 * Renders every chart with each of its value sets, in parallel; results are in the order of charts, then value sets.
 * Throws all errors together: `chart-render`, `helm-version` (the helm cannot skip schemas), `dependency-missing`,
 * `chart-pull`, `process-timeout`, `process-output`, `process-memory`.
 */
export async function renderCharts(
  helm: Helm | PendingHelm,
  charts: readonly Chart[],
  options: RenderOptions,
  context: HelmRenderContext,
): Promise<readonly Rendering[]> {
  const home = await createTemporaryFolder(context.temporary, 'helm-home');
  try {
    const runner = createHelmRunner(helm);
    const prepared = charts.map((chart) => new PreparedChart(runner, chart, context));
    const tasks = prepared.flatMap((chart) => chart.valueSets.map((valueSet) => ({ chart, valueSet })));
    return await mapConcurrent(tasks, concurrency, async ({ chart, valueSet }) => {
      const rendering = await chart.render(valueSet, options, home.path);
      context.onRendered?.();
      return rendering;
    });
  } finally {
    await home.remove();
  }
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

/** A chart, and the copy of it with built dependencies if there is one. */
class PreparedChart {
  readonly valueSets: readonly ValueSet[];
  readonly #runner: HelmRunner;
  readonly #chart: Chart;
  readonly #context: HelmRenderContext;
  readonly #schemas = new Map<string, Promise<readonly OutsideSchema[]>>();
  #built: Promise<string> | undefined;

  constructor(runner: HelmRunner, chart: Chart, context: HelmRenderContext) {
    this.valueSets = chart.valueSets;
    this.#runner = runner;
    this.#chart = chart;
    this.#context = context;
  }

  async render(valueSet: ValueSet, options: RenderOptions, home: string): Promise<Rendering> {
    const path = this.#built === undefined ? this.#chart.path : await this.#built;
    // Helm opens any file or host that a schema refers to.
    const schemas = await this.#outsideSchemas(path);
    const flags = schemas.length > 0 ? [skipValidation] : [];
    const { helm, result } = await this.#template({ path, flags, valueSet, options, home });
    if (result.exitCode === 0) {
      const warnings = readWarnings(result.stderr, this.#chart, this.#context.log);
      const findings = [...warnings, ...unvalidated(this.#chart, schemas)];
      const helmVersion = helm.version;
      const copied: Pick<Rendering, 'dependencyCopyPath'> =
        path === this.#chart.path ? {} : { dependencyCopyPath: path };
      return { chart: this.#chart, valueSet: valueSet.name, text: result.stdout, findings, ...copied, helmVersion };
    }
    const reason = helmReason(result).replaceAll(path, this.#chart.displayPath);
    if (schemas.length > 0 && reason.includes(skipValidation)) throw notSkipped(this.#chart, schemas, helm);
    // Helm decides which dependencies are missing, so its rules are not duplicated here.
    const missing = missingDependencies(reason);
    if (missing.length > 0 && path === this.#chart.path) {
      this.#built ??= buildDependencies(helm, this.#chart, missing, this.#context);
      await this.#built;
      return await this.render(valueSet, options, home);
    }
    const { workFolder } = this.#context;
    throw await renderError({ chart: this.#chart, valueSet: valueSet.name, reason, workFolder });
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
        throw renderStoppedError(thrown, this.#chart, valueSet.name);
      }
    };
    return await this.#runner(run, this.#context.signal);
  }
}
