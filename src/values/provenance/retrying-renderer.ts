import type { Rendering } from '../../helm/cli/rendering.ts';
import type { EffectiveValues } from '../tree/effective-values.ts';
import { scalarsOf } from '../tree/value-tree.ts';
import type { ValueEdit } from '../tree/values-file.ts';
import { type RenderContext, type RerenderResult, renderWith } from './render-with.ts';
import { requiredToggles } from './required-toggles.ts';

/** Renders one chart with edited values, and enables toggles that it requires for them. */
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

  get signal(): AbortSignal {
    return this.#tools.access.signal;
  }

  /** Number of helm runs. */
  get renderings(): number {
    return this.#renderings;
  }

  /** Toggles that the chart requires for other images. Known after the first rejection. */
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
