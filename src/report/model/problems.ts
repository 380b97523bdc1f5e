import type { ChartImagesError, ErrorCode } from '../../core/errors.ts';
import { bySeverity, type Finding, type FindingCode, type Severity } from '../../core/findings.ts';
import { templateOf } from '../../discovery/image-use.ts';
import type { Report } from './report.ts';
import type { LookupEntry, Row } from './row.ts';
import type { Usage } from './usage.ts';

/** An error or a finding with its context, for all formats. */
export interface Problem {
  /** `error`: it ended the run early. */
  readonly kind: 'error' | 'finding';
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
  readonly lookups: readonly LookupEntry[];
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
  ambiguous: 7,
  drift: 8,
  platform: 9,
  placeholder: 10,
  unreadable: 11,
  'no-images': 12,
  'floating-tag': 13,
  'moved-tag': 14,
  'no-tag': 15,
  'attachment-failed': 16,
  'unexpected-path': 17,
  'empty-registry': 18,
  differs: 19,
  'expired-rule': 20,
  'fixed-registry': 21,
  undeclared: 22,
  'other-chart': 23,
  unexplored: 24,
  unvalidated: 25,
  'duplicate-key': 26,
  'dependency-mismatch': 27,
  'unused-rule': 28,
  'side-effect': 29,
} as const satisfies Record<FindingCode, number>;

/** Comparator for `sort`. */
export function worstFirst(left: FindingCode, right: FindingCode): number {
  return ranks[left] - ranks[right];
}

type WithRows = Pick<Report, 'errors' | 'findings'> & { readonly rows: readonly Row[] };

/** Errors first, then findings by severity and code, otherwise in report order. */
export function problemsOf({ errors, findings, rows }: WithRows): readonly Problem[] {
  const byImage = new Map(rows.map((row) => [row.image, row]));
  const sorted = findings.toSorted((left, right) => bySeverity(left, right) || worstFirst(left.code, right.code));
  return [
    ...errors.map(problemOfError),
    ...sorted.map((finding) => problemOfFinding(finding, byImage.get(onlyImage(finding) ?? ''))),
  ];
}

export function problemOfError(error: ChartImagesError): Problem {
  return {
    kind: 'error',
    severity: 'error',
    code: error.code,
    message: error.message,
    advice: error.advice,
    image: undefined,
    age: undefined,
    file: error.location?.file,
    line: error.location?.line,
    column: error.location?.column,
    lookups: [],
    usedBy: [],
  };
}

/** A finding about one image is explained by the lookups of that image. */
function onlyImage({ image, images }: Finding): string | undefined {
  return image ?? (images?.length === 1 ? images[0] : undefined);
}

function problemOfFinding(finding: Finding, row: Row | undefined): Problem {
  const { severity, code, message, advice, image, age, file, line } = finding;
  // Lookups explain only findings about the sources.
  const explained = row !== undefined && (code === row.status || code === 'ambiguous' || code === 'differs');
  return {
    kind: 'finding',
    severity,
    code,
    message,
    advice,
    image,
    age,
    file,
    line,
    column: undefined,
    lookups: explained
      ? row.lookups
          .filter((looked) => !message.includes(looked.reference))
          .map((looked) => withoutRepeatedReason(looked, message))
      : [],
    usedBy: row?.usedBy.filter((usage) => !message.includes(templateOf(usage))) ?? [],
  };
}

/** Shows a cause only once: that of an unreachable registry is the same for each repository. */
function withoutRepeatedReason(looked: LookupEntry, message: string): LookupEntry {
  return message.includes(looked.reason) ? { ...looked, reason: '' } : looked;
}
