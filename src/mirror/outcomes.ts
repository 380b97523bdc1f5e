import type { Finding } from '../findings.ts';
import { formatLocation } from '../image/location.ts';
import { clause, placesOfUse } from '../resolution/wording.ts';
import type { Outcome } from './plan.ts';

/** Findings for what was not copied. An interrupted run is one error of the run, not one finding for each image left over. */
export function copyFailures(outcomes: readonly Outcome[]): readonly Finding[] {
  return outcomes.flatMap((outcome): Finding[] => {
    if (outcome.result !== 'failed' || outcome.error.code === 'cancelled') return [];
    const { copy, error } = outcome;
    return [
      {
        code: 'copy-failed',
        severity: 'error',
        message: `${copy.image.image}, used in ${placesOfUse(copy.image)}, was not copied to ${formatLocation(copy.to)}: ${clause(error.message)}.`,
        advice: error.advice,
        image: copy.image.image,
      },
    ];
  });
}
