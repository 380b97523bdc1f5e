import type { Ignored } from '../policy/policy.ts';
import { codeSpan, escapeMarkdown, escapeProse } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { ignoredWords, reasonWords } from './ignored-words.ts';
import { folded } from './markdown-fold.ts';
import { listed, oneLine, shorten } from './plain-text.ts';
import type { Report } from './report.ts';
import { type SetsOfCharts, setsOfCharts, usagesOf } from './usage.ts';
import { objectWords } from './words.ts';

/** Characters of a reason, a message or an object's name, and objects in one line. */
const textCharacters = 200;
const shownUsages = 3;

/** What the user's configuration takes out of the run, folded: each image with the reason that the user gave. */
export function ignoredSections({ ignored, charts }: Pick<Report, 'ignored' | 'charts'>): readonly Section[] {
  const title = ignoredWords(ignored);
  if (title === undefined) return [];
  const sets = setsOfCharts(charts);
  return [{ ...folded(title), entries: ignored.flatMap((each) => entriesOf(each, sets)) }];
}

function entriesOf(each: Ignored, sets: SetsOfCharts): readonly string[] {
  const reason = escapeProse(shorten(reasonWords(each), textCharacters));
  const images = each.images.map(({ image, uses }) => {
    const objects = usagesOf(uses, sets).map((usage) => shorten(oneLine(objectWords(usage)), textCharacters));
    return `- ${codeSpan(image)}: ${reason}, in ${escapeMarkdown(listed(objects, shownUsages))}\n`;
  });
  const findings = each.findings.filter(({ image }) => image === undefined);
  return [
    ...images,
    ...findings.map(({ code, message }) => `- ${code}: ${escapeProse(shorten(message, textCharacters))} ${reason}\n`),
  ];
}
