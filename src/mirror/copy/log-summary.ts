import { formatBytes } from '../../core/format-bytes.ts';
import type { Log } from '../../core/log.ts';
import type { Outcome } from '../plan/plan.ts';

/** One line at the end of a copy. `saved`: bytes that the target had or mounted; `took`: milliseconds. */
export function logCopySummary(outcomes: readonly Outcome[], saved: number, took: number, log: Log): void {
  const copied = outcomes.filter((outcome) => outcome.result === 'copied');
  if (copied.length === 0) return;
  const moved = copied.reduce((sum, { bytes }) => sum + bytes, 0);
  const images = `${copied.length} ${copied.length === 1 ? 'image' : 'images'}`;
  log.info(
    `Copied ${images} in ${(took / 1000).toFixed(1)} s: ${formatBytes(moved)} moved, ${formatBytes(saved)} already in the target or mounted.`,
  );
}
