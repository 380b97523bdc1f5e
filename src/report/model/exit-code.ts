import { errorCodes } from '../../core/errors.ts';
import type { FindingCode } from '../../core/findings.ts';
import type { Report } from './report.ts';

/** The exit codes of the contract. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

/** These findings mean that a check or a copy failed, not that the charts are wrong. */
export const unknownOrUndone: ReadonlySet<FindingCode> = new Set(['unknown', 'copy-failed']);

/** Of several results, the one that trying again cannot change comes first: 130, 2, 1, 3. */
export function exitCodeOf(report: Pick<Report, 'errors' | 'findings'>): ExitCode {
  const errors = new Set(report.errors.map((error) => errorCodes[error.code].exit));
  const failing = report.findings.filter((finding) => finding.severity === 'error');
  if (errors.has(130)) return 130;
  if (errors.has(2)) return 2;
  if (failing.some((finding) => !unknownOrUndone.has(finding.code))) return 1;
  return errors.has(3) || failing.length > 0 ? 3 : 0;
}
