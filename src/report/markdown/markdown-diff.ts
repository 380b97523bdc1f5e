import { formatBytes } from '../../core/format-bytes.ts';
import { joinWithLimit, pluralize, toSingleLine, truncate } from '../../core/text.ts';
import {
  baseParts,
  type DiffEntry,
  diffEntries,
  formatDiff,
  formatInexact,
  formatUnbased,
} from '../model/diff-text.ts';
import { shortDigests } from '../model/labels.ts';
import type { Report } from '../model/report.ts';
import { codeSpan, escapeMarkdown } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { collapsible } from './markdown-details.ts';

/** Larger diffs are collapsed. */
const openEntries = 15;

/** Charts in one cell, and characters of a chart name. */
const shownCharts = 3;
const chartCharacters = 60;

const marks: Record<DiffEntry['change'], string> = { moved: '🔁 moved', added: '➕ added', removed: '➖ removed' };

/** The diff: a sentence and one table. */
export function deltaSections({ delta, unbased }: Pick<Report, 'delta' | 'unbased'>): readonly Section[] {
  if (delta === undefined) {
    return unbased === undefined
      ? []
      : [{ head: `\n${escapeMarkdown(formatUnbased(unbased))}\n`, entries: [], tail: '' }];
  }
  const entries = diffEntries(delta);
  const base = baseParts(delta).map(codeSpan).join(' at ');
  const inexact = formatInexact(delta);
  const note = inexact === undefined ? '' : `\n${escapeMarkdown(inexact)}\n`;
  const head = `\n#### Compared with ${base}: ${formatDiff(delta)}\n${note}`;
  if (entries.length === 0) return [{ head, entries: [], tail: '' }];
  const frame =
    entries.length > openEntries ? collapsible(pluralize(entries.length, 'change')) : { head: '\n', tail: '' };
  const sized = entries.some(({ bytes }) => bytes !== undefined);
  const titles = ['Change', 'Before', 'After', ...(sized ? ['To copy'] : []), 'Charts'];
  return [
    {
      head: head + frame.head + line(titles) + line(titles.map(() => '---')),
      entries: entries.map((entry) => line(cells(entry, sized ? [sizeCell(entry)] : []))),
      tail: frame.tail,
    },
  ];
}

function cells({ change, before, after, charts }: DiffEntry, size: readonly string[]): readonly string[] {
  const names = charts.map((chart) => escapeMarkdown(truncate(toSingleLine(chart), chartCharacters)));
  return [marks[change], reference(before), reference(after), ...size, joinWithLimit(names, shownCharts)];
}

function sizeCell({ bytes }: DiffEntry): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}

function reference(text: string | undefined): string {
  return text === undefined ? '' : codeSpan(shortDigests(text));
}

function line(columns: readonly string[]): string {
  return `| ${columns.join(' | ')} |\n`;
}
