import { applyFailOn, type Finding, type FindingCode, type Severity } from '../core/findings.ts';
import type { Discovery } from '../discovery/image-use.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import type { Settings } from '../inputs/settings.ts';
import { markNewFindings } from '../resolve/diff/mark-new-findings.ts';
import type { Resolution } from '../resolve/resolution.ts';
import { locateAtValues } from '../values/provenance/locate-at-values.ts';
import type { ValueTracer } from '../values/provenance/trace-values.ts';
import { markOptional } from '../values/toggles/mark-optional.ts';
import type { BaseImages } from './base-images.ts';

const rank = { error: 0, warning: 1, notice: 2 } as const satisfies Record<Severity, number>;

/** Input of the grading. */
export interface GradingContext {
  readonly discovery: Discovery;
  readonly renderings: readonly Rendering[];
  readonly base: BaseImages | undefined;
  readonly finder: ValueTracer;
}

/** `incomplete-push`: images that a push could not copy fail the run, regardless of `fail-on`. */
export type GradingRule = 'fail-on' | 'incomplete-push';

/** Grades findings; `resolutions` are those known so far. Throws only `cancelled`. */
export type GradeFindings = (
  findings: readonly Finding[],
  resolutions?: readonly Resolution[],
  rule?: GradingRule,
) => Promise<readonly Finding[]>;

/** Such an image is not copied. */
const uncopied: ReadonlySet<FindingCode> = new Set(['absent', 'unknown', 'conflict']);

/** Whether a push leaves out an image without failing the run. */
export function isUncopied({ code, severity, optional }: Finding): boolean {
  return uncopied.has(code) && severity !== 'error' && optional !== true;
}

/**
 * Prepares findings for the report: `fail-on` decides which fail the run, the base which are known, and the values of
 * the charts which line to change.
 */
export function createFindingGrader({ failOn, failOnNew }: Settings, evidence: GradingContext): GradeFindings {
  const { discovery, renderings, base, finder } = evidence;
  return async (findings, resolutions = [], rule = 'fail-on') => {
    const failing = failOnNew ? 'new' : 'all';
    const aged = markNewFindings(applyFailOn(markOptional(findings, discovery), failOn), {
      base: base?.discovery,
      resolutions,
      failing,
    });
    const graded =
      rule === 'fail-on' ? aged : aged.map((one): Finding => (isUncopied(one) ? { ...one, severity: 'error' } : one));
    // Tracing lines has a limit, so the findings that fail the run are traced first.
    const worstFirst = graded.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
    return await locateAtValues(worstFirst, discovery, renderings, finder);
  };
}
