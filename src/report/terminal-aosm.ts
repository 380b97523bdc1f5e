import type { AosmCase } from '../aosm/parity.ts';
import { casePlace, parityWords } from './aosm-words.ts';
import { oneLine } from './plain-text.ts';
import type { Report } from './report.ts';
import type { Paint } from './terminal-style.ts';
import { shortDigests } from './words.ts';

/** What the rule of az aosm makes of the same charts: a sentence, and below it each difference with its reason. */
export function aosmLines({ aosm }: Pick<Report, 'aosm'>, paint: Paint): readonly string[] {
  if (aosm.length === 0) return [];
  return [paint('title', parityWords(aosm)), ...aosm.flatMap(({ cases }) => cases.flatMap((each) => caseLines(each)))];
}

const widestFault = 'invented'.length;

function caseLines(each: AosmCase): readonly string[] {
  const { fault, image, readAs, reason } = each;
  const read = fault === 'misread' ? ` → ${readAs}` : '';
  const indent = ' '.repeat(widestFault + 4);
  return [
    `  ${fault.padEnd(widestFault)}  ${oneLine(shortDigests(image + read))}`,
    `${indent}${oneLine(`${reason} (${casePlace(each)})`)}`,
  ];
}
