import { sum } from '../../core/sum.ts';
import { truncate } from '../../core/text.ts';
import { type ChartNames, type Column, columnsOf, missingSource, setAtText, usedByText } from '../model/columns.ts';
import { shortDigests, statusLabel, statusTone } from '../model/labels.ts';
import type { Row } from '../model/row.ts';
import type { Paint } from './terminal-style.ts';

const gap = '  ';

/** Minimum width of "used by"; with less, the rows are stacked. */
const leastUsedBy = 16;

/**
 * An aligned table with "used by" truncated, or, if `width` is too small, stacked rows. Image names are never
 * truncated.
 */
export function rowLines(
  rows: readonly Row[],
  names: ChartNames,
  width: number | undefined,
  paint: Paint,
): readonly string[] {
  if (rows.length === 0) return [];
  const columns = columnsOf(rows);
  const table = rows.map((row) => columns.map((column) => cell(row, column, names)));
  const widths = columns.map((column, at) =>
    table.reduce((widest, cells) => Math.max(widest, length(cells[at] ?? '')), column.length),
  );
  const fixed = sum(widths.slice(0, -1).map((own) => own + gap.length));
  const rest = width === undefined ? Number.POSITIVE_INFINITY : width - fixed;
  if (rest < Math.min(leastUsedBy, widths.at(-1) ?? 0)) return rows.flatMap((row) => stacked(row, names, paint));
  const line = (cells: readonly string[]): readonly string[] =>
    cells.map((text, at) => (at === columns.length - 1 ? truncate(text, rest) : pad(text, widths[at] ?? 0)));
  return [
    paint('title', line(columns.map((column) => column.toUpperCase())).join(gap)),
    ...rows.map((row, at) => {
      const [status = '', ...others] = line(table[at] ?? []);
      return [paint(statusTone(row), status), ...others].join(gap).trimEnd();
    }),
  ];
}

function cell(row: Row, column: Column, names: ChartNames): string {
  switch (column) {
    case 'status':
      return statusLabel(row);
    case 'image':
      return imageText(row);
    case 'source':
      return row.source === undefined ? missingSource(row) : shortDigests(row.source);
    case 'target':
      return shortDigests(row.target ?? '');
    case 'digest':
      return shortDigests(row.manifest?.digest ?? '');
    case 'set at':
      return setAtText(row, (location) => location);
    case 'used by':
      return usedByText(row, names);
  }
}

function imageText(row: Row): string {
  return row.confidence === 'certain' ? row.image : `${row.image} (${row.confidence})`;
}

/** Width of the longest status. */
const statusWidth = 'copy failed'.length;

function stacked(row: Row, names: ChartNames, paint: Paint): readonly string[] {
  const digest = row.manifest === undefined ? '' : `${gap}${shortDigests(row.manifest.digest)}`;
  const details: readonly (readonly [title: string, text: string])[] = [
    ['from', row.source === undefined ? '' : shortDigests(row.source) + digest],
    ['why', row.source === undefined ? missingSource(row) : ''],
    ['to', shortDigests(row.target ?? '')],
    ['at', setAtText(row, (location) => location)],
    ['for', usedByText(row, names)],
  ];
  return [
    `${paint(statusTone(row), pad(statusLabel(row), statusWidth))}${gap}${imageText(row)}`,
    ...details
      .filter(([, text]) => text !== '')
      .map(([title, text]) => `${' '.repeat(statusWidth)}${gap}${pad(title, 'from'.length)}${gap}${text}`),
  ];
}

function length(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - length(text), 0));
}
