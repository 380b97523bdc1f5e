import { formatBytes } from '../byte-size.ts';
import type { Delta } from '../delta/delta.ts';
import { baseWords, type DeltaEntry, deltaEntries, deltaWords } from './delta-words.ts';
import { oneLine } from './plain-text.ts';
import type { Paint } from './terminal-style.ts';
import { shortDigests } from './words.ts';

/** `Compared with main: …`, and below it a line for each image that the change touches. */
export function deltaLines(delta: Delta | undefined, paint: Paint): readonly string[] {
  if (delta === undefined) return [];
  return [
    `${paint('title', `Compared with ${baseWords(delta)}`)}: ${deltaWords(delta)}`,
    ...deltaEntries(delta).map(entryLine),
  ];
}

const widestChange = 'removed'.length;

function entryLine({ change, before, after, bytes }: DeltaEntry): string {
  const images = [before, after].filter((text) => text !== undefined).map((text) => oneLine(shortDigests(text)));
  const size = bytes === undefined ? '' : ` (${formatBytes(bytes)})`;
  return `  ${change.padEnd(widestChange)}  ${images.join(' → ')}${size}`;
}
