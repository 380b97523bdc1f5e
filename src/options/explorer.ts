import { findWays, type Way } from './find-ways.ts';
import { type Gathered, gatherSwitches } from './gather-switches.ts';
import type { Probe, Prober } from './probe.ts';
import { type ImageValues, Ranking } from './rank-switches.ts';
import { placeOf, type Rendered, usesOf } from './rendered.ts';
import { endingOf, type Switch, switchId } from './switch.ts';
import type { TemplateHints } from './template-hints.ts';

/**
 * Renderings for finding switches that take something else's place. Without it images may be missed that only appear in
 * what was there before; with all of them in a large chart nothing would be left to find out about the others.
 */
const restoringRenderings = 9;
/** Switches that the others do not go with are tried alone; more than these say little for what they cost. */
const triedAlone = 6;

/** What was found out about the images of one chart. */
export interface Findings {
  /** Images and what brings them. */
  readonly ways: readonly Way<string>[];
  /** Images of which it was not found out what they need before the budget ended. */
  readonly open: readonly Way<string>[];
}

interface ExplorerDeps {
  readonly prober: Prober;
  readonly hints: TemplateHints;
  readonly values: ImageValues;
  readonly base: Rendered;
  readonly known: ReadonlySet<string>;
  /** Whether the chart's own text says that a switch may have to do with an image. */
  isPromising(each: Switch): boolean;
}

/** Turns switches of one chart and gathers what that brings. */
export class Explorer {
  readonly #prober: Prober;
  readonly #ranking: Ranking;
  readonly #hints: TemplateHints;
  readonly #base: Rendered;
  readonly #known: ReadonlySet<string>;
  readonly #promising: (each: Switch) => boolean;
  readonly #ways: Way<string>[] = [];
  readonly #open: Way<string>[] = [];
  readonly #all: Rendered[] = [];

  constructor({ prober, hints, values, base, known, isPromising }: ExplorerDeps) {
    this.#prober = prober;
    this.#hints = hints;
    this.#ranking = new Ranking(hints, values);
    this.#base = base;
    this.#known = known;
    this.#promising = isPromising;
  }

  result(): Findings {
    const found = new Set(this.#ways.map((way) => way.of));
    return { ways: this.#ways, open: this.#open.filter((way) => !found.has(way.of)) };
  }

  /** Turns groups of switches: together, then divided, then without those that were found; then those left aside. */
  async turn(groups: readonly (readonly Switch[])[]): Promise<void> {
    await this.#examine(await gatherSwitches(groups, this.#prober, this.#hints));
  }

  /** The same for what is off; such switches add to a chart, and those that replace parts of it are looked at alone. */
  async turnOn(groups: readonly (readonly Switch[])[]): Promise<void> {
    await this.#examine(await this.#restore(await gatherSwitches(groups, this.#prober, this.#hints)));
  }

  async #examine({ together, aside }: Gathered): Promise<void> {
    if (together !== undefined) {
      this.#all.push(together);
      await this.#divide(together, this.#newIn(together));
      const rest = await this.#withoutFound(together);
      if (rest !== undefined) await this.#divide(rest, this.#newIn(rest));
    }
    const alone = oneOfEach(aside.filter((each) => this.#promising(each))).slice(0, triedAlone);
    for (const probe of await this.#prober.probeAll(alone.map((each) => [each]))) {
      if (probe?.ok) await this.#divide(probe, this.#newIn(probe));
    }
  }

  /**
   * Images that still appear without all switches that were found have another way, and some appear only then: that is looked
   * for until it brings nothing.
   */
  async lookForAlternatives(): Promise<void> {
    for (const together of this.#all) {
      let found: number;
      do {
        found = this.#ways.length;
        const rest = await this.#withoutFound(together);
        const images = [...(rest?.images ?? [])].filter((image) => !this.#known.has(image));
        if (rest !== undefined) await this.#divide(rest, images);
      } while (this.#ways.length > found);
    }
  }

  /** Takes out switches that displace what the chart has without them, and with it what other switches would bring there. */
  async #restore(gathered: Gathered): Promise<Gathered> {
    const displacing: Switch[] = [];
    let { together } = gathered;
    const prober = this.#prober.withAtMost(restoringRenderings);
    while (together !== undefined) {
      const within: Rendered = together;
      const lost = usesOf(this.#base).find((use) => !within.places.has(placeOf(use)));
      if (lost === undefined) break;
      const effect = { of: lost, within, isIn: ({ places }: Rendered) => !places.has(placeOf(lost)) };
      const rank = () => this.#ranking.rank(within.switches, lost, this.#base.rendering);
      const [way] = (await findWays([effect], rank, prober)).found;
      if (way === undefined) break;
      displacing.push(...way.by.switches);
      const rest = within.switches.filter((each) => !way.by.switches.includes(each));
      const restored: Probe | undefined = rest.length === 0 ? undefined : await prober.probe(rest);
      if (!restored?.ok) break;
      together = restored;
    }
    return { together, aside: [...displacing, ...gathered.aside] };
  }

  async #divide(within: Rendered, images: readonly string[]): Promise<void> {
    const effects = images.map((image) => ({
      of: image,
      within,
      isIn: (rendered: Rendered) => rendered.images.has(image),
    }));
    const rank = ({ of }: Way<string> | { readonly of: string }) => this.#ranking.rankForImage(within, of);
    const { found, open } = await findWays(effects, rank, this.#prober);
    this.#ways.push(...found);
    this.#open.push(...open);
  }

  async #withoutFound(together: Rendered): Promise<Rendered | undefined> {
    const found = new Set(this.#ways.flatMap(({ by }) => by.switches.map(switchId)));
    const rest = together.switches.filter((each) => !found.has(switchId(each)));
    if (rest.length === 0 || rest.length === together.switches.length) return undefined;
    const probe = await this.#prober.probe(rest);
    return probe?.ok ? probe : undefined;
  }

  #newIn({ images }: Rendered): readonly string[] {
    const found = new Set(this.#ways.map((way) => way.of));
    return [...images].filter((image) => !this.#known.has(image) && !found.has(image));
  }
}

/** Of switches that each of several components has, the first. */
function oneOfEach(switches: readonly Switch[]): readonly Switch[] {
  const byEnding = new Map<string, Switch>();
  for (const each of switches) if (!byEnding.has(endingOf(each))) byEnding.set(endingOf(each), each);
  return [...byEnding.values()];
}
