import { joinWithLimit, truncate } from '../../core/text.ts';
import { formatLocation, formatLookup, formatUsage } from '../model/labels.ts';
import type { Problem } from '../model/problems.ts';
import { codeSpan, escapeProse } from './escape-markdown.ts';

/** Characters, so that a malicious message cannot fill the page. */
const messageCharacters = 2_000;
const detailCharacters = 300;
const shownDetails = 10;

const marks: Record<Problem['severity'], string> = { error: '❌', warning: '⚠️', notice: 'ℹ️' };

/** A list item with location, lookups, uses and advice. */
export function problemEntry(problem: Problem): string {
  const location = formatLocation(problem);
  const details = [
    location === undefined ? undefined : `At ${codeSpan(truncate(location, detailCharacters))}`,
    detail('Checked', problem.lookups.map(formatLookup)),
    detail('Used by', problem.usedBy.map(formatUsage)),
    problem.advice === '' ? undefined : `**What to do:** ${prose(problem.advice, messageCharacters)}`,
  ].filter((line) => line !== undefined);
  const lines = [
    `- ${marks[problem.severity]} **${problem.code}**: ${prose(problem.message, messageCharacters)}`,
    ...details.map((line) => `  - ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

function detail(title: string, texts: readonly string[]): string | undefined {
  if (texts.length === 0) return undefined;
  return `${title} ${joinWithLimit(
    texts.map((text) => prose(text, detailCharacters)),
    shownDetails,
  )}`;
}

function prose(text: string, limit: number): string {
  return escapeProse(truncate(text, limit));
}
