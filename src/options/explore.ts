import type { Rendering } from '../helm/rendering.ts';
import type { Limit } from '../limit.ts';
import { effectiveValues } from '../origins/effective-values.ts';
import type { RenderTools } from '../origins/render-with.ts';
import { leavesOf } from '../origins/value-tree.ts';
import { readNotes } from './chart-notes.ts';
import { allDependencySwitches } from './dependency-switches.ts';
import { findSwitches } from './find-switches.ts';
import { findWays, type Way } from './find-ways.ts';
import { type Gathered, gatherSwitches } from './gather-switches.ts';
import { type Budget, type Probe, Prober } from './probe.ts';
import { ImageValues, Ranking } from './rank-switches.ts';
import { placeOf, type Rendered, readRendered, usesOf } from './rendered.ts';
import { endingOf, type Switch, switchId } from './switch.ts';
import { TemplateHints } from './template-hints.ts';

/** Helm takes them as one argument, and Windows no command line above 32,767 characters. The largest charts have 300. */
const maximumSwitches = 400;
/** Switches of one chart that take something else's place: each round costs some renderings. */
const restoringRounds = 3;
/** Switches that the others do not go with are tried alone; more than these say little for what they cost. */
const triedAlone = 6;
/** Texts that templates compare one value with. */
const choicesOfOneValue = 3;

export interface Exploration {
  /** Images and what brings them. */
  readonly ways: readonly Way<string>[];
  /** Images of which it was not found out what they need before the budget ended. */
  readonly open: readonly Way<string>[];
  /** Switches to turn on that were in no rendering. */
  readonly untried: readonly Switch[];
  /** How many the chart has. */
  readonly switches: number;
}

export interface ExploreDeps {
  readonly tools: RenderTools;
  readonly limit: Limit;
  readonly budget: Budget;
}

/** Turns the switches of one chart and one value set, for images that are not `known` without. Errors: `cancelled`. */
export async function explore(
  rendering: Rendering,
  known: ReadonlySet<string>,
  { tools, limit, budget }: ExploreDeps,
): Promise<Exploration> {
  const { root, chart } = await effectiveValues(rendering, tools.access);
  if (chart === undefined) return { ways: [], open: [], untried: [], switches: 0 };
  const notes = await readNotes(chart);
  const values = new ImageValues(leavesOf(root));
  // The conditions of subcharts, and the switches of maps that name an image, go before all others.
  const speaks = new Set((await allDependencySwitches(chart)).map(idOf));
  const isSpeaking = (each: Switch) => speaks.has(switchId(each)) || values.hasImage(each.keys.slice(0, -1));
  const isPromising = (each: Switch) => isSpeaking(each) || notes.leadingToImages.has(switchId(each));
  const all = findSwitches(root, notes.conditions);
  const switches = all.slice(0, maximumSwitches);
  const prober = new Prober(rendering, tools, limit, budget);
  const hints = new TemplateHints(chart, notes.lexicon);
  const base = readRendered(rendering, []);
  const explorer = new Explorer({ prober, hints, values, base, known, isPromising });
  const on = switches.filter(({ kind }) => kind === 'on');
  const speaking = on.filter(isSpeaking);
  const promised = on.filter((each) => isPromising(each) && !speaking.includes(each));
  await explorer.turnOn([speaking, promised, on.filter((each) => !isPromising(each))]);
  await explorer.turn([switches.filter((each) => each.kind === 'off' && isPromising(each))]);
  const choices = switches.filter((each) => each.kind === 'choice' && isPromising(each));
  for (const layer of layersOf(choices)) await explorer.turn([layer]);
  await explorer.lookForAlternatives();
  return { ...explorer.result(), untried: untriedOf(on, prober.done), switches: all.length };
}

function idOf(keys: readonly string[]): string {
  return switchId({ keys });
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

class Explorer {
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

  result(): Pick<Exploration, 'ways' | 'open'> {
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

  /** Images that still appear without all switches that were found have another way. */
  async lookForAlternatives(): Promise<void> {
    for (const together of this.#all) {
      const rest = await this.#withoutFound(together);
      if (rest !== undefined)
        await this.#divide(
          rest,
          [...rest.images].filter((image) => !this.#known.has(image)),
        );
    }
  }

  /** Takes out switches that displace what the chart has without them, and with it what other switches would bring there. */
  async #restore(gathered: Gathered): Promise<Gathered> {
    const displacing: Switch[] = [];
    let { together } = gathered;
    for (let round = 0; round < restoringRounds && together !== undefined; round += 1) {
      const within = together;
      const lost = usesOf(this.#base).find((use) => !within.places.has(placeOf(use)));
      if (lost === undefined) break;
      const effect = { of: lost, within, isIn: ({ places }: Rendered) => !places.has(placeOf(lost)) };
      const rank = () => this.#ranking.rank(within.switches, lost, this.#base.rendering);
      const [way] = (await findWays([effect], rank, this.#prober)).found;
      if (way === undefined) break;
      displacing.push(...way.by.switches);
      const rest = within.switches.filter((each) => !way.by.switches.includes(each));
      const restored: Probe | undefined = rest.length === 0 ? undefined : await this.#prober.probe(rest);
      together = restored?.ok ? restored : undefined;
    }
    return { together: together ?? gathered.together, aside: [...displacing, ...gathered.aside] };
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

/** Each layer has one choice of each value. */
function layersOf(choices: readonly Switch[]): readonly (readonly Switch[])[] {
  const layers: Switch[][] = [];
  const depth = new Map<string, number>();
  for (const choice of choices) {
    const id = switchId(choice);
    const at = depth.get(id) ?? 0;
    depth.set(id, at + 1);
    if (at >= choicesOfOneValue) continue;
    const layer = layers[at] ?? [];
    layers[at] = layer;
    layer.push(choice);
  }
  return layers;
}

function untriedOf(all: readonly Switch[], probes: readonly Probe[]): readonly Switch[] {
  const tried = new Set(probes.flatMap((probe) => (probe.ok ? probe.switches : [])).map(assignment));
  return all.filter((each) => !tried.has(assignment(each)));
}

function assignment({ keys, to }: Switch): string {
  return JSON.stringify([keys, to]);
}
