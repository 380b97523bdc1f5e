import { applyFailOn, type Finding, type Severity } from '../core/findings.ts';
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

/** What is known when findings are judged. */
export interface GradingContext {
  readonly discovery: Discovery;
  readonly renderings: readonly Rendering[];
  readonly base: BaseImages | undefined;
  readonly finder: ValueTracer;
}

/** Judges findings; `resolutions` are those known by then. Errors: `cancelled`. */
export type GradeFindings = (
  findings: readonly Finding[],
  resolutions?: readonly Resolution[],
) => Promise<readonly Finding[]>;

/**
 * What becomes of findings before a report shows them: `fail-on` says which fail the run, the base says which are old, and the
 * values of the charts say which line their author has to change.
 */
export function createFindingGrader({ failOn, failOnNew }: Settings, evidence: GradingContext): GradeFindings {
  const { discovery, renderings, base, finder } = evidence;
  return async (findings, resolutions = []) => {
    const failing = failOnNew ? 'new' : 'all';
    const aged = markNewFindings(applyFailOn(markOptional(findings, discovery), failOn), {
      base: base?.discovery,
      resolutions,
      failing,
    });
    // Places are looked for as long as someone reads them, so what fails the run comes first.
    const worstFirst = aged.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
    return await locateAtValues(worstFirst, discovery, renderings, finder);
  };
}
