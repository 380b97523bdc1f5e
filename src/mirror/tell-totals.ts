import type { Log } from '../log.ts';
import type { Outcome } from './plan.ts';

/** One line at the end of a copy. `saved`: bytes that the target had or mounted; `took`: milliseconds. */
export function tellTotals(outcomes: readonly Outcome[], saved: number, took: number, log: Log): void {
  const copied = outcomes.filter((outcome) => outcome.result === 'copied');
  if (copied.length === 0) return;
  const moved = copied.reduce((sum, { bytes }) => sum + bytes, 0);
  const images = `${copied.length} ${copied.length === 1 ? 'image' : 'images'}`;
  log.info(
    `Copied ${images} in ${(took / 1000).toFixed(1)} s: ${inMebibytes(moved)} moved, ${inMebibytes(saved)} were there or were mounted.`,
  );
}

function inMebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
