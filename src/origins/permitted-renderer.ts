import type { Rendering } from '../helm/rendering.ts';
import type { EffectiveValues } from './effective-values.ts';
import { permissionsIn } from './permissions.ts';
import { type RenderTools, type Rerendering, renderWith } from './render-with.ts';
import { leavesOf } from './value-tree.ts';
import type { NewText } from './values-file.ts';

/** Renders one chart with other texts for its values, and with the switches on that it asks for when it refuses them. */
export class PermittedRenderer {
  readonly #rendering: Rendering;
  readonly #values: EffectiveValues;
  readonly #tools: RenderTools;
  #permissions: readonly NewText[] = [];
  #renderings = 0;

  constructor(rendering: Rendering, values: EffectiveValues, tools: RenderTools, permissions: readonly NewText[] = []) {
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
  get permissions(): readonly NewText[] {
    return this.#permissions;
  }

  /** Errors: `cancelled`. */
  async render(texts: readonly NewText[]): Promise<Rerendering> {
    const first = await this.#run([...this.#permissions, ...texts]);
    if (first.ok || this.#permissions.length > 0) return first;
    const permissions = permissionsIn(first.reason, leavesOf(this.#values.root));
    if (permissions.length === 0) return first;
    const second = await this.#run([...permissions, ...texts]);
    if (second.ok) this.#permissions = permissions;
    return second;
  }

  async #run(texts: readonly NewText[]): Promise<Rerendering> {
    this.#renderings += 1;
    return await renderWith(this.#rendering, this.#values, texts, this.#tools);
  }
}
