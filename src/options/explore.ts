import type { Rendering } from '../helm/rendering.ts';
import type { Limit } from '../limit.ts';
import { effectiveValues } from '../origins/effective-values.ts';
import type { RenderTools } from '../origins/render-with.ts';
import { leavesOf } from '../origins/value-tree.ts';
import type { Budget } from './budget.ts';
import { readNotes } from './chart-notes.ts';
import { allDependencySwitches } from './dependency-switches.ts';
import { Explorer, type Findings } from './explorer.ts';
import { findSwitches } from './find-switches.ts';
import { type Probe, Prober } from './probe.ts';
import { ImageValues } from './rank-switches.ts';
import { readRendered } from './rendered.ts';
import { type Switch, switchId } from './switch.ts';
import { TemplateHints } from './template-hints.ts';

/** Helm takes them as one argument, and Windows no command line above 32,767 characters. The largest charts have 300. */
const maximumSwitches = 400;
/** Texts that templates compare one value with. */
const choicesOfOneValue = 3;

export interface Exploration extends Findings {
  /** Switches to turn on that were in no rendering, and others that may have to do with an image. */
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
  const base = await readRendered(rendering, [], tools.access.signal);
  const explorer = new Explorer({ prober, hints, values, base, known, isPromising });
  const on = switches.filter(({ kind }) => kind === 'on');
  const speaking = on.filter(isSpeaking);
  const promised = on.filter((each) => isPromising(each) && !speaking.includes(each));
  await explorer.turnOn([speaking, promised, on.filter((each) => !isPromising(each))]);
  await explorer.turn([switches.filter((each) => each.kind === 'off' && isPromising(each))]);
  const choices = switches.filter((each) => each.kind === 'choice' && isPromising(each));
  for (const layer of layersOf(choices)) await explorer.turn([layer]);
  await explorer.lookForAlternatives();
  return { ...explorer.result(), untried: untriedOf(all, prober.done, isPromising), switches: all.length };
}

function idOf(keys: readonly string[]): string {
  return switchId({ keys });
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

function untriedOf(
  all: readonly Switch[],
  probes: readonly Probe[],
  isPromising: (each: Switch) => boolean,
): readonly Switch[] {
  const tried = new Set(probes.flatMap((probe) => (probe.ok ? probe.switches : [])).map(assignment));
  return all.filter((each) => (each.kind === 'on' || isPromising(each)) && !tried.has(assignment(each)));
}

function assignment({ keys, to }: Switch): string {
  return JSON.stringify([keys, to]);
}
