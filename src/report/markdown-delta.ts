import { formatBytes } from '../byte-size.ts';
import type { Delta } from '../delta/delta.ts';
import { baseWords, type DeltaEntry, deltaEntries, deltaWords } from './delta-words.ts';
import { codeSpan, escapeMarkdown } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { folded } from './markdown-fold.ts';
import { count, listed, oneLine, shorten } from './plain-text.ts';
import { shortDigests } from './words.ts';

/** A change that touches more images than this shows them folded. */
const openEntries = 15;

/** Charts in one cell, and characters of one's name. */
const shownCharts = 3;
const chartCharacters = 60;

const marks: Record<DeltaEntry['change'], string> = { moved: '🔁 moved', added: '➕ added', removed: '➖ removed' };

/** What the change does, in a sentence and one table. */
export function deltaSections(delta: Delta | undefined): readonly Section[] {
  if (delta === undefined) return [];
  const entries = deltaEntries(delta);
  const head = `\n#### Compared with ${codeSpan(baseWords(delta))}: ${deltaWords(delta)}\n`;
  if (entries.length === 0) return [{ head, entries: [], tail: '' }];
  const frame = entries.length > openEntries ? folded(count(entries.length, 'change')) : { head: '\n', tail: '' };
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

function cells({ change, before, after, charts }: DeltaEntry, size: readonly string[]): readonly string[] {
  const names = charts.map((chart) => escapeMarkdown(shorten(oneLine(chart), chartCharacters)));
  return [marks[change], reference(before), reference(after), ...size, listed(names, shownCharts)];
}

function sizeCell({ bytes }: DeltaEntry): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}

function reference(text: string | undefined): string {
  return text === undefined ? '' : codeSpan(shortDigests(text));
}

function line(columns: readonly string[]): string {
  return `| ${columns.join(' | ')} |\n`;
}
