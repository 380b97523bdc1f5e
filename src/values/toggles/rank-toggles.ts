import { splitWords } from '../../discovery/classify/split-words.ts';
import type { ImageUse } from '../../discovery/image-use.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { ScalarValue } from '../tree/scalar-value.ts';
import type { TemplateHints, UseHints } from './template-hints.ts';
import { isEnablingName, type Toggle, togglePathKey } from './toggle.ts';
import type { ToggledRendering } from './toggled-rendering.ts';

/**
 * Weights of hints. An image name next to a toggle (`metrics.image`, `metrics.enabled`) is reliable. Lines of a long
 * template are ambiguous, and so are their conditions.
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

/** Orders toggles by relevance for a use. Stable. */
export class Ranking {
  readonly #hints: TemplateHints;
  readonly #values: ImageValues;

  constructor(hints: TemplateHints, values: ImageValues) {
    this.#hints = hints;
    this.#values = values;
  }

  /** For the use that needs the fewest subcharts. */
  async rankForImage({ toggles, discovery, rendering }: ToggledRendering, image: string): Promise<readonly Toggle[]> {
    const uses = discovery.images.find((each) => each.image === image)?.uses ?? [];
    const ids = new Set(toggles.map(togglePathKey));
    let best: { readonly use: ImageUse; readonly cost: number } | undefined;
    for (const use of uses) {
      const { ofSubchart } = await this.#hints.ofUse(use, rendering);
      const cost = ofSubchart.filter((keys) => ids.has(togglePathKey({ keys }))).length;
      if (best === undefined || cost < best.cost) best = { use, cost };
    }
    return best === undefined ? toggles : this.rank(toggles, best.use, rendering);
  }

  /** `rendering` contains the use. */
  async rank(toggles: readonly Toggle[], use: ImageUse, rendering: Rendering): Promise<readonly Toggle[]> {
    return rankToggles(toggles, use, await this.#hints.ofUse(use, rendering), this.#values);
  }
}

function rankToggles(
  toggles: readonly Toggle[],
  use: ImageUse,
  hints: UseHints,
  values: ImageValues,
): readonly Toggle[] {
  const around = idsOf(hints.around);
  const inTemplate = idsOf(hints.inTemplate);
  const ofSubchart = idsOf(hints.ofSubchart);
  const imageMaps = values.mapsOf(use.image);
  const names = new Set([use.name, use.template.split('/').at(-1) ?? '', use.image].flatMap(splitWords));
  const weigh = (each: Toggle): number => {
    const id = togglePathKey(each);
    const lastWords = splitWords(each.keys.at(-1) ?? '');
    const enabling = isEnablingName(lastWords);
    const owner = enabling && lastWords.length === 1 ? each.keys.slice(0, -1) : each.keys;
    const name = splitWords(owner.at(-1) ?? '');
    let weight = 0;
    if (around.has(id)) weight += weights.around;
    if (ofSubchart.has(id)) weight += weights.ofSubchart;
    if (inTemplate.has(id)) weight += weights.inTemplate;
    if (imageMaps.has(togglePathKey({ keys: each.keys.slice(0, -1) }))) weight += weights.ofImageValues;
    if (name.length > 0 && name.every((word) => hints.words.has(word))) weight += weights.word;
    if (enabling) weight += weights.enabling;
    if (name.some((word) => names.has(word))) weight += weights.likeName;
    if (each.keys.flatMap(splitWords).some((word) => imageWords.has(word))) weight += weights.imageWord;
    return weight;
  };
  const weighed = toggles.map((each) => ({ each, weight: weigh(each) }));
  return weighed.toSorted((a, b) => b.weight - a.weight).map(({ each }) => each);
}

const imageWords: ReadonlySet<string> = new Set(['image', 'images', 'registry', 'registries']);

function idsOf(paths: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(paths.map((keys) => togglePathKey({ keys })));
}

/** Shorter texts occur everywhere. */
const shortestName = 3;

/** Maps in the values that contain names of images. */
export class ImageValues {
  readonly #names: readonly { readonly name: string; readonly maps: readonly string[] }[];

  constructor(leaves: Iterable<ScalarValue>) {
    this.#names = [...leaves].filter(namesImage).map(({ keys, text }) => ({
      name: `/${text}`.replace(/[:@].*$/, ''),
      // `metrics.image.repository` belongs to `metrics.image` and `metrics`.
      maps: [keys.slice(0, -1), keys.slice(0, -2)].map((map) => togglePathKey({ keys: map })),
    }));
  }

  hasImage(map: readonly string[]): boolean {
    const id = togglePathKey({ keys: map });
    return this.#names.some(({ maps }) => maps.includes(id));
  }

  /** IDs of the maps that contain a name of the image. */
  mapsOf(image: string): ReadonlySet<string> {
    const path = `/${image}`.replace(/@.*$/, '').replace(/:[^/]*$/, '');
    return new Set(this.#names.filter(({ name }) => path.endsWith(name)).flatMap(({ maps }) => maps));
  }
}

function namesImage({ keys, text, scalar }: ScalarValue): boolean {
  if (scalar !== 'string' || text.length < shortestName || /\s/.test(text)) return false;
  return keys.slice(-2).some((key) => typeof key === 'string' && /image|repo|name/i.test(key));
}
