import type { Chart } from '../charts/chart.ts';
import type { Finding } from '../findings.ts';
import { formatKeys } from '../origins/value-leaf.ts';
import type { Exploration } from './explore.ts';
import type { Way } from './find-ways.ts';

/** Names of switches in one message; the log of a run in debug mode has all. */
const shownSwitches = 5;

/** What the bound of renderings left open, so that nobody takes silence for "there is none". */
export function exploringFindings(
  chart: Chart,
  explorations: readonly Exploration[],
  bound: number,
): readonly Finding[] {
  const file = chart.form === 'archive' ? chart.displayPath : `${chart.displayPath}/values.yaml`;
  const common = { code: 'unexplored', severity: 'notice', file } as const;
  const findings = explorations.flatMap(({ open }) => open).map((way): Finding => ({ ...common, ...openWay(way) }));
  const [first, ...others] = explorations.map(({ untried }) => new Set(untried.map(({ keys }) => formatKeys(keys))));
  const untried = [...(first ?? [])].filter((path) => others.every((set) => set.has(path)));
  if (untried.length === 0) return findings;
  const named = untried.slice(0, shownSwitches).join(', ');
  const more = untried.length > shownSwitches ? ` and ${untried.length - shownSwitches} more` : '';
  const count = untried.length === 1 ? '1 switch' : `${untried.length} switches`;
  return [
    ...findings,
    {
      ...common,
      message: `${count} of ${chart.displayPath} could not be tried within ${bound} renderings, or make it fail alone: ${named}${more}.`,
      advice: 'Where one of them brings images, name a value set that turns it on, with the values that it needs.',
    },
  ];
}

function openWay({ of: image, by }: Way<string>): Pick<Finding, 'message' | 'advice' | 'image'> {
  const count = by.switches.length;
  return {
    image,
    message: `${image} comes with ${count} switches turned together; which of them it needs was not found out.`,
    advice: 'Name a value set that turns on what you use: its images are found whatever brings them.',
  };
}
