import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { toErrors } from '../../core/errors.ts';
import { silentLog } from '../../core/log.ts';
import { renderCompleted } from '../../helm/cli/render-charts.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { RenderContext } from '../provenance/render-with.ts';
import { valueSetOf } from '../tree/effective-values.ts';
import { formatToggles, type Toggle } from './toggle.ts';
import { type ToggledRendering, toToggledRendering } from './toggled-rendering.ts';

/** Result of rendering a chart with some of its toggles set. */
export type RenderAttempt = ToggledRendering | FailedAttempt;

export interface FailedAttempt {
  readonly ok: false;
  readonly toggles: readonly Toggle[];
  /** Error message of helm. */
  readonly reason: string;
}

/** Renders one chart with toggle sets, each set once, within a budget. */
export class CachedRenderer {
  readonly #base: Rendering;
  readonly #tools: RenderContext;
  readonly #limit: ConcurrencyLimit;
  readonly #budget: Budget;
  readonly #attempts: Map<string, Promise<RenderAttempt>>;
  readonly #done: RenderAttempt[];
  #refused = 0;

  /** `known`: attempts of another renderer, shared and extended. */
  constructor(base: Rendering, tools: RenderContext, limit: ConcurrencyLimit, budget: Budget, known?: CachedRenderer) {
    this.#base = base;
    this.#tools = tools;
    this.#limit = limit;
    this.#budget = budget;
    this.#attempts = known === undefined ? new Map() : known.#attempts;
    this.#done = known === undefined ? [] : known.#done;
  }

  /** Limits the further renderings. */
  withAtMost(renderings: number): CachedRenderer {
    return new CachedRenderer(this.#base, this.#tools, this.#limit, new Budget(renderings, this.#budget), this);
  }

  /** Renderings that the budget has left. */
  get left(): number {
    return this.#budget.left;
  }

  /** All attempts, in the order of the requests. */
  get done(): readonly RenderAttempt[] {
    return this.#done;
  }

  /** Renderings that the budget did not suffice for. */
  get refused(): number {
    return this.#refused;
  }

  /** Undefined if the budget is used up. Errors: `cancelled`. */
  async attempt(toggles: readonly Toggle[]): Promise<RenderAttempt | undefined> {
    return (await this.attemptAll([toggles]))[0];
  }

  /** Renders several sets in parallel, with results in their order. */
  async attemptAll(sets: readonly (readonly Toggle[])[]): Promise<readonly (RenderAttempt | undefined)[]> {
    const attempts = sets.map((toggles) => this.#start(toggles));
    const responses = await Promise.all(attempts);
    for (const response of responses)
      if (response !== undefined && !this.#done.includes(response)) this.#done.push(response);
    return responses;
  }

  #start(toggles: readonly Toggle[]): Promise<RenderAttempt> | undefined {
    const id = setId(toggles);
    const known = this.#attempts.get(id);
    if (known !== undefined) return known;
    if (!this.#budget.take()) {
      this.#refused += 1;
      return undefined;
    }
    const started = this.#limit(() => this.#render(toggles));
    this.#attempts.set(id, started);
    return started;
  }

  async #render(toggles: readonly Toggle[]): Promise<RenderAttempt> {
    const { helm, template, access } = this.#tools;
    const base = valueSetOf(this.#base);
    const minimal = formatToggles(toggles);
    // The default name is left out of messages, which must name only toggles from the helm error.
    const valueSet = { name: 'default', valueFiles: base.valueFiles, set: [...base.set, minimal] };
    const path = this.#base.dependencyCopyPath ?? this.#base.chart.path;
    const chart = { ...this.#base.chart, path, valueSets: [valueSet] };
    try {
      // Warnings of helm were logged by the first rendering.
      const [rendered] = await renderCompleted(helm, [chart], template, { ...access, log: silentLog });
      if (rendered === undefined) return { ok: false, toggles: toggles, reason: 'helm printed nothing' };
      const name = base.name === 'default' ? minimal : `${base.name} with ${minimal}`;
      const named = { ...this.#base.chart, valueSets: [{ ...valueSet, name }] };
      const { dependencyCopyPath } = this.#base;
      const copied = dependencyCopyPath === undefined ? {} : { dependencyCopyPath };
      const own = { ...rendered, ...copied, chart: named, valueSet: name, withoutToggles: this.#base };
      return await toToggledRendering(own, toggles, access.signal);
    } catch (thrown) {
      const errors = toErrors(thrown);
      if (errors.some(({ code }) => code === 'cancelled' || code === 'internal')) throw thrown;
      return { ok: false, toggles: toggles, reason: errors.map(({ message }) => message).join('; ') };
    }
  }
}

/** Independent of the order. */
export function setId(toggles: readonly Toggle[]): string {
  return JSON.stringify(toggles.map((each) => [...each.keys, each.to]).sort());
}

/** A limit of renderings. */
export class Budget {
  readonly #whole: Budget | undefined;
  #left: number;

  /** `whole`: the budget that this one is a part of. Both apply. */
  constructor(renderings: number, whole?: Budget) {
    this.#left = renderings;
    this.#whole = whole;
  }

  get left(): number {
    return this.#whole === undefined ? this.#left : Math.min(this.#left, this.#whole.left);
  }

  /** False if the budget is used up. */
  take(): boolean {
    if (this.left <= 0) return false;
    this.#left -= 1;
    return this.#whole?.take() ?? true;
  }
}
