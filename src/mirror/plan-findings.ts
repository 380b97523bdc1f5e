import type { Finding } from '../findings.ts';
import { formatLocation } from '../image/location.ts';
import { clause, listNames, placesOfUse } from '../resolution/wording.ts';
import type { PlannedCopy, PlannedStep } from './plan.ts';

/** What stands against the plan, in the order of the images. */
export function planFindings(copies: readonly PlannedCopy[]): readonly Finding[] {
  return copies.flatMap((copy) => findingsFor(copy, copies));
}

function findingsFor(copy: PlannedCopy, copies: readonly PlannedCopy[]): readonly Finding[] {
  switch (copy.step.action) {
    case 'conflict':
      return [conflict(copy, copy.step.reason)];
    case 'unknown':
      return unknown(copy, copy.step, copies);
    case 'copy':
    case 'present':
    case 'skip':
      return [];
  }
}

function conflict({ image }: PlannedCopy, reason: string): Finding {
  return {
    code: 'conflict',
    severity: 'error',
    message: `${image.image}, used in ${placesOfUse(image)}, can not be put into the target: ${reason}.`,
    advice:
      'Give one of them another name or tag, use another namespace of the target, or set on-existing to skip or replace when the content there may stay or go.',
    image: image.image,
  };
}

/** One finding for all images that the same trouble with the target concerns; it belongs to the first of them. */
function unknown(
  copy: PlannedCopy,
  step: Extract<PlannedStep, { action: 'unknown' }>,
  copies: readonly PlannedCopy[],
): Finding[] {
  const same = copies.filter((other) => other.step.action === 'unknown' && other.step.error.code === step.error.code);
  if (same[0] !== copy) return [];
  const names = listNames(same.map((other) => other.image.image));
  return [
    {
      code: 'unknown',
      severity: 'error',
      message: `It could not be found out whether the target has ${names}; asked for ${formatLocation(copy.to)} (${clause(step.error.message)}).`,
      advice: step.error.advice,
      image: copy.image.image,
    },
  ];
}
