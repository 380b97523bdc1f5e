import type { Prober } from './probe.ts';
import type { Rendered } from './rendered.ts';
import { type SetSearch, smallestSet } from './smallest-set.ts';
import { assignmentOf, type Switch } from './switch.ts';

/** Something that turned switches do, and a rendering in which they do it. */
export interface Effect<Of> {
  readonly of: Of;
  readonly within: Rendered;
  isIn(rendered: Rendered): boolean;
}

/** A rendering with the fewest switches that do it. */
export interface Way<Of> {
  readonly of: Of;
  readonly by: Rendered;
}

export interface Ways<Of> {
  readonly found: readonly Way<Of>[];
  /** Those that the budget did not suffice for, each with the smallest set that is known to do it. */
  readonly open: readonly Way<Of>[];
}

/**
 * Divides the switches of each effect until those are left that have it. All take their steps together, and what one
 * finds out answers the questions of others, so the renderings do not depend on which of them is faster.
 * `rank` orders the switches for an effect, likely ones first.
 */
export async function findWays<Of>(
  effects: readonly Effect<Of>[],
  rank: (effect: Effect<Of>) => Promise<readonly Switch[]>,
  prober: Prober,
): Promise<Ways<Of>> {
  let searches: OpenSearch<Of>[] = [];
  for (const effect of effects) searches.push(new OpenSearch(effect, smallestSet(await rank(effect)), prober));
  const found: Way<Of>[] = [];
  const open: Way<Of>[] = [];
  while (searches.length > 0) {
    for (const search of searches) search.proceed();
    found.push(...searches.flatMap((search) => search.way ?? []));
    // More switches may do less, where one displaces another; then the search can end without a set that was seen to do it.
    open.push(...searches.flatMap((search) => (search.isLost ? [search.closest()] : [])));
    const asking = searches.filter((search) => search.question !== undefined);
    const answers = await prober.probeAll(asking.map((search) => search.question ?? []));
    // Without budget a search may still go on by what others find out; when nobody gets an answer, all of them end.
    const stuck = answers.every((answer) => answer === undefined);
    if (stuck) open.push(...asking.map((search) => search.closest()));
    searches = stuck ? [] : asking;
  }
  return { found, open };
}

class OpenSearch<Of> {
  readonly #effect: Effect<Of>;
  readonly #search: SetSearch<Switch>;
  readonly #prober: Prober;
  #step: IteratorResult<readonly Switch[], readonly Switch[]>;

  constructor(effect: Effect<Of>, search: SetSearch<Switch>, prober: Prober) {
    this.#effect = effect;
    this.#search = search;
    this.#prober = prober;
    this.#step = search.next();
  }

  get question(): readonly Switch[] | undefined {
    return this.#step.done ? undefined : this.#step.value;
  }

  get way(): Way<Of> | undefined {
    if (!this.#step.done) return undefined;
    const by = this.#brought().find(({ switches }) => isSame(switches, this.#step.value));
    return by && { of: this.#effect.of, by };
  }

  get isLost(): boolean {
    return this.#step.done === true && this.way === undefined;
  }

  /** Goes on as far as what is known answers the questions. */
  proceed(): void {
    while (!this.#step.done) {
      const answer = this.#answer(this.#step.value);
      if (answer === undefined) return;
      this.#step = this.#search.next(answer);
    }
  }

  closest(): Way<Of> {
    const [smallest] = this.#brought().toSorted((a, b) => a.switches.length - b.switches.length);
    return { of: this.#effect.of, by: smallest ?? this.#effect.within };
  }

  #brought(): readonly Rendered[] {
    const known = this.#prober.done.flatMap((probe) => (probe.ok && this.#effect.isIn(probe) ? [probe] : []));
    return known.includes(this.#effect.within) ? known : [this.#effect.within, ...known];
  }

  /** A set that was rendered speaks for itself; a larger one without the effect speaks for its parts. */
  #answer(asked: readonly Switch[]): boolean | undefined {
    if (this.#brought().some(({ switches }) => isSame(switches, asked))) return true;
    for (const probe of this.#prober.done) {
      if (isSame(probe.switches, asked)) return false;
      // One from outside may have been kept from it by what it has beside.
      const speaks = probe.ok && holds(this.#effect.within.switches, probe.switches);
      if (speaks && !this.#effect.isIn(probe) && holds(probe.switches, asked)) return false;
    }
    return undefined;
  }
}

function isSame(one: readonly Switch[], other: readonly Switch[]): boolean {
  return one.length === other.length && holds(one, other);
}

function holds(all: readonly Switch[], some: readonly Switch[]): boolean {
  const texts = new Set(all.map(assignmentOf));
  return some.every((each) => texts.has(assignmentOf(each)));
}
