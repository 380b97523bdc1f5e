import { errorCodes } from '../../core/errors.ts';
import { toSingleLine } from '../../core/text.ts';
import { registryValuesText } from '../markdown/report-registry-values.ts';
import type { ReportView } from '../model/report-view.ts';
import type { RunSummary } from '../model/summary-line.ts';
import { problemLines } from './terminal-problem.ts';
import { rowLines } from './terminal-rows.ts';
import { aosmLines, deltaLines, ignoredLines } from './terminal-sections.ts';
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
export function renderTable(report: ReportView, { width, color }: TableOptions): string {
  const paint = paints[color];
  const { word, style } = summaryText[report.summary.mark];
  const blocks: readonly (readonly string[])[] = [
    rowLines(rowsToShow(report), report.charts.length > 1 ? 'all shown' : 'first known', width, paint),
    ignoredLines(report, paint),
    deltaLines(report, paint),
    ...registryLines(report),
    aosmLines(report, paint),
    ...report.problems.map((problem) => problemLines(problem, paint)),
    [`${paint(style, word)}: ${toSingleLine(report.summary.text)}`],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** After an interrupt, the result counts the images that were not copied, instead of a row for each. */
function rowsToShow({ rows, exitCode }: ReportView): ReportView['rows'] {
  if (exitCode !== errorCodes.cancelled.exit) return rows;
  return rows.filter(({ interrupted, outcome, status }) => {
    return interrupted !== true && outcome !== 'planned' && status !== 'unresolved';
  });
}

function registryLines({ registryValues }: ReportView): readonly (readonly string[])[] {
  return registryValues
    .filter(({ paths }) => paths.length > 0)
    .map(({ chartPath, paths }) => [`${toSingleLine(chartPath)}: ${registryValuesText(paths)}`]);
}
