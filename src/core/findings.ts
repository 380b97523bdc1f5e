/** The closed list of finding codes. Those that `fail-on` accepts are first. */
export const findingCodes = {
  absent: 'No source has the image.',
  unknown: 'At least one source could not be checked for the image (error, missing permission, rate limit).',
  conflict: 'The target has different content under the same tag, or two images have the same target tag.',
  ambiguous: 'Two candidate repositories of one image have different content.',
  'no-tag': 'The reference has neither tag nor digest, so it uses the current `latest`.',
  placeholder: 'An image field contains a placeholder that no value replaced.',
  platform: 'The image is missing a platform that the run requires.',
  drift:
    'The digest of the tag differs from the lock file, or a frozen run finds an image that is not in the lock file.',
  unreadable: 'A rendered document, or an image field, could not be parsed.',
  'copy-failed': 'The image could not be copied to the target.',
  required: 'The configuration requires an image that no chart contains.',
  'expired-rule': 'An `ignore` entry of the configuration has expired and is no longer applied.',
  'unused-rule': 'A rule of the configuration matches no image of the charts.',
  undeclared: 'The annotations of the chart list its images, and an image that it renders is not in the list.',
  'fixed-registry': 'The registry of the image is fixed in a template, so no value can change it.',
  'policy-changed':
    'A pull request changes rules of `chart-images.yaml` or of the input file. The rules of its base were used.',
  'no-base': 'The base of a pull request could not be read, so the rules of the pull request were used.',
  'other-chart': 'A custom resource deploys another chart, whose images are not in the rendering.',
  unexplored: 'Settings in the values of a chart were not tried, so optional images may be missing.',
  unvalidated: 'The values of a chart were not validated: its schema refers to files or hosts outside of the chart.',
  'dependency-mismatch':
    'A dependency in charts/ is missing, or has another version than the chart asks for.',
} as const;

export type FindingCode = keyof typeof findingCodes;

/** The codes that `fail-on` accepts, in the order of the documentation. */
export const failOnCodes = [
  'absent',
  'unknown',
  'conflict',
  'ambiguous',
  'no-tag',
  'placeholder',
  'platform',
  'drift',
  'unreadable',
] as const satisfies readonly FindingCode[];

export type FailOnCode = (typeof failOnCodes)[number];

/** Fail the run regardless of `fail-on`: the target is incomplete, or an image of the user's own list is missing. */
export const alwaysFailingCodes: ReadonlySet<FindingCode> = new Set(['copy-failed', 'required']);

export type Severity = 'error' | 'warning' | 'notice';

const severityRanks = { error: 0, warning: 1, notice: 2 } as const satisfies Record<Severity, number>;

/** Comparator for `sort`: errors first. */
export function bySeverity(left: Pick<Finding, 'severity'>, right: Pick<Finding, 'severity'>): number {
  return severityRanks[left.severity] - severityRanks[right.severity];
}

/** The parts of a reference. The `namespace` is the repository without its last component. */
export const referenceParts = ['registry', 'namespace', 'repository', 'tag', 'digest'] as const;
export type ReferencePart = (typeof referenceParts)[number];

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One sentence that states the fact. */
  readonly message: string;
  /** One imperative sentence: the next step for the reader. */
  readonly advice: string;
  /** The reference as the chart writes it. */
  readonly image?: string;
  /** The part of the reference that is wrong, if known: it determines the line of the annotation. */
  readonly part?: ReferencePart;
  /** Path of a file of the user, as the host shows it. Never a rendered file. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** `new`: the pull request introduces it. `known`: its base has it. Undefined if nothing was compared. */
  readonly age?: 'new' | 'known';
  /** The image is rendered only with a toggle in the values: at most a warning, regardless of `fail-on`. */
  readonly optional?: true;
}

/** Findings whose code is in `failOn` become errors. All others keep their severity, at most a warning. */
export function applyFailOn(findings: readonly Finding[], failOn: ReadonlySet<FailOnCode>): readonly Finding[] {
  return findings.map((finding) => {
    if (alwaysFailingCodes.has(finding.code)) return { ...finding, severity: 'error' };
    if (finding.optional !== true && (failOn as ReadonlySet<string>).has(finding.code))
      return { ...finding, severity: 'error' };
    return finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding;
  });
}
