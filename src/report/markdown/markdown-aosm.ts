import { toSingleLine, truncate } from '../../core/text.ts';
import type { AosmDifference } from '../../discovery/az-aosm/comparison.ts';
import { formatCaseLocation, formatComparison } from '../model/aosm-text.ts';
import { shortDigests } from '../model/labels.ts';
import type { Report } from '../model/report.ts';
import { codeSpan, escapeMarkdown, escapeProse } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { collapsible } from './markdown-details.ts';

/** Characters of one cell. */
const cellCharacters = 200;

/** The comparison with az aosm: a sentence, and a table for each chart. */
export function aosmSections({ aosm }: Pick<Report, 'aosm'>): readonly Section[] {
  if (aosm.length === 0) return [];
  const head = `\n#### ${formatComparison(aosm)}\n`;
  const tables = aosm.filter(({ cases }) => cases.length > 0);
  return [
    { head, entries: [], tail: '' },
    ...tables.map(({ chart, chartPath, cases }): Section => {
      const frame = collapsible(parityTitle(cases.length));
      const title = `${escapeMarkdown(truncate(toSingleLine(chart), cellCharacters))} (${codeSpan(chartPath)})\n\n`;
      return {
        head: frame.head + title + line(['az aosm', 'Image', 'Reads', 'Why', 'Where']) + line(Array(5).fill('---')),
        entries: cases.map((each) => line(cells(each))),
        tail: frame.tail,
      };
    }),
  ];
}

function parityTitle(amount: number): string {
  return amount === 1 ? '1 difference' : `${amount} differences`;
}

function cells({ difference, image, readAs, reason, ...location }: AosmDifference): readonly string[] {
  return [
    difference,
    difference === 'invented' ? '' : reference(image),
    readAs === undefined ? '' : reference(readAs),
    escapeProse(truncate(reason, cellCharacters)),
    escapeMarkdown(truncate(formatCaseLocation({ difference, image, readAs, reason, ...location }), cellCharacters)),
  ];
}

function reference(text: string): string {
  return codeSpan(truncate(shortDigests(text), cellCharacters));
}

function line(columns: readonly string[]): string {
  return `| ${columns.join(' | ')} |\n`;
}
