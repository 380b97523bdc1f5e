import { applyFailOn, bySeverity, type Finding, type FindingCode } from '../core/findings.ts';
import type { Discovery } from '../discovery/image-use.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import type { Settings } from '../inputs/settings.ts';
import { markNewFindings } from '../resolve/diff/mark-new-findings.ts';
import { locateAtValues } from '../values/provenance/locate-at-values.ts';
import type { ValueTracer } from '../values/provenance/trace-values.ts';
import { markOptional } from '../values/toggles/mark-optional.ts';
import type { BaseImages } from './base-images.ts';

/** Input of the grading. */
export interface GradingContext {
  readonly discovery: Discovery;
  readonly renderings: readonly Rendering[];
  readonly base: BaseImages | undefined;
  readonly finder: ValueTracer;
}

/** Such an image is not copied. */
const uncopied: ReadonlySet<FindingCode> = new Set(['absent', 'unknown', 'conflict']);

/** For a run that copies: an image that it leaves out fails the run, regardless of `fail-on`. Errors first. */
export function failUncopied(findings: readonly Finding[]): readonly Finding[] {
  const failing = findings.map((finding): Finding => {
    return uncopied.has(finding.code) && finding.optional !== true ? { ...finding, severity: 'error' } : finding;
  });
  return failing.toSorted(bySeverity);
}

/** Prepares findings for the report. */
export interface FindingGrader {
  /** `fail-on` decides which findings fail the run, the base which are known; errors first. */
  grade(findings: readonly Finding[]): readonly Finding[];
  /** Adds the line to change. Throws only `cancelled`. */
  locate(findings: readonly Finding[]): Promise<readonly Finding[]>;
}

/** A frozen run checks the whole lock file, whatever the pull request changes. */
const frozenCodes: ReadonlySet<FindingCode> = new Set(['drift']);

export function createFindingGrader({ failOn, failOnNew, lock }: Settings, evidence: GradingContext): FindingGrader {
  const { discovery, renderings, base, finder } = evidence;
  const ageless = lock?.mode === 'frozen' ? frozenCodes : undefined;
  return {
    grade: (findings) => {
      const failing = failOnNew ? 'new' : 'all';
      const graded = applyFailOn(markOptional(findings, discovery), failOn);
      // Locating has a limit, so the findings that fail the run are first.
      return markNewFindings(graded, { base: base?.discovery, failing, ageless }).toSorted(bySeverity);
    },
    locate: (findings) => locateAtValues(findings, discovery, renderings, finder),
  };
}
