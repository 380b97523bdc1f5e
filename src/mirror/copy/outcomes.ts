import type { Finding } from '../../core/findings.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import { formatUses, stripFullStop } from '../../resolve/use-text.ts';
import type { Outcome } from '../plan/plan.ts';

/** Findings for what was not copied. An interrupted run is one error of the run, not one finding for each image left over. */
export function copyFailures(outcomes: readonly Outcome[]): readonly Finding[] {
  return outcomes.flatMap((outcome): Finding[] => {
    if (outcome.result !== 'failed' || outcome.error.code === 'cancelled') return [];
    const { copy, error } = outcome;
    return [
      {
        code: 'copy-failed',
        severity: 'error',
        message: `Cannot copy ${copy.image.image} (used in ${formatUses(copy.image)}) to ${formatReference(copy.to)}: ${stripFullStop(error.message)}.`,
        advice: error.advice,
        image: copy.image.image,
      },
    ];
  });
}
