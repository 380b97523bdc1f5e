import { toSingleLine } from '../../core/text.ts';
import type { AosmDifference } from '../../discovery/az-aosm/comparison.ts';
import { formatCaseLocation, formatComparison } from '../model/aosm-text.ts';
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
