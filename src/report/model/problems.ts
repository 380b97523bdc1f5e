import type { ChartImagesError, ErrorCode } from '../../core/errors.ts';
import type { Finding, FindingCode, Severity } from '../../core/findings.ts';
import type { Report } from './report.ts';
import type { LookupEntry, Row } from './rows.ts';
import type { Usage } from './usage.ts';

/** An error or a finding with its context, for all formats. */
export interface Problem {
  readonly severity: Severity;
  readonly code: ErrorCode | FindingCode;
  readonly message: string;
  readonly advice: string;
  /** The reference as the chart writes it. */
  readonly image: string | undefined;
  /** Whether the change introduces it or the base also has it; undefined without a base. */
  readonly age: Finding['age'];
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Lookups that explain the problem and are not in the message. */
  readonly trace: readonly LookupEntry[];
  /** Uses of the image that are not in the message. */
  readonly usedBy: readonly Usage[];
}

/** Order in reports: which rules apply, wrong images and missing copies, failed checks, then risks. */
const ranks = {
  'no-base': 0,
  'policy-changed': 1,
  absent: 2,
  conflict: 3,
  'copy-failed': 4,
  required: 5,
  unknown: 6,
  drift: 7,
  platform: 8,
  ambiguous: 9,
  placeholder: 10,
  unreadable: 11,
  'no-tag': 12,
  'expired-rule': 13,
  'fixed-registry': 14,
  undeclared: 15,
  unexplored: 16,
  unvalidated: 17,
  'stale-dependency': 18,
  'unused-rule': 19,
} as const satisfies Record<FindingCode, number>;

const severityRanks = { error: 0, warning: 1, notice: 2 } as const satisfies Record<Severity, number>;

/** Comparator for `sort`. */
export function worstFirst(left: FindingCode, right: FindingCode): number {
  return ranks[left] - ranks[right];
}

/** Errors first, then findings by severity and code, otherwise in report order. */
export function problemsOf(report: Pick<Report, 'errors' | 'findings'>, rows: readonly Row[]): readonly Problem[] {
  const byImage = new Map(rows.map((row) => [row.image, row]));
  const findings = report.findings.toSorted(
    (left, right) => severityRanks[left.severity] - severityRanks[right.severity] || worstFirst(left.code, right.code),
  );
  return [
    ...report.errors.map(problemOfError),
    ...findings.map((finding) => problemOfFinding(finding, byImage.get(finding.image ?? ''))),
  ];
}

export function problemOfError(error: ChartImagesError): Problem {
  return {
    severity: 'error',
    code: error.code,
    message: error.message,
    advice: error.advice,
    image: undefined,
    age: undefined,
    file: error.place?.file,
    line: error.place?.line,
    column: error.place?.column,
    trace: [],
    usedBy: [],
  };
}

function problemOfFinding(finding: Finding, row: Row | undefined): Problem {
  const { severity, code, message, advice, image, age, file, line } = finding;
  // Lookups explain only findings about the sources.
  const explained = row !== undefined && (code === row.status || code === 'ambiguous');
  return {
    severity,
    code,
    message,
    advice,
    image,
    age,
    file,
    line,
    column: undefined,
    trace: explained
      ? row.trace
          .filter((looked) => !message.includes(looked.location))
          .map((looked) => withoutRepeatedReason(looked, message))
      : [],
    usedBy: row?.usedBy.filter((usage) => !message.includes(usage.template)) ?? [],
  };
}

/** Shows a cause only once: that of an unreachable registry is the same for each repository. */
function withoutRepeatedReason(looked: LookupEntry, message: string): LookupEntry {
  return message.includes(looked.reason) ? { ...looked, reason: '' } : looked;
}
