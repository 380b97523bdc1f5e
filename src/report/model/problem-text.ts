import { joinWithLimit, toSingleLine, truncate } from '../../core/text.ts';
import { formatLookup, formatUsage } from './labels.ts';
import type { Problem } from './problems.ts';

/** GitHub truncates annotations after 4,096 characters, and the advice is at the end. */
const messageCharacters = 2_000;
const adviceCharacters = 600;
const detailCharacters = 150;
const shownDetails = 5;

/** The problem as lines of plain text: message, lookups, uses, advice. */
export function problemText({ message, lookups, usedBy, advice }: Problem): string {
  const lines = [
    truncate(toSingleLine(message), messageCharacters),
    detail('Checked', lookups.map(formatLookup)),
    detail('Used by', usedBy.map(formatUsage)),
    truncate(toSingleLine(advice), adviceCharacters),
  ];
  return lines.filter((text) => text !== '').join('\n');
}

function detail(title: string, texts: readonly string[]): string {
  const short = texts.map((text) => truncate(toSingleLine(text), detailCharacters));
  return short.length === 0 ? '' : `${title} ${joinWithLimit(short, shownDetails)}`;
}
