import type { Rendering } from '../../helm/cli/rendering.ts';
import type { EffectiveValues } from '../tree/effective-values.ts';
import { scalarsOf } from '../tree/value-tree.ts';
import type { ValueEdit } from '../tree/values-file.ts';
import { type RenderContext, type RerenderResult, renderWith } from './render-with.ts';
import { requiredToggles } from './required-toggles.ts';

/** Renders one chart with other texts for its values, and with the switches on that it asks for when it refuses them. */
export class RetryingRenderer {
  readonly #rendering: Rendering;
  readonly #values: EffectiveValues;
  readonly #tools: RenderContext;
  #permissions: readonly ValueEdit[] = [];
  #renderings = 0;

  constructor(
    rendering: Rendering,
    values: EffectiveValues,
    tools: RenderContext,
    permissions: readonly ValueEdit[] = [],
  ) {
    this.#rendering = rendering;
    this.#values = values;
    this.#tools = tools;
    this.#permissions = permissions;
  }

  /** Aborted if the run is cancelled. */
  get signal(): AbortSignal {
    return this.#tools.access.signal;
  }

  /** How often helm was run. */
  get renderings(): number {
    return this.#renderings;
  }

  /** What the chart wants on before it takes other images than its own; known once it has refused some. */
  get permissions(): readonly ValueEdit[] {
    return this.#permissions;
  }

  /** Errors: `cancelled`. */
  async render(texts: readonly ValueEdit[]): Promise<RerenderResult> {
    const first = await this.#run([...this.#permissions, ...texts]);
    if (first.ok || this.#permissions.length > 0) return first;
    const permissions = requiredToggles(first.reason, scalarsOf(this.#values.root));
    if (permissions.length === 0) return first;
    const second = await this.#run([...permissions, ...texts]);
    if (second.ok) this.#permissions = permissions;
    return second;
  }

  async #run(texts: readonly ValueEdit[]): Promise<RerenderResult> {
    this.#renderings += 1;
    return await renderWith(this.#rendering, this.#values, texts, this.#tools);
  }
}
