import type { ImageUse } from '../discovery/use.ts';
import { wordsOf } from '../discovery/words.ts';
import type { Rendering } from '../helm/rendering.ts';
import type { ValueLeaf } from '../origins/value-leaf.ts';
import type { Rendered } from './rendered.ts';
import { isEnabling, type Switch, switchId } from './switch.ts';
import type { TemplateHints, UseHints } from './template-hints.ts';

/**
 * How much each hint says. The name of the image beside a switch (`metrics.image` and `metrics.enabled`) is never wrong; the
 * lines of a long template can be mistaken for each other, and with them the conditions around.
 */
const weights = {
  ofImageValues: 10,
  ofSubchart: 9,
  around: 8,
  word: 5,
  inTemplate: 4,
  enabling: 2,
  likeName: 1,
  imageWord: 1,
} as const;

/** Orders switches by how likely they have to do with a use; equals stay in their order. */
export class Ranking {
  readonly #hints: TemplateHints;
  readonly #values: ImageValues;

  constructor(hints: TemplateHints, values: ImageValues) {
    this.#hints = hints;
    this.#values = values;
  }

  /** For the use of the image that needs the fewest subcharts turned on. */
  async rankForImage({ switches, discovery, rendering }: Rendered, image: string): Promise<readonly Switch[]> {
    const uses = discovery.images.find((each) => each.image === image)?.uses ?? [];
    const ids = new Set(switches.map(switchId));
    let best: { readonly use: ImageUse; readonly cost: number } | undefined;
    for (const use of uses) {
      const { ofSubchart } = await this.#hints.ofUse(use, rendering);
      const cost = ofSubchart.filter((keys) => ids.has(switchId({ keys }))).length;
      if (best === undefined || cost < best.cost) best = { use, cost };
    }
    return best === undefined ? switches : this.rank(switches, best.use, rendering);
  }

  /** `rendering` has the use. */
  async rank(switches: readonly Switch[], use: ImageUse, rendering: Rendering): Promise<readonly Switch[]> {
    return rankSwitches(switches, use, await this.#hints.ofUse(use, rendering), this.#values);
  }
}

function rankSwitches(
  switches: readonly Switch[],
  use: ImageUse,
  hints: UseHints,
  values: ImageValues,
): readonly Switch[] {
  const around = idsOf(hints.around);
  const inTemplate = idsOf(hints.inTemplate);
  const ofSubchart = idsOf(hints.ofSubchart);
  const imageMaps = values.mapsOf(use.image);
  const names = new Set([use.name, use.template.split('/').at(-1) ?? '', use.image].flatMap(wordsOf));
  const weigh = (each: Switch): number => {
    const id = switchId(each);
    const lastWords = wordsOf(each.keys.at(-1) ?? '');
    const enabling = isEnabling(lastWords);
    const owner = enabling && lastWords.length === 1 ? each.keys.slice(0, -1) : each.keys;
    const name = wordsOf(owner.at(-1) ?? '');
    let weight = 0;
    if (around.has(id)) weight += weights.around;
    if (ofSubchart.has(id)) weight += weights.ofSubchart;
    if (inTemplate.has(id)) weight += weights.inTemplate;
    if (imageMaps.has(switchId({ keys: each.keys.slice(0, -1) }))) weight += weights.ofImageValues;
    if (name.length > 0 && name.every((word) => hints.words.has(word))) weight += weights.word;
    if (enabling) weight += weights.enabling;
    if (name.some((word) => names.has(word))) weight += weights.likeName;
    if (each.keys.flatMap(wordsOf).some((word) => imageWords.has(word))) weight += weights.imageWord;
    return weight;
  };
  const weighed = switches.map((each) => ({ each, weight: weigh(each) }));
  return weighed.toSorted((a, b) => b.weight - a.weight).map(({ each }) => each);
}

const imageWords: ReadonlySet<string> = new Set(['image', 'images', 'registry', 'registries']);

function idsOf(paths: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(paths.map((keys) => switchId({ keys })));
}

/** Shorter texts are part of everything. */
const shortestName = 3;

/** Where in the values the names of images stand. */
export class ImageValues {
  readonly #names: readonly { readonly name: string; readonly maps: readonly string[] }[];

  constructor(leaves: Iterable<ValueLeaf>) {
    this.#names = [...leaves].filter(namesImage).map(({ keys, text }) => ({
      name: `/${text}`.replace(/[:@].*$/, ''),
      // `metrics.image.repository` belongs to `metrics.image` and to `metrics`.
      maps: [keys.slice(0, -1), keys.slice(0, -2)].map((map) => switchId({ keys: map })),
    }));
  }

  /** Whether a map has a name of some image. */
  hasImage(map: readonly string[]): boolean {
    const id = switchId({ keys: map });
    return this.#names.some(({ maps }) => maps.includes(id));
  }

  /** Ids of the maps that hold a name of the image. */
  mapsOf(image: string): ReadonlySet<string> {
    const path = `/${image}`.replace(/@.*$/, '').replace(/:[^/]*$/, '');
    return new Set(this.#names.filter(({ name }) => path.endsWith(name)).flatMap(({ maps }) => maps));
  }
}

function namesImage({ keys, text, scalar }: ValueLeaf): boolean {
  if (scalar !== 'string' || text.length < shortestName || /\s/.test(text)) return false;
  return keys.slice(-2).some((key) => typeof key === 'string' && /image|repo|name/i.test(key));
}
