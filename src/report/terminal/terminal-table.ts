import { toSingleLine } from '../../core/text.ts';
import { registryValuesText } from '../markdown/report-registry-values.ts';
import { problemsOf } from '../model/problems.ts';
import type { Report } from '../model/report.ts';
import { rowsOf } from '../model/rows.ts';
import { type RunSummary, summarize } from '../model/summary-line.ts';
import { aosmLines } from './terminal-aosm.ts';
import { deltaLines } from './terminal-diff.ts';
import { ignoredLines } from './terminal-ignored.ts';
import { problemLines } from './terminal-problem.ts';
import { rowLines } from './terminal-rows.ts';
import { type Color, paints } from './terminal-style.ts';

const summaryText = {
  passed: { word: 'Passed', style: 'good' },
  warning: { word: 'Passed with warnings', style: 'open' },
  failed: { word: 'Failed', style: 'bad' },
} as const satisfies Record<RunSummary['mark'], unknown>;

export interface TableOptions {
  /** Columns of the terminal; undefined for files and logs, without a limit. */
  readonly width?: number | undefined;
  readonly color: Color;
}

/** All images, the diff, problems with advice, then the result, with a final line break. */
export function renderTable(report: Report, { width, color }: TableOptions): string {
  const paint = paints[color];
  const rows = rowsOf(report);
  const problems = problemsOf(report, rows).map((problem) => problemLines(problem, paint));
  const verdict = summarize(report);
  const { word, style } = summaryText[verdict.mark];
  const blocks: readonly (readonly string[])[] = [
    rowLines(rows, report.charts.length > 1 ? 'all shown' : 'first known', width, paint),
    ignoredLines(report, paint),
    deltaLines(report, paint),
    ...registryLines(report),
    aosmLines(report, paint),
    ...problems,
    [`${paint(style, word)}: ${toSingleLine(verdict.text)}`],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function registryLines({ registryValues }: Report): readonly (readonly string[])[] {
  return registryValues
    .filter(({ paths }) => paths.length > 0)
    .map(({ chartPath, paths }) => [`${toSingleLine(chartPath)}: ${registryValuesText(paths)}`]);
}
