import { errorCodes } from '../../core/errors.ts';
import type { FindingCode } from '../../core/findings.ts';
import type { Report } from './report.ts';

/** The exit codes of the contract. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

/** These findings mean that a check or a copy failed, not that the charts are wrong. */
export const unknownOrUndone: ReadonlySet<FindingCode> = new Set(['unknown', 'copy-failed']);

/**
 * Invalid input takes precedence over an interruption, because a chart that does not render cancels the others.
 * Findings that the author of the charts can fix take precedence over failed checks.
 */
export function exitCodeOf(report: Pick<Report, 'errors' | 'findings'>): ExitCode {
  const issues = new Set(report.errors.map((error) => errorCodes[error.code].exit));
  if (issues.has(2)) return 2;
  if (issues.has(130)) return 130;
  if (issues.has(3)) return 3;
  const failing = report.findings.filter((finding) => finding.severity === 'error');
  if (failing.some((finding) => !unknownOrUndone.has(finding.code))) return 1;
  return failing.length > 0 ? 3 : 0;
}
