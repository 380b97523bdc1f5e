import type { Chart } from '../charts/chart.ts';
import type { Finding } from '../findings.ts';
import type { Log } from '../log.ts';
import { formatKeys } from '../origins/value-leaf.ts';
import type { Exploration } from './explore.ts';
import type { Way } from './find-ways.ts';
import { assignmentOf, type Switch } from './switch.ts';

/** How one chart was explored. */
export interface ExploredChart {
  readonly chart: Chart;
  /** One for each value set. */
  readonly explorations: readonly Exploration[];
  /** Renderings beyond the first that were made, of all value sets together, and that were allowed. */
  readonly renderings: number;
  readonly bound: number;
}

/** Names of switches in one message; the log of a run in debug mode has all. */
const shownSwitches = 5;

/** What was left open, so that nobody takes silence for "there is none". */
export function exploringFindings(explored: ExploredChart): readonly Finding[] {
  const { chart, explorations, bound } = explored;
  const file = chart.form === 'archive' ? chart.displayPath : `${chart.displayPath}/values.yaml`;
  const common = { code: 'unexplored', severity: 'notice', file } as const;
  const found = new Set(explorations.flatMap(({ ways }) => ways.map((way) => way.of)));
  const open = new Map(explorations.flatMap((each) => each.open.map((way) => [way.of, way])));
  const findings = [...open.values()]
    .filter((way) => !found.has(way.of))
    .map((way): Finding => ({ ...common, ...openWay(way, bound) }));
  const untried = untriedPaths(explored);
  if (untried.length === 0) return findings;
  const named = untried.slice(0, shownSwitches).join(', ');
  const more = untried.length > shownSwitches ? ` and ${untried.length - shownSwitches} more` : '';
  const subject = untried.length === 1 ? '1 switch' : `${untried.length} switches`;
  return [
    ...findings,
    {
      ...common,
      message: `${chart.displayPath} was not rendered with ${subject} of its values, because it refuses them beside others or within the ${bound} renderings that are allowed: ${named}${more}.`,
      advice: 'Where one of them brings images, name a value set that turns it on, with the values that it needs.',
    },
  ];
}

/** What looking for optional images has cost. */
export function tellExplored(explored: ExploredChart, log: Log): void {
  const { chart, explorations, renderings } = explored;
  const switches = Math.max(0, ...explorations.map((each) => each.switches));
  const has = switches === 1 ? '1 switch' : `${switches} switches`;
  const times = renderings === 1 ? '1 more time' : `${renderings} more times`;
  log.info(`${chart.displayPath} has ${has} in its values; it was rendered ${times} to look for optional images`);
  const untried = untriedPaths(explored);
  if (untried.length > 0) log.debug(`Not tried in ${chart.displayPath}: ${untried.join(', ')}`);
}

/** Switches that no value set was rendered with. */
function untriedPaths({ explorations }: ExploredChart): readonly string[] {
  const [first, ...others] = explorations.map(({ untried }) => new Set(untried.map(switchText)));
  return [...(first ?? [])].filter((path) => others.every((set) => set.has(path)));
}

/** One that is turned on by its name alone; of a choice, which exclude each other, and of what is turned off, the value too. */
function switchText(each: Switch): string {
  return each.kind === 'on' ? formatKeys(each.keys) : assignmentOf(each);
}

function openWay({ of: image, by }: Way<string>, bound: number): Pick<Finding, 'message' | 'advice' | 'image'> {
  const count = by.switches.length;
  return {
    image,
    message: `${image} comes with ${count} switches turned together; which of them it needs was not found out within ${bound} renderings.`,
    advice: 'Name a value set that turns on what you use: its images are found whatever brings them.',
  };
}
