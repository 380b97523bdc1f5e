import { type ExitCode, exitCodeOf } from './exit-code.ts';
import type { Mask } from './mask.ts';
import { type MaskedReport, maskReport } from './mask-report.ts';
import { type Problem, problemsOf } from './problems.ts';
import type { Report } from './report.ts';
import { rowsOf } from './rows.ts';
import { type RunSummary, summarize } from './summary-line.ts';
import { type Totals, totalsOf } from './totals.ts';

/** What every format shows of a report, derived once. All texts and names of charts and registries are masked. */
export interface ReportView extends MaskedReport {
  readonly problems: readonly Problem[];
  readonly totals: Totals;
  readonly summary: RunSummary;
  readonly exitCode: ExitCode;
}

/**
 * Totals, summary and exit code are those of the report before masking: a secret must not influence the result, and
 * they contain no text to mask.
 */
export function createReportView(report: Report, mask: Mask): ReportView {
  const rows = rowsOf(report);
  const totals = totalsOf(rows);
  const exitCode = exitCodeOf(report);
  const masked = maskReport(report, rows, mask);
  return {
    ...masked,
    problems: problemsOf(masked),
    totals,
    summary: summarize(report, rows, totals, exitCode),
    exitCode,
  };
}
