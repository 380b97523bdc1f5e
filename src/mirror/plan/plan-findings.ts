import type { ChartImagesError } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import { formatUses, joinNames, stripFullStop } from '../../resolve/use-text.ts';
import { findConflicts } from './conflicts.ts';
import type { PlannedCopy } from './plan.ts';

/** Findings for conflicts and errors of the target, in the order of the images. */
export function planFindings(copies: readonly PlannedCopy[]): readonly Finding[] {
  const collisions = findConflicts(copies);
  return copies.flatMap((copy) => {
    const { step } = copy;
    if (step.action === 'conflict') {
      return [conflict(copy, step.reason, step.advice ?? (collisions.has(copy) ? renameAdvice : existingAdvice))];
    }
    if (step.action === 'unknown') return unknown(copy, step.error, copies);
    return [];
  });
}

const renameAdvice = 'Rename one of them in the chart, or copy them in two runs to different namespaces of the target.';
const existingAdvice =
  'Use another tag or another namespace of the target, or set on-existing to skip (keep the existing content) or replace.';

function conflict({ image }: PlannedCopy, reason: string, advice: string): Finding {
  return {
    code: 'conflict',
    severity: 'error',
    message: `Cannot copy ${image.image} (used in ${formatUses(image)}): ${reason}.`,
    advice,
    image: image.image,
  };
}

/** One finding for all images with the same target error. It is at no line of a chart. */
function unknown(copy: PlannedCopy, error: ChartImagesError, copies: readonly PlannedCopy[]): Finding[] {
  const isSame = ({ step }: PlannedCopy) => step.action === 'unknown' && step.error.code === error.code;
  if (copies.find(isSame) !== copy) return [];
  const images = copies.filter(isSame).map(({ image }) => image.image);
  return [
    {
      code: 'unknown',
      severity: 'error',
      message: `Cannot check whether the target has ${joinNames(images)}: ${stripFullStop(error.message)}. Checked: ${formatReference(copy.to)}.`,
      advice: error.advice,
      images,
    },
  ];
}
