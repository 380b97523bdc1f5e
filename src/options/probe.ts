import { errorsOf } from '../errors.ts';
import { renderCharts } from '../helm/render-charts.ts';
import type { Rendering } from '../helm/rendering.ts';
import type { Limit } from '../limit.ts';
import { silentLog } from '../log.ts';
import { valueSetOf } from '../origins/effective-values.ts';
import type { RenderTools } from '../origins/render-with.ts';
import { Budget } from './budget.ts';
import { type Rendered, readRendered } from './rendered.ts';
import { type Switch, wayText } from './switch.ts';

/** What a chart renders to with some of its switches turned. */
export type Probe = Rendered | Refused;

export interface Refused {
  readonly ok: false;
  readonly switches: readonly Switch[];
  /** Helm's own words. */
  readonly reason: string;
}

/** Renders one chart with switches turned, each set of them once, while there is budget for it. */
export class Prober {
  readonly #base: Rendering;
  readonly #tools: RenderTools;
  readonly #limit: Limit;
  readonly #budget: Budget;
  readonly #probes: Map<string, Promise<Probe>>;
  readonly #done: Probe[];

  /** `known` is what another one with other means has found out, and goes on to. */
  constructor(base: Rendering, tools: RenderTools, limit: Limit, budget: Budget, known?: Prober) {
    this.#base = base;
    this.#tools = tools;
    this.#limit = limit;
    this.#budget = budget;
    this.#probes = known === undefined ? new Map() : known.#probes;
    this.#done = known === undefined ? [] : known.#done;
  }

  /** The same with at most so many further renderings. */
  withAtMost(renderings: number): Prober {
    return new Prober(this.#base, this.#tools, this.#limit, new Budget(renderings, this.#budget), this);
  }

  /** All that is known so far, in the order in which it was asked for. */
  get done(): readonly Probe[] {
    return this.#done;
  }

  /** Undefined when there is no budget left for it. Errors: `cancelled`. */
  async probe(switches: readonly Switch[]): Promise<Probe | undefined> {
    return (await this.probeAll([switches]))[0];
  }

  /** The same for several sets, side by side; the answers are in their order. */
  async probeAll(sets: readonly (readonly Switch[])[]): Promise<readonly (Probe | undefined)[]> {
    const probes = sets.map((switches) => this.#start(switches));
    const answers = await Promise.all(probes);
    for (const answer of answers) if (answer !== undefined && !this.#done.includes(answer)) this.#done.push(answer);
    return answers;
  }

  #start(switches: readonly Switch[]): Promise<Probe> | undefined {
    const id = setId(switches);
    const known = this.#probes.get(id);
    if (known !== undefined) return known;
    if (!this.#budget.take()) return undefined;
    const started = this.#limit(() => this.#render(switches));
    this.#probes.set(id, started);
    return started;
  }

  async #render(switches: readonly Switch[]): Promise<Probe> {
    const { helm, template, access } = this.#tools;
    const base = valueSetOf(this.#base);
    const way = wayText(switches);
    // Under the usual name, which messages leave out: they must name no switch that helm itself does not complain of.
    const valueSet = { name: 'default', valueFiles: base.valueFiles, set: [...base.set, way] };
    const path = this.#base.builtPath ?? this.#base.chart.path;
    const chart = { ...this.#base.chart, path, valueSets: [valueSet] };
    try {
      // What helm remarks of the chart was told when it was rendered first.
      const [rendered] = await renderCharts(helm, [chart], template, { ...access, log: silentLog });
      if (rendered === undefined) return { ok: false, switches, reason: 'helm printed nothing' };
      const name = base.name === 'default' ? way : `${base.name} with ${way}`;
      const named = { ...this.#base.chart, valueSets: [{ ...valueSet, name }] };
      return await readRendered({ ...rendered, chart: named, valueSet: name }, switches, access.signal);
    } catch (thrown) {
      const errors = errorsOf(thrown);
      if (errors.some(({ code }) => code === 'cancelled' || code === 'internal')) throw thrown;
      return { ok: false, switches, reason: errors.map(({ message }) => message).join('; ') };
    }
  }
}

/** Equal for equal sets in whatever order. */
export function setId(switches: readonly Switch[]): string {
  return JSON.stringify(switches.map((each) => [...each.keys, each.to]).sort());
}
