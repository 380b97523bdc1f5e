import type { Base } from '../base.ts';
import { ageFindings } from '../delta/age.ts';
import type { Discovery } from '../discovery/use.ts';
import { type Finding, gradeFindings, type Severity } from '../findings.ts';
import type { Rendering } from '../helm/rendering.ts';
import type { Settings } from '../inputs/settings.ts';
import { markOptional } from '../options/mark-optional.ts';
import type { OriginFinder } from '../origins/find-origins.ts';
import { placeFindingsAtOrigins } from '../origins/place-findings.ts';
import type { Resolution } from '../resolution/resolution.ts';

const rank = { error: 0, warning: 1, notice: 2 } as const satisfies Record<Severity, number>;

/** What is known when findings are judged. */
export interface Evidence {
  readonly discovery: Discovery;
  readonly renderings: readonly Rendering[];
  readonly base: Base | undefined;
  readonly finder: OriginFinder;
}

/** Judges findings; `resolutions` are those known by then. Errors: `cancelled`. */
export type Judge = (findings: readonly Finding[], resolutions?: readonly Resolution[]) => Promise<readonly Finding[]>;

/**
 * What becomes of findings before a report shows them: `fail-on` says which fail the run, the base says which are old, and the
 * values of the charts say which line their author has to change.
 */
export function openJudge({ failOn, failOnNew }: Settings, evidence: Evidence): Judge {
  const { discovery, renderings, base, finder } = evidence;
  return async (findings, resolutions = []) => {
    const failing = failOnNew ? 'new' : 'all';
    const aged = ageFindings(gradeFindings(markOptional(findings, discovery), failOn), {
      base: base?.discovery,
      resolutions,
      failing,
    });
    // Places are looked for as long as someone reads them, so what fails the run comes first.
    const worstFirst = aged.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
    return await placeFindingsAtOrigins(worstFirst, discovery, renderings, finder);
  };
}
