import { type EnableResult, enableAll } from './enable-all.ts';
import { type MinimalSet, minimizeToggles } from './minimize-toggles.ts';
import { type ImageValues, Ranking } from './rank-toggles.ts';
import type { CachedRenderer, RenderAttempt } from './render-attempts.ts';
import type { TemplateHints } from './template-hints.ts';
import { suffixOf, type Toggle, togglePathKey, toSetArgument } from './toggle.ts';
import { type ToggledRendering, useKey, usesOf } from './toggled-rendering.ts';

/**
 * Renderings for finding toggles that displace others. Images may be missed without it, and other toggles if a large
 * chart uses the whole budget.
 */
const restoringRenderings = 9;
/** Renderings that toggles which were refused leave to other toggles of the same images. */
const alternativeRenderings = 3;
/** Maximum of excluded toggles that are tried alone. More cost too many renderings. */
const triedAlone = 6;

/** Optional images of one chart. */
export interface OptionalImageResults {
  /** Images with their minimal toggle sets. */
  readonly minimalSets: readonly MinimalSet<string>[];
  /** Images whose minimal toggle set was not determined within the budget. */
  readonly open: readonly MinimalSet<string>[];
  /** The budget ended before other toggles of the same images were searched. */
  readonly alternativesUnknown: boolean;
}

interface ToggleSearchContext {
  readonly renderer: CachedRenderer;
  readonly hints: TemplateHints;
  readonly values: ImageValues;
  readonly base: ToggledRendering;
  readonly known: ReadonlySet<string>;
  /** Whether the templates indicate that a toggle affects an image. */
  isPromising(each: Toggle): boolean;
}

/** Sets toggles of one chart and collects the images. */
export class ToggleSearch {
  readonly #renderer: CachedRenderer;
  readonly #ranking: Ranking;
  readonly #hints: TemplateHints;
  readonly #base: ToggledRendering;
  readonly #known: ReadonlySet<string>;
  readonly #promising: (each: Toggle) => boolean;
  readonly #minimalSets: MinimalSet<string>[] = [];
  readonly #open: MinimalSet<string>[] = [];
  readonly #all: ToggledRendering[] = [];
  #alternativesUnknown = false;

  constructor({ renderer, hints, values, base, known, isPromising }: ToggleSearchContext) {
    this.#renderer = renderer;
    this.#hints = hints;
    this.#ranking = new Ranking(hints, values);
    this.#base = base;
    this.#known = known;
    this.#promising = isPromising;
  }

