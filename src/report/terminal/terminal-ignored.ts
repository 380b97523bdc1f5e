import { toSingleLine } from '../../core/text.ts';
import { formatIgnored, formatIgnoreReason } from '../model/ignored-text.ts';
import type { Report } from '../model/report.ts';
import type { Paint } from './terminal-style.ts';

/** `2 images ignored`, then each with the reason of the user. */
export function ignoredLines({ ignored }: Pick<Report, 'ignored'>, paint: Paint): readonly string[] {
  const title = formatIgnored(ignored);
  if (title === undefined) return [];
  const lines = ignored.flatMap((each) => {
    const findings = each.findings.filter(({ image }) => image === undefined);
    const reported = [
      ...each.images.map(({ image }) => image),
      ...findings.map(({ code, message }) => `${code}: ${message}`),
    ];
    return reported.map((text) => `  ${toSingleLine(`${text}: ${formatIgnoreReason(each)}`)}`);
  });
  return [paint('title', title), ...lines];
}
