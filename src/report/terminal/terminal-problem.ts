import { toSingleLine } from '../../core/text.ts';
import { formatLocation, formatLookup, formatUsage, type Tone } from '../model/labels.ts';
import type { Problem } from '../model/problems.ts';
import type { Paint } from './terminal-style.ts';

const tones: Record<Problem['severity'], Tone> = { error: 'bad', warning: 'open', notice: 'neutral' };

/** Lookups and uses of one problem; `images.json` has all. */
const shownDetails = 10;

/** `error absent: …`, then location, lookups, uses and advice. */
export function problemLines(problem: Problem, paint: Paint): readonly string[] {
  const location = formatLocation(problem);
  return [
    `${paint(tones[problem.severity], problem.severity)} ${problem.code}: ${toSingleLine(problem.message)}`,
    ...detail('at', location === undefined ? [] : [location]),
    ...detail('checked', problem.lookups.map(formatLookup)),
    ...detail('used by', problem.usedBy.map(formatUsage)),
    ...detail('what to do', [problem.advice]),
  ];
}

const indent = '  ';
const titleWidth = 'what to do'.length;

/** One line for each text, the title before the first. */
function detail(title: string, texts: readonly string[]): readonly string[] {
  const rest = texts.length - shownDetails;
  const shown = rest > 0 ? [...texts.slice(0, shownDetails), `and ${rest} more`] : texts;
  return shown.map(
    (text, at) => `${indent}${(at === 0 ? title : '').padEnd(titleWidth)}${indent}${toSingleLine(text)}`,
  );
}
