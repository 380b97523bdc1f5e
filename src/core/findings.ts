/** Something a reviewer should know. The codes that `fail-on` may name come first; the rest only inform. */
export const findingCodes = {
  absent: 'No source has the image.',
  unknown: 'It could not be found out whether a source has the image (error, refusal, throttling).',
  conflict: 'The target has other content under the same tag, or two images want the same target tag.',
  ambiguous: 'Two candidate places of one image hold different content.',
  'no-tag': 'The reference has neither tag nor digest, so it means whatever `latest` is today.',
  placeholder: 'The text where an image belongs is a placeholder that nothing filled in.',
  platform: 'The image lacks a platform that the run asks for.',
  drift:
    'The tag no longer has the digest that the lock file holds, or a frozen run finds an image that the file does not hold.',
  unreadable: 'A rendered document, or a place where an image belongs, could not be read.',
  'copy-failed': 'The image could not be copied to the target.',
  required: 'The configuration requires an image that no chart names.',
  'expired-rule': 'An ignore of the configuration is past its last day and no longer holds.',
  'unused-rule': 'A rule of the configuration is about nothing that the charts name.',
  undeclared: 'The chart lists its images in its annotations, and the list lacks some that it renders.',
  'fixed-registry': "No value of the chart makes the image's registry, so no value can move it to another one.",
  'policy-changed':
    'A change alters rules of `chart-images.yaml` or of the input file; those of its base were used instead.',
  'no-base': 'The base of a change could not be read, so the change was judged by its own rules.',
  unexplored: 'Switches in the values of a chart were not tried, so optional images may be missing.',
  unvalidated: "A chart's values were not validated, because its schema refers to files or hosts outside of the chart.",
} as const;

export type FindingCode = keyof typeof findingCodes;

/** The codes that `fail-on` takes, in the order of the contract. */
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

/** These fail the run whatever `fail-on` names: a hole in the target, and what the user's own list asks for. */
export const alwaysFailingCodes: ReadonlySet<FindingCode> = new Set(['copy-failed', 'required']);

export type Severity = 'error' | 'warning' | 'notice';

/** What of a reference may be wrong. The `namespace` is the repository without its last name. */
export const referenceParts = ['registry', 'namespace', 'repository', 'tag', 'digest'] as const;
export type ReferencePart = (typeof referenceParts)[number];

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One sentence: what is so. */
  readonly message: string;
  /** One sentence: what the reader can do. */
  readonly advice: string;
  /** The reference as the chart writes it. */
  readonly image?: string;
  /** What of the reference is wrong, where that is known: it leads to the line to change. */
  readonly part?: ReferencePart;
  /** A file of the user's, as a path that the host can show; never a rendered one. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** Whether the change of a pull request brings it or the base has it already; left out where nothing was compared. */
  readonly age?: 'new' | 'known';
  /** About an image that only a switch in the values brings: at most a warning, whatever `fail-on` says. */
  readonly optional?: true;
}

/** Findings named by `failOn` become errors, and only they: everything else stays what its module made it, at most a warning. */
export function applyFailOn(findings: readonly Finding[], failOn: ReadonlySet<FailOnCode>): readonly Finding[] {
  return findings.map((finding) => {
    if (alwaysFailingCodes.has(finding.code)) return { ...finding, severity: 'error' };
    if (finding.optional !== true && (failOn as ReadonlySet<string>).has(finding.code))
      return { ...finding, severity: 'error' };
    return finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding;
  });
}
