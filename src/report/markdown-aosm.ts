import type { AosmCase } from '../aosm/parity.ts';
import { casePlace, parityWords } from './aosm-words.ts';
import { codeSpan, escapeMarkdown, escapeProse } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { folded } from './markdown-fold.ts';
import { oneLine, shorten } from './plain-text.ts';
import type { Report } from './report.ts';
import { shortDigests } from './words.ts';

/** Characters of one cell. */
const cellCharacters = 200;

/** What the rule of az aosm makes of the same charts, in a sentence and one table for each chart. */
export function aosmSections({ aosm }: Pick<Report, 'aosm'>): readonly Section[] {
  if (aosm.length === 0) return [];
  const head = `\n#### ${parityWords(aosm)}\n`;
  const tables = aosm.filter(({ cases }) => cases.length > 0);
  return [
    { head, entries: [], tail: '' },
    ...tables.map(({ chart, chartPath, cases }): Section => {
      const frame = folded(parityTitle(cases.length));
      const title = `${escapeMarkdown(shorten(oneLine(chart), cellCharacters))} (${codeSpan(chartPath)})\n\n`;
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

function cells({ fault, image, readAs, reason, ...place }: AosmCase): readonly string[] {
  return [
    fault,
    fault === 'invented' ? '' : reference(image),
    readAs === undefined ? '' : reference(readAs),
    escapeProse(shorten(reason, cellCharacters)),
    escapeMarkdown(shorten(casePlace({ fault, image, readAs, reason, ...place }), cellCharacters)),
  ];
}

function reference(text: string): string {
  return codeSpan(shorten(shortDigests(text), cellCharacters));
}

function line(columns: readonly string[]): string {
  return `| ${columns.join(' | ')} |\n`;
}
