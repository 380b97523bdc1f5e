import { formatBytes } from '../../core/format-bytes.ts';
import { toSingleLine } from '../../core/text.ts';
import type { AosmDifference } from '../../discovery/az-aosm/comparison.ts';
import { formatCaseLocation, formatComparison } from '../model/aosm-text.ts';
import {
  baseParts,
  type DiffEntry,
  diffEntries,
  formatDiff,
  formatInexact,
  formatUnbased,
} from '../model/diff-text.ts';
import { formatIgnored, formatIgnoreReason } from '../model/ignored-text.ts';
import { shortDigests } from '../model/labels.ts';
import type { Report } from '../model/report.ts';
import type { Paint } from './terminal-style.ts';

/** The comparison with az aosm: a sentence, then each difference with its reason. */
export function aosmLines({ aosm }: Pick<Report, 'aosm'>, paint: Paint): readonly string[] {
  if (aosm.length === 0) return [];
  return [
    paint('title', formatComparison(aosm)),
    ...aosm.flatMap(({ cases }) => cases.flatMap((each) => caseLines(each))),
  ];
}

const widestDifference = 'invented'.length;

function caseLines(each: AosmDifference): readonly string[] {
  const { difference, image, readAs, reason } = each;
  const read = difference === 'misread' ? ` → ${readAs}` : '';
  const indent = ' '.repeat(widestDifference + 4);
  return [
    `  ${difference.padEnd(widestDifference)}  ${toSingleLine(shortDigests(image + read))}`,
    `${indent}${toSingleLine(`${reason} (${formatCaseLocation(each)})`)}`,
  ];
}

/** `Compared with main at 1a2b3c4: …`, then a line for each changed image. */
export function deltaLines({ delta, unbased }: Pick<Report, 'delta' | 'unbased'>, paint: Paint): readonly string[] {
  if (delta === undefined) return unbased === undefined ? [] : [formatUnbased(unbased)];
  const inexact = formatInexact(delta);
  return [
    `${paint('title', `Compared with ${baseParts(delta).join(' at ')}`)}: ${formatDiff(delta)}`,
    ...(inexact === undefined ? [] : [inexact]),
    ...diffEntries(delta).map(entryLine),
  ];
}

const widestChange = 'removed'.length;

function entryLine({ change, before, after, bytes }: DiffEntry): string {
  const images = [before, after].filter((text) => text !== undefined).map((text) => toSingleLine(shortDigests(text)));
  const size = bytes === undefined ? '' : ` (${formatBytes(bytes)})`;
  return `  ${change.padEnd(widestChange)}  ${images.join(' → ')}${size}`;
}

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
