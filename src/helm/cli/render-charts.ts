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
import { type HelmBounds, helmReason, runHelm } from './run-helm.ts';
import { createHelmRunner, type HelmRun, type HelmRunner, type RunHelm } from './speculative-run.ts';
import { type RenderOptions, templateArguments } from './template-arguments.ts';
import { notSkipped, skipValidation, unvalidated } from './unvalidated-finding.ts';

/** Helm keeps one core busy. Two even on a single core: part of the time it waits for files. */
const atOnce = Math.max(2, availableParallelism());

/**
 * The largest published charts render to 5 MiB within 10 seconds; a chart beyond these bounds loops or is built to
 * exhaust the runner.
 */
const renderBounds: HelmBounds = { timeoutMilliseconds: 180_000, maximumOutputBytes: 64 * 1024 * 1024 };

export interface RenderAccess extends HelmContext {
  /** Called for each rendering that is there. */
  readonly onRendered?: () => void;
}

/**
 * Renders every chart with each of its value sets, several at once; the results come in the order of the charts, then of
 * their value sets. Missing dependencies are built in a private copy. All charts that fail are reported together
 * (ChartImagesAggregateError). A helm whose version is not known yet is started, and its output is used once it is known.
 * A chart whose schemas refer to anything outside of it is rendered without them, which is a finding `unvalidated`.
 * Errors: `chart-render` with the place, `helm-version` (a helm that can't leave out schemas), `dependency-missing`, `chart-pull`, `process-timeout`, `process-output`,
 * `process-memory`.
 */
export async function renderCharts(
  helm: Helm | PendingHelm,
  charts: readonly Chart[],
  options: RenderOptions,
  access: RenderAccess,
): Promise<readonly Rendering[]> {
  const home = await createTemporaryFolder(access.temporary, 'helm-home');
  try {
    const runner = createHelmRunner(helm);
    const prepared = charts.map((chart) => new PreparedChart(runner, chart, access));
    const tasks = prepared.flatMap((chart) => chart.valueSets.map((valueSet) => ({ chart, valueSet })));
    return await mapConcurrent(tasks, atOnce, async ({ chart, valueSet }) => {
      const rendering = await chart.render(valueSet, options, home.path);
      access.onRendered?.();
      return rendering;
    });
  } finally {
    await home.remove();
  }
}

interface Template {
  /** Absolute. */
  readonly path: string;
  /** Beside those of `options`. */
  readonly flags: readonly string[];
  readonly valueSet: ValueSet;
  readonly options: RenderOptions;
  readonly home: string;
}

/** One chart with the path that helm can render it from, which is another than the user's once dependencies were built. */
class PreparedChart {
  readonly valueSets: readonly ValueSet[];
  readonly #runner: HelmRunner;
  readonly #chart: Chart;
  readonly #access: RenderAccess;
  readonly #schemas = new Map<string, Promise<readonly OutsideSchema[]>>();
  #built: Promise<string> | undefined;

  constructor(runner: HelmRunner, chart: Chart, access: RenderAccess) {
    this.valueSets = chart.valueSets;
    this.#runner = runner;
    this.#chart = chart;
    this.#access = access;
  }

  async render(valueSet: ValueSet, options: RenderOptions, home: string): Promise<Rendering> {
    const path = this.#built === undefined ? this.#chart.path : await this.#built;
    // Helm opens whatever a schema refers to, files of the machine and hosts of its network included.
    const schemas = await this.#outsideSchemas(path);
    const flags = schemas.length > 0 ? [skipValidation] : [];
    const { helm, result } = await this.#template({ path, flags, valueSet, options, home });
    if (result.exitCode === 0) {
      const remarks = readWarnings(result.stderr, this.#chart, this.#access.log);
      const findings = [...remarks, ...unvalidated(this.#chart, schemas)];
      const helmVersion = helm.version;
      const copied: Pick<Rendering, 'dependencyCopyPath'> =
        path === this.#chart.path ? {} : { dependencyCopyPath: path };
      return { chart: this.#chart, valueSet: valueSet.name, text: result.stdout, findings, ...copied, helmVersion };
    }
    const reason = helmReason(result).replaceAll(path, this.#chart.displayPath);
    if (schemas.length > 0 && reason.includes(skipValidation)) throw notSkipped(this.#chart, schemas, helm);
    // Helm itself decides what is missing, so its rule is followed without being written down a second time.
    const missing = missingDependencies(reason);
    if (missing.length > 0 && path === this.#chart.path) {
      this.#built ??= buildDependencies(helm, this.#chart, missing, this.#access);
      await this.#built;
      return await this.render(valueSet, options, home);
    }
    const { workFolder } = this.#access;
    throw await renderError({ chart: this.#chart, valueSet: valueSet.name, reason, workFolder });
  }

  /** The same for all value sets. */
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
      bounds: renderBounds,
    };
    const run: RunHelm = async (helm, signal) => {
      try {
        return await runHelm(helm, command, { ...this.#access, signal });
      } catch (thrown) {
        throw renderStoppedError(thrown, this.#chart, valueSet.name);
      }
    };
    return await this.#runner(run, this.#access.signal);
  }
}
