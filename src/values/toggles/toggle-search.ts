import { enableAll, type Gathered } from './enable-all.ts';
import { type MinimalSet, minimizeToggles } from './minimize-toggles.ts';
import { type ImageValues, Ranking } from './rank-toggles.ts';
import type { CachedRenderer, RenderAttempt } from './render-attempts.ts';
import type { TemplateHints } from './template-hints.ts';
import { suffixOf, type Toggle, togglePathKey } from './toggle.ts';
import { placeOf, type ToggledRendering, usesOf } from './toggled-rendering.ts';

/**
 * Renderings for finding switches that take something else's place. Without it images may be missed that only appear in
 * what was there before; with all of them in a large chart nothing would be left to find out about the others.
 */
const restoringRenderings = 9;
/** Switches that the others do not go with are tried alone; more than these say little for what they cost. */
const triedAlone = 6;

/** What was found out about the images of one chart. */
export interface OptionalImageResults {
  /** Images and what brings them. */
  readonly ways: readonly MinimalSet<string>[];
  /** Images of which it was not found out what they need before the budget ended. */
  readonly open: readonly MinimalSet<string>[];
}

interface ExplorerDeps {
  readonly prober: CachedRenderer;
  readonly hints: TemplateHints;
  readonly values: ImageValues;
  readonly base: ToggledRendering;
  readonly known: ReadonlySet<string>;
  /** Whether the chart's own text says that a switch may have to do with an image. */
  isPromising(each: Toggle): boolean;
}

/** Turns switches of one chart and gathers what that brings. */
export class ToggleSearch {
  readonly #prober: CachedRenderer;
  readonly #ranking: Ranking;
  readonly #hints: TemplateHints;
  readonly #base: ToggledRendering;
  readonly #known: ReadonlySet<string>;
  readonly #promising: (each: Toggle) => boolean;
  readonly #ways: MinimalSet<string>[] = [];
  readonly #open: MinimalSet<string>[] = [];
  readonly #all: ToggledRendering[] = [];

  constructor({ prober, hints, values, base, known, isPromising }: ExplorerDeps) {
    this.#prober = prober;
    this.#hints = hints;
    this.#ranking = new Ranking(hints, values);
    this.#base = base;
    this.#known = known;
    this.#promising = isPromising;
  }

  result(): OptionalImageResults {
    const found = new Set(this.#ways.map((way) => way.of));
    return { ways: this.#ways, open: this.#open.filter((way) => !found.has(way.of)) };
  }

  /** Turns groups of switches: together, then divided, then without those that were found; then those left aside. */
  async tryToggles(groups: readonly (readonly Toggle[])[]): Promise<void> {
    await this.#examine(await enableAll(groups, this.#prober, this.#hints));
  }

  /** The same for what is off; such switches add to a chart, and those that replace parts of it are looked at alone. */
  async tryEnabling(groups: readonly (readonly Toggle[])[]): Promise<void> {
    await this.#examine(await this.#restore(await enableAll(groups, this.#prober, this.#hints)));
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
  async tryAlternatives(): Promise<void> {
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
    const displacing: Toggle[] = [];
    let { together } = gathered;
    const prober = this.#prober.withAtMost(restoringRenderings);
    while (together !== undefined) {
      const within: ToggledRendering = together;
      const lost = usesOf(this.#base).find((use) => !within.places.has(placeOf(use)));
      if (lost === undefined) break;
      const effect = { of: lost, within, isIn: ({ places }: ToggledRendering) => !places.has(placeOf(lost)) };
      const rank = () => this.#ranking.rank(within.switches, lost, this.#base.rendering);
      const [way] = (await minimizeToggles([effect], rank, prober)).found;
      if (way === undefined) break;
      displacing.push(...way.by.switches);
      const rest = within.switches.filter((each) => !way.by.switches.includes(each));
      const restored: RenderAttempt | undefined = rest.length === 0 ? undefined : await prober.probe(rest);
      if (!restored?.ok) break;
      together = restored;
    }
    return { together, aside: [...displacing, ...gathered.aside] };
  }

  async #divide(within: ToggledRendering, images: readonly string[]): Promise<void> {
    const effects = images.map((image) => ({
      of: image,
      within,
      isIn: (rendered: ToggledRendering) => rendered.images.has(image),
    }));
    const rank = ({ of }: MinimalSet<string> | { readonly of: string }) => this.#ranking.rankForImage(within, of);
    const { found, open } = await minimizeToggles(effects, rank, this.#prober);
    this.#ways.push(...found);
    this.#open.push(...open);
  }

  async #withoutFound(together: ToggledRendering): Promise<ToggledRendering | undefined> {
    const found = new Set(this.#ways.flatMap(({ by }) => by.switches.map(togglePathKey)));
    const rest = together.switches.filter((each) => !found.has(togglePathKey(each)));
    if (rest.length === 0 || rest.length === together.switches.length) return undefined;
    const probe = await this.#prober.probe(rest);
    return probe?.ok ? probe : undefined;
  }

  #newIn({ images }: ToggledRendering): readonly string[] {
    const found = new Set(this.#ways.map((way) => way.of));
    return [...images].filter((image) => !this.#known.has(image) && !found.has(image));
  }
}

/** Of switches that each of several components has, the first. */
function oneOfEach(toggles: readonly Toggle[]): readonly Toggle[] {
  const byEnding = new Map<string, Toggle>();
  for (const each of toggles) if (!byEnding.has(suffixOf(each))) byEnding.set(suffixOf(each), each);
  return [...byEnding.values()];
}
