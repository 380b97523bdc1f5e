import { joinWithLimit, toSingleLine, truncate } from '../../core/text.ts';
import type { Ignored } from '../../discovery/policy/policy.ts';
import { formatIgnored, formatIgnoreReason } from '../model/ignored-text.ts';
import { formatObject } from '../model/labels.ts';
import type { Report } from '../model/report.ts';
import { setsOfCharts, usagesOf, type ValueSetsByChart } from '../model/usage.ts';
import { codeSpan, escapeMarkdown, escapeProse } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { collapsible } from './markdown-details.ts';

/** Characters of a text, and objects in one line. */
const textCharacters = 200;
const shownUsages = 3;

/** Ignored images and findings with the reason of the user, collapsed. */
export function ignoredSections({ ignored, charts }: Pick<Report, 'ignored' | 'charts'>): readonly Section[] {
  const title = formatIgnored(ignored);
  if (title === undefined) return [];
  const sets = setsOfCharts(charts);
  return [{ ...collapsible(title), entries: ignored.flatMap((each) => entriesOf(each, sets)) }];
}

function entriesOf(each: Ignored, sets: ValueSetsByChart): readonly string[] {
  const reason = escapeProse(truncate(formatIgnoreReason(each), textCharacters));
  const images = each.images.map(({ image, uses }) => {
    const objects = usagesOf(uses, sets).map((usage) => truncate(toSingleLine(formatObject(usage)), textCharacters));
    return `- ${codeSpan(image)}: ${reason}, in ${escapeMarkdown(joinWithLimit(objects, shownUsages))}\n`;
  });
  const findings = each.findings.filter(({ image }) => image === undefined);
  return [
    ...images,
    ...findings.map(({ code, message }) => `- ${code}: ${escapeProse(truncate(message, textCharacters))} ${reason}\n`),
  ];
}
