/** The closed list of finding codes. Those that `fail-on` accepts are first. */
export const findingCodes = {
  absent: 'No source has the image.',
  unknown: 'At least one source could not be checked for the image (error, missing permission, rate limit).',
  conflict: 'The target has different content under the same tag, or two images have the same target tag.',
  ambiguous: 'The path of an image with and without its first component leads to different content.',
  'no-tag': 'The reference has neither tag nor digest, so it uses the current `latest`.',
  'floating-tag': 'The tag moves to new content, such as `latest`, so two pulls can get different images.',
  placeholder: 'An image field contains a placeholder that no value replaced.',
  platform: 'The image is missing a platform that the run requires.',
  drift:
    'The digest of the tag differs from the lock file, or a frozen run finds an image that is not in the lock file.',
  unreadable: 'A rendered document, or an image field, could not be parsed.',
  'no-images': 'A run with `push` found no image to copy.',
  'copy-failed': 'The image could not be copied to the target.',
  'attachment-failed':
    'A signature, an attestation, or an SBOM of the image could not be copied or looked up. The image itself is in the target.',
  required: 'The configuration requires an image that no chart contains.',
  'expired-rule': 'An `ignore` entry of the configuration has expired and is no longer applied.',
  'unused-rule': 'A rule of the configuration matches no image of the charts.',
  undeclared: 'The annotations of the chart list its images, and an image that it renders is not in the list.',
  'fixed-registry': 'The registry of the image is fixed in a template, so no value can change it.',
  'side-effect': 'The values overlay also changes a field of the chart that is no image.',
  differs: 'A later source has different content under the same path. The first source is used.',
  'unexpected-path':
    'With an AOSM input file: the image was found only with, or only without, its first component, unlike its values suggest.',
  'empty-registry': 'The registry of the image is empty, and AOSM sets it.',
  'moved-tag': 'The tag has other content in the artifact store, and `on-existing: replace` moves it.',
  'policy-changed':
    'A pull request changes rules of `chart-images.yaml` or of the input file. The rules of its base were used.',
  'no-base':
    'The base of a pull request could not be read, so the rules of the pull request were used; or a chart or submodule has no base to compare with.',
  'other-chart': 'A custom resource deploys another chart, whose images are not in the rendering.',
  unexplored: 'Settings in the values of a chart were not tried, so optional images may be missing.',
  unvalidated: 'The values of a chart were not validated: its schema refers to files or hosts outside of the chart.',
  'duplicate-key': 'A values file has a key twice in one map, and helm uses only the last one.',
  'dependency-mismatch': 'A dependency in charts/ is missing, or has another version than the chart asks for.',
} as const;

export type FindingCode = keyof typeof findingCodes;

/** The codes that `fail-on` accepts, in the order of the documentation. */
export const failOnCodes = [
  'absent',
  'unknown',
  'conflict',
  'ambiguous',
  'no-tag',
  'floating-tag',
  'placeholder',
  'platform',
  'drift',
  'unreadable',
  'no-images',
] as const satisfies readonly FindingCode[];

export type FailOnCode = (typeof failOnCodes)[number];

/** The default of `fail-on`. */
export const defaultFailOn = [
  'absent',
  'unknown',
  'conflict',
  'ambiguous',
  'floating-tag',
  'placeholder',
  'unreadable',
  'no-images',
] as const satisfies readonly FailOnCode[];

/**
 * The findings that fail the run: `all` with the code if the user lists it, or only the `errors` among them, which are
 * those where a failure is certain (an image field that Kubernetes refuses, and not the same text elsewhere).
 */
export type FailOn = ReadonlyMap<FailOnCode, 'errors' | 'all'>;

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

/** A tag, `referrer sha256:…`, or a list of attachments of one image. */
export interface MissingAttachment {
  readonly image: string;
  readonly name: string;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One sentence that states the fact. */
  readonly message: string;
  /** One imperative sentence: the next step for the reader. */
  readonly advice: string;
  /** The reference as the chart writes it. */
  readonly image?: string;
  /**
   * All images that one cause affects, such as a registry. Then `image` is the one at whose line it is shown, or unset
   * if no line of a chart is the cause.
   */
  readonly images?: readonly string[];
  /** All toggles that were not tried; the message has the first ones. As `--set` takes their paths. */
  readonly toggles?: readonly string[];
  /** Attachments that are not in the target, or lists that could not be read, for each image. */
  readonly attachments?: readonly MissingAttachment[];
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

/** All images that a finding affects. */
export function imagesOf({ images, image }: Finding): readonly string[] {
  return images ?? (image === undefined ? [] : [image]);
}

/** Findings that `failOn` selects are errors. All others keep their severity, at most a warning. */
export function applyFailOn(findings: readonly Finding[], failOn: FailOn): readonly Finding[] {
  const reaches: ReadonlyMap<FindingCode, 'errors' | 'all'> = failOn;
  return findings.map((finding) => {
    if (alwaysFailingCodes.has(finding.code)) return { ...finding, severity: 'error' };
    const reach = finding.optional === true ? undefined : reaches.get(finding.code);
    if (reach === 'all') return { ...finding, severity: 'error' };
    return finding.severity === 'error' && reach === undefined ? { ...finding, severity: 'warning' } : finding;
  });
}
