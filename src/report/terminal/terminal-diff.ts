import { formatBytes } from '../../core/format-bytes.ts';
import { toSingleLine } from '../../core/text.ts';
import type { ImageDiff } from '../../resolve/diff/image-diff.ts';
import { type DiffEntry, diffEntries, formatBase, formatDiff } from '../model/diff-text.ts';
import { shortDigests } from '../model/labels.ts';
import type { Paint } from './terminal-style.ts';

/** `Compared with main: …`, then a line for each changed image. */
export function deltaLines(delta: ImageDiff | undefined, paint: Paint): readonly string[] {
  if (delta === undefined) return [];
  return [
    `${paint('title', `Compared with ${formatBase(delta)}`)}: ${formatDiff(delta)}`,
    ...diffEntries(delta).map(entryLine),
  ];
}

const widestChange = 'removed'.length;

function entryLine({ change, before, after, bytes }: DiffEntry): string {
  const images = [before, after].filter((text) => text !== undefined).map((text) => toSingleLine(shortDigests(text)));
  const size = bytes === undefined ? '' : ` (${formatBytes(bytes)})`;
  return `  ${change.padEnd(widestChange)}  ${images.join(' → ')}${size}`;
}
