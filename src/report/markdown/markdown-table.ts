import { pluralize, truncate } from '../../core/text.ts';
import { groupByChart } from '../model/chart-groups.ts';
import { type Column, columnsOf, missingSource, setAtText, usedByText } from '../model/columns.ts';
import { shortDigests, statusLabel, statusTone, type Tone } from '../model/labels.ts';
import type { ReportView } from '../model/report-view.ts';
import type { Row } from '../model/row.ts';
import { codeSpan, escapeMarkdown } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { collapsible } from './markdown-details.ts';

/** With more rows, tables are collapsed. */
const openRows = 30;

/** Characters of chart name and version in a heading. */
const titleCharacters = 120;

const marks: Record<Tone, string> = { good: '✅', bad: '❌', open: '⚠️', neutral: '➖' };

/** One table for each chart. An image of several charts is listed with the first one. */
export function imageSections(report: ReportView): readonly Section[] {
  const { rows } = report;
  const columns = columnsOf(rows);
  return groupByChart(report).map(({ path, chart, rows: group }) => {
    const heading = `\n#### ${chart === undefined ? codeSpan(path) : chartTitle(chart)}\n`;
    if (group.length === 0) return { head: `${heading}\n${emptyGroup(path, report)}\n`, entries: [], tail: '' };
    const { head, tail } =
      rows.length > openRows ? collapsible(pluralize(group.length, 'image')) : { head: '\n', tail: '' };
    return {
      head: heading + head + line(columns.map((column) => titles[column])) + line(columns.map(() => '---')),
      entries: group.map((row) => line(columns.map((column) => cell(row, column)))),
      tail,
    };
  });
}

function chartTitle({ chart, helmVersion }: ReportView['charts'][number]): string {
  const { name, version } = chart.metadata;
  const rendered = `${codeSpan(chart.displayPath)}, helm ${escapeMarkdown(helmVersion)}`;
  return `${escapeMarkdown(truncate(`${name} ${version}`, titleCharacters))} (${rendered})`;
}

function emptyGroup(path: string, { rows, errors }: ReportView): string {
  if (rows.length === 0 && errors.length > 0) return 'The run ended before its images were discovered.';
  const shared = rows.some((row) => row.usedBy.some((usage) => usage.chartPath === path));
  return shared ? 'All its images are listed with the charts above.' : 'It contains no images.';
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

const titles: Record<Column, string> = {
  status: 'Status',
  image: 'Image',
  source: 'Source',
  target: 'Target',
  digest: 'Digest',
  'set at': 'Set at',
  'used by': 'Used by',
};

function cell(row: Row, column: Column): string {
  switch (column) {
    case 'status':
      return `${marks[statusTone(row)]} ${statusLabel(row)}`;
    case 'image':
      return row.confidence === 'certain' ? codeSpan(row.image) : `${codeSpan(row.image)} (${row.confidence})`;
    case 'source':
      return row.source === undefined ? escapeMarkdown(missingSource(row)) : name(row.source);
    case 'target':
      return name(row.target);
    case 'digest':
      return name(row.manifest?.digest);
    case 'set at':
      return setAtText(row, codeSpan);
    case 'used by':
      return escapeMarkdown(usedByText(row, 'first known'));
  }
}

function name(text: string | undefined): string {
  return text === undefined ? '' : codeSpan(shortDigests(text));
}
