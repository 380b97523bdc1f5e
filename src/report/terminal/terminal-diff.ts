import { formatBytes } from '../../core/format-bytes.ts';
import { toSingleLine } from '../../core/text.ts';
import {
  baseParts,
  type DiffEntry,
  diffEntries,
  formatDiff,
  formatInexact,
  formatUnbased,
} from '../model/diff-text.ts';
import { shortDigests } from '../model/labels.ts';
import type { Report } from '../model/report.ts';
import type { Paint } from './terminal-style.ts';

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
