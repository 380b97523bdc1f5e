import { oneLine } from './plain-text.ts';
import { problemsOf } from './problems.ts';
import { registryValuesText } from './registry-values.ts';
import type { Report } from './report.ts';
import { rowsOf } from './rows.ts';
import { aosmLines } from './terminal-aosm.ts';
import { deltaLines } from './terminal-delta.ts';
import { ignoredLines } from './terminal-ignored.ts';
import { problemLines } from './terminal-problem.ts';
import { rowLines } from './terminal-rows.ts';
import { type Colour, paints } from './terminal-style.ts';
import { type Verdict, verdictOf } from './verdict.ts';

const verdictWords = {
  passed: { word: 'Passed', style: 'good' },
  warning: { word: 'Passed with warnings', style: 'open' },
  failed: { word: 'Failed', style: 'bad' },
} as const satisfies Record<Verdict['mark'], unknown>;

export interface TableOptions {
  /** Columns of the terminal; undefined where lines may be as long as they like (a file, a log). */
  readonly width?: number | undefined;
  readonly colour: Colour;
}

/** What a terminal shows: every image, what the change does, then what is wrong and the way out, then the verdict. Ends with a line end. */
export function tableOf(report: Report, { width, colour }: TableOptions): string {
  const paint = paints[colour];
  const rows = rowsOf(report);
  const problems = problemsOf(report, rows).map((problem) => problemLines(problem, paint));
  const verdict = verdictOf(report);
  const { word, style } = verdictWords[verdict.mark];
  const blocks: readonly (readonly string[])[] = [
    rowLines(rows, report.charts.length > 1 ? 'all shown' : 'first known', width, paint),
    ignoredLines(report, paint),
    deltaLines(report.delta, paint),
    ...registryLines(report),
    aosmLines(report, paint),
    ...problems,
    [`${paint(style, word)}: ${oneLine(verdict.text)}`],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function registryLines({ registryValues }: Report): readonly (readonly string[])[] {
  return registryValues
    .filter(({ paths }) => paths.length > 0)
    .map(({ chartPath, paths }) => [`${oneLine(chartPath)}: ${registryValuesText(paths)}`]);
}
