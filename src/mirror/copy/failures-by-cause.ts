import { type ChartImagesError, rootCause } from '../../core/errors.ts';
import { PushRefusedError } from '../../registry/client/push-error.ts';
import { joinNames } from '../../resolve/use-text.ts';
import type { PlannedCopy } from '../plan/plan.ts';

/** Something that failed for an image. */
export interface Failure {
  readonly copy: PlannedCopy;
  readonly error: ChartImagesError;
}

/**
 * Failures with the same cause, in order: the operations that failed are others for each image, and so are the names
 * and sizes in the text of a registry that refuses them for one reason.
 */
export function groupByCause<T extends Failure>(failures: readonly T[]): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const failure of failures) {
    const key = causeOf(failure.error);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [failure]);
    else known.push(failure);
  }
  return [...groups.values()];
}

function causeOf(error: ChartImagesError): string {
  const root = rootCause(error);
  return root instanceof PushRefusedError ? `${root.refusal} ${root.place.host}` : `${root.code} ${root.message}`;
}

/** The images of failures with one cause, for a finding that is attached to the first of them. */
export function affectedImages([first, ...others]: readonly [Failure, ...Failure[]]) {
  const image = first.copy.image.image;
  const images = [...new Set([image, ...others.map(({ copy }) => copy.image.image)])];
  return images.length === 1
    ? { inMessage: '', inFinding: { image } }
    : { inMessage: ` Also affected: ${joinNames(images.slice(1))}.`, inFinding: { image, images } };
}
