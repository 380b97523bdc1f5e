import { ignoredWords, reasonWords } from './ignored-words.ts';
import { oneLine } from './plain-text.ts';
import type { Report } from './report.ts';
import type { Paint } from './terminal-style.ts';

/** `2 images ignored`, and below it each with the reason that the user gave. */
export function ignoredLines({ ignored }: Pick<Report, 'ignored'>, paint: Paint): readonly string[] {
  const title = ignoredWords(ignored);
  if (title === undefined) return [];
  const lines = ignored.flatMap((each) => {
    const findings = each.findings.filter(({ image }) => image === undefined);
    const told = [
      ...each.images.map(({ image }) => image),
      ...findings.map(({ code, message }) => `${code}: ${message}`),
    ];
    return told.map((text) => `  ${oneLine(`${text}: ${reasonWords(each)}`)}`);
  });
  return [paint('title', title), ...lines];
}