  result(): OptionalImageResults {
    const found = new Set(this.#minimalSets.map((minimal) => minimal.of));
    const open = this.#open.filter((minimal) => !found.has(minimal.of));
    const passing = this.#passingImages(new Set([...found, ...open.map((minimal) => minimal.of)]));
    return {
      // A single toggle is a minimal set.
      minimalSets: [...this.#minimalSets, ...passing.filter(({ by }) => by.toggles.length === 1)],
      open: [...open, ...passing.filter(({ by }) => by.toggles.length > 1)],
      alternativesUnknown: this.#alternativesUnknown,
    };
  }

  /** Images that no search was for: larger sets of toggles hide them. The smallest set with each is its best known. */
  #passingImages(reported: ReadonlySet<string>): readonly MinimalSet<string>[] {
    const rendered = this.#renderer.done.filter((attempt) => attempt.ok);
    const passing = new Map<string, MinimalSet<string>>();
    for (const by of rendered.toSorted((one, other) => one.toggles.length - other.toggles.length)) {
      for (const of of by.images) {
        if (!this.#known.has(of) && !reported.has(of) && !passing.has(of)) passing.set(of, { of, by });
      }
    }
    return [...passing.values()];
  }

  /** Tries toggles: together, then divided, then without those that were found, then the excluded ones. */
  async tryToggles(toggles: readonly Toggle[]): Promise<void> {
    await this.#examine(await enableAll([toggles], this.#renderer, this.#hints));
  }

  /**
   * Tries toggles that no rendering has: the chart refuses them together with others, or the search gave up on their
   * group. One of several components first, because their toggles do the same.
   */
  async tryAlone(toggles: readonly Toggle[]): Promise<void> {
    const tried = new Set(
      this.#renderer.done.flatMap((attempt) => (attempt.ok ? attempt.toggles.map(toSetArgument) : [])),
    );
    const untried = toggles.filter((each) => !tried.has(toSetArgument(each)));
    const first = oneOfEach(untried);
    const ordered = [...first, ...untried.filter((each) => !first.includes(each))];
    await this.#tryEach(ordered.slice(0, Math.max(0, this.#renderer.left - alternativeRenderings)));
  }

  /** Finds the toggles of images that only larger sets showed so far: no search was for them. */
  async divideHidden(): Promise<void> {
    const reported = new Set([...this.#minimalSets, ...this.#open].map(({ of }) => of));
    const hidden = new Map<ToggledRendering, string[]>();
    for (const { of, by } of this.#passingImages(reported)) hidden.set(by, [...(hidden.get(by) ?? []), of]);
    for (const [by, images] of hidden) await this.#divide(by, images);
  }

  /** For toggles of kind `on`, which usually add to a chart. Those that replace parts of it are tried alone. */
  async tryEnabling(groups: readonly (readonly Toggle[])[]): Promise<void> {
    await this.#examine(await this.#restore(await enableAll(groups, this.#renderer, this.#hints)));
  }

  async #examine({ combined, excluded }: EnableResult): Promise<void> {
    if (combined !== undefined) {
      this.#all.push(combined);
      await this.#divide(combined, this.#newIn(combined));
      const rest = await this.#withoutFound(combined);
      if (rest !== undefined) await this.#divide(rest, this.#newIn(rest));
    }
    const alone = oneOfEach(excluded.filter((each) => this.#promising(each))).slice(0, triedAlone);
    await this.#tryEach(alone);
  }

  async #tryEach(toggles: readonly Toggle[]): Promise<void> {
    for (const attempt of await this.#renderer.attemptAll(toggles.map((each) => [each]))) {
      if (attempt?.ok) await this.#divide(attempt, this.#newIn(attempt));
    }
  }

  /**
   * Tries all toggles without those that were found, because an image may have several toggle sets, until there are no
   * new images.
   */
  async tryAlternatives(): Promise<void> {
    const refused = this.#renderer.refused;
    for (const combined of this.#all) {
      let found: number;
      do {
        found = this.#minimalSets.length;
        const rest = await this.#withoutFound(combined);
        const images = [...(rest?.images ?? [])].filter((image) => !this.#known.has(image));
        if (rest !== undefined) await this.#divide(rest, images);
      } while (this.#minimalSets.length > found);
    }
    this.#alternativesUnknown = this.#renderer.refused > refused;
  }

  /** Removes toggles that displace parts of the chart, which hide images of other toggles. */
  async #restore(gathered: EnableResult): Promise<EnableResult> {
    const displacing: Toggle[] = [];
    let { combined } = gathered;
    const renderer = this.#renderer.withAtMost(restoringRenderings);
    while (combined !== undefined) {
      const within: ToggledRendering = combined;
      const lost = usesOf(this.#base).find((use) => !within.useKeys.has(useKey(use)));
      if (lost === undefined) break;
      const effect = { of: lost, within, isIn: ({ useKeys }: ToggledRendering) => !useKeys.has(useKey(lost)) };
      const rank = () => this.#ranking.rank(within.toggles, lost, this.#base.rendering);
      const [minimal] = (await minimizeToggles([effect], rank, renderer)).found;
      if (minimal === undefined) break;
      displacing.push(...minimal.by.toggles);
      const rest = within.toggles.filter((each) => !minimal.by.toggles.includes(each));
      const restored: RenderAttempt | undefined = rest.length === 0 ? undefined : await renderer.attempt(rest);
      if (!restored?.ok) break;
      combined = restored;
    }
    return { combined, excluded: [...displacing, ...gathered.excluded] };
  }

  async #divide(within: ToggledRendering, images: readonly string[]): Promise<void> {
    const effects = images.map((image) => ({
      of: image,
      within,
      isIn: (rendered: ToggledRendering) => rendered.images.has(image),
    }));
    const rank = ({ of }: MinimalSet<string> | { readonly of: string }) => this.#ranking.rankForImage(within, of);
    const { found, open } = await minimizeToggles(effects, rank, this.#renderer);
    this.#minimalSets.push(...found);
    this.#open.push(...open);
  }

  async #withoutFound(combined: ToggledRendering): Promise<ToggledRendering | undefined> {
    const found = new Set(this.#minimalSets.flatMap(({ by }) => by.toggles.map(togglePathKey)));
    const rest = combined.toggles.filter((each) => !found.has(togglePathKey(each)));
    if (rest.length === 0 || rest.length === combined.toggles.length) return undefined;
    const attempt = await this.#renderer.attempt(rest);
    return attempt?.ok ? attempt : undefined;
  }

  #newIn({ images }: ToggledRendering): readonly string[] {
    const found = new Set(this.#minimalSets.map((minimal) => minimal.of));
    return [...images].filter((image) => !this.#known.has(image) && !found.has(image));
  }
}

/** The first toggle of those that several components have. */
function oneOfEach(toggles: readonly Toggle[]): readonly Toggle[] {
  const byEnding = new Map<string, Toggle>();
  for (const each of toggles) if (!byEnding.has(suffixOf(each))) byEnding.set(suffixOf(each), each);
  return [...byEnding.values()];
}
