import { sum } from '../../core/sum.ts';
import type { Row } from './row.ts';

/** Counts each row once by status and once by outcome. */
export interface Totals {
  readonly images: number;
  readonly found: number;
  readonly absent: number;
  readonly unknown: number;
  readonly unresolved: number;
  readonly copied: number;
  readonly present: number;
  readonly skipped: number;
  readonly planned: number;
  readonly failed: number;
  /** Bytes moved to the target. */
  readonly bytes: number;
}

export function totalsOf(rows: readonly Row[]): Totals {
  const status = (wanted: Row['status']): number => rows.filter((row) => row.status === wanted).length;
  const outcome = (wanted: Row['outcome']): number => rows.filter((row) => row.outcome === wanted).length;
  return {
    images: rows.length,
    found: status('found'),
    absent: status('absent'),
    unknown: status('unknown'),
    unresolved: status('unresolved'),
    copied: outcome('copied'),
    present: outcome('present'),
    skipped: outcome('skipped'),
    planned: outcome('planned'),
    failed: outcome('failed'),
    bytes: sum(rows.map((row) => row.bytes)),
  };
}
