import { minimalSet, type SetSearch } from './minimal-set.ts';
import type { CachedRenderer } from './render-attempts.ts';
import { type Toggle, toSetArgument } from './toggle.ts';
import type { ToggledRendering } from './toggled-rendering.ts';

/** An effect of toggles, with a rendering that shows it. */
export interface Goal<Of> {
  readonly of: Of;
  readonly within: ToggledRendering;
  isIn(rendered: ToggledRendering): boolean;
}

/** A rendering with the fewest toggles that show an effect. */
export interface MinimalSet<Of> {
  readonly of: Of;
  readonly by: ToggledRendering;
}

export interface MinimizeResult<Of> {
  readonly found: readonly MinimalSet<Of>[];
  /** Effects that the budget did not suffice for, each with the smallest known set. */
  readonly open: readonly MinimalSet<Of>[];
}

/**
 * Minimizes the toggles of each effect. All searches run in lockstep and share results, so the renderings do not
 * depend on timing. `rank` orders the toggles of an effect, likely ones first.
 */
export async function minimizeToggles<Of>(
  effects: readonly Goal<Of>[],
  rank: (effect: Goal<Of>) => Promise<readonly Toggle[]>,
  renderer: CachedRenderer,
): Promise<MinimizeResult<Of>> {
  let searches: Minimizer<Of>[] = [];
  for (const effect of effects) searches.push(new Minimizer(effect, minimalSet(await rank(effect)), renderer));
  const found: MinimalSet<Of>[] = [];
  const open: MinimalSet<Of>[] = [];
  while (searches.length > 0) {
    for (const search of searches) search.proceed();
    found.push(...searches.flatMap((search) => search.minimal ?? []));
    // More toggles may have less effect if one displaces another. Then a search can end without a passing set.
    open.push(...searches.flatMap((search) => (search.isLost ? [search.closest()] : [])));
    const asking = searches.filter((search) => search.question !== undefined);
    const responses = await renderer.attemptAll(asking.map((search) => search.question ?? []));
    // Without budget, a search may continue with results of others. If no search gets a result, all end.
    const stuck = responses.every((response) => response === undefined);
    if (stuck) open.push(...asking.map((search) => search.closest()));
    searches = stuck ? [] : asking;
  }
  return { found, open };
}

class Minimizer<Of> {
  readonly #effect: Goal<Of>;
  readonly #search: SetSearch<Toggle>;
  readonly #renderer: CachedRenderer;
  #step: IteratorResult<readonly Toggle[], readonly Toggle[]>;

  constructor(effect: Goal<Of>, search: SetSearch<Toggle>, renderer: CachedRenderer) {
    this.#effect = effect;
    this.#search = search;
    this.#renderer = renderer;
    this.#step = search.next();
  }

  get question(): readonly Toggle[] | undefined {
    return this.#step.done ? undefined : this.#step.value;
  }

  get minimal(): MinimalSet<Of> | undefined {
    if (!this.#step.done) return undefined;
    const by = this.#passing().find(({ toggles }) => isSame(toggles, this.#step.value));
    return by && { of: this.#effect.of, by };
  }

  get isLost(): boolean {
    return this.#step.done === true && this.minimal === undefined;
  }

  /** Continues as long as results are known. */
  proceed(): void {
    while (!this.#step.done) {
      const response = this.#answer(this.#step.value);
      if (response === undefined) return;
      this.#step = this.#search.next(response);
    }
  }

  closest(): MinimalSet<Of> {
    const [smallest] = this.#passing().toSorted((a, b) => a.toggles.length - b.toggles.length);
    return { of: this.#effect.of, by: smallest ?? this.#effect.within };
  }

  #passing(): readonly ToggledRendering[] {
    const known = this.#renderer.done.flatMap((attempt) => (attempt.ok && this.#effect.isIn(attempt) ? [attempt] : []));
    return known.includes(this.#effect.within) ? known : [this.#effect.within, ...known];
  }

  /** A rendered set answers for itself. A larger set without the effect answers for its subsets. */
  #answer(requested: readonly Toggle[]): boolean | undefined {
    if (this.#passing().some(({ toggles }) => isSame(toggles, requested))) return true;
    for (const attempt of this.#renderer.done) {
      if (isSame(attempt.toggles, requested)) return false;
      // Other toggles outside of the effect may suppress it.
      const isRelevant = attempt.ok && includesAll(this.#effect.within.toggles, attempt.toggles);
      if (isRelevant && !this.#effect.isIn(attempt) && includesAll(attempt.toggles, requested)) return false;
    }
    return undefined;
  }
}

function isSame(one: readonly Toggle[], other: readonly Toggle[]): boolean {
  return one.length === other.length && includesAll(one, other);
}

function includesAll(all: readonly Toggle[], some: readonly Toggle[]): boolean {
  const texts = new Set(all.map(toSetArgument));
  return some.every((each) => texts.has(toSetArgument(each)));
}
