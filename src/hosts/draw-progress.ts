import { formatBytes } from '../core/format-bytes.ts';
import type { Progress, ProgressItem } from '../core/progress.ts';
import type { Rate } from './transfer-rate.ts';

export interface DrawingSize {
  readonly columns: number;
  readonly rows: number;
}

/** More lines are hard to follow on any screen. */
const mostLines = 12;

/** The summary, the number of hidden items, and the line of the cursor. */
const otherLines = 3;

/** Longer names are cut at the start, because the tag is at the end. */
const longestName = 60;

/** A line for each active item that fits, then the summary. */
export function progressLines(progress: Progress, rates: Rate, { columns, rows }: DrawingSize): readonly string[] {
  const room = Math.max(0, Math.min(mostLines, rows - otherLines));
  const shown = progress.underway.slice(0, room);
  const rest = progress.underway.length - shown.length;
  const facts = shown.map((one) => factsOf(one, rates.of(one.name)));
  // Some terminals wrap when the last column is used.
  const width = columns - 1;
  const factWidth = Math.max(0, ...facts.map((text) => text.length));
  const nameWidth = Math.min(
    longestName,
    Math.max(0, width - factWidth - 4),
    Math.max(0, ...shown.map(({ name }) => [...name].length)),
  );
  const lines = shown.map(({ name }, index) => `  ${fitted(name, nameWidth)}  ${facts[index]}`);
  const more = rest > 0 && room > 0 ? [`  and ${rest} more`] : [];
  return [...lines, ...more, progressSummary(progress, rates.all)].map((line) => cut(line, width));
}

/** `12 of 60 images copied, 1.2 GB of at most 3.4 GB, 45.2 MB/s, about 48 s left`. */
export function progressSummary({ label: what, done, total, bytes }: Progress, rate: number | undefined): string {
  const count = `${done} of ${total} ${what}`;
  if (bytes === undefined) return count;
  const size = `${formatBytes(bytes.done)}${bytes.total === undefined ? '' : ` of at most ${formatBytes(bytes.total)}`}`;
  return [count, size, ...pace(bytes.done, bytes.total, rate)].join(', ');
}

/** Percent of the bytes or, if their number is unknown, of the items. */
export function percentOf({ done, total, bytes }: Progress): number {
  const [part, whole] = bytes?.total ? [bytes.done, bytes.total] : [done, total];
  return whole === 0 ? 0 : Math.min(100, Math.floor((part / whole) * 100));
}

function factsOf({ done, total }: ProgressItem, rate: number | undefined): string {
  const size = `${formatBytes(done)}${total === undefined ? '' : ` of ${formatBytes(total)}`}`;
  return [size, ...pace(done, total, rate)].join(', ');
}

/** Rate and remaining time, if known. */
function pace(done: number, total: number | undefined, rate: number | undefined): readonly string[] {
  if (rate === undefined || rate < 1 || done === total) return [];
  const speed = `${formatBytes(Math.round(rate))}/s`;
  return total === undefined ? [speed] : [speed, `about ${formatSeconds((total - done) / rate)} left`];
}

function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

function fitted(name: string, width: number): string {
  const characters = [...name];
  return characters.length <= width
    ? name.padEnd(width)
    : `…${characters.slice(characters.length - width + 1).join('')}`;
}

function cut(line: string, width: number): string {
  const characters = [...line];
  return characters.length <= width ? line : characters.slice(0, Math.max(0, width)).join('');
}
