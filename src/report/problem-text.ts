import { listed, oneLine, shorten } from './plain-text.ts';
import type { Problem } from './problems.ts';
import { lookedAtWords, usageWords } from './words.ts';

/** GitHub cuts an annotation after 4,096 characters; the advice at its end must not be what is cut. */
const messageCharacters = 2_000;
const adviceCharacters = 600;
const detailCharacters = 150;
const shownDetails = 5;

/** The problem as a few lines of plain text for faces that know no markup: message, places looked at, users, advice. */
export function problemText({ message, trace, usedBy, advice }: Problem): string {
  const lines = [
    shorten(oneLine(message), messageCharacters),
    detail('Looked at', trace.map(lookedAtWords)),
    detail('Used by', usedBy.map(usageWords)),
    shorten(oneLine(advice), adviceCharacters),
  ];
  return lines.filter((text) => text !== '').join('\n');
}

function detail(title: string, texts: readonly string[]): string {
  const short = texts.map((text) => shorten(oneLine(text), detailCharacters));
  return short.length === 0 ? '' : `${title} ${listed(short, shownDetails)}`;
}
