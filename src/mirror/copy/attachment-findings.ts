import { type ChartImagesError, rootCause } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import { PushRefusedError } from '../../registry/client/push-error.ts';
import { formatUses, joinNames, stripFullStop } from '../../resolve/use-text.ts';
import type { AttachmentFailure, Outcome } from '../plan/plan.ts';
import { affectedImages, type Failure, groupByCause } from './failures-by-cause.ts';

type Missing = Failure & AttachmentFailure;

/** Findings for attachments that are not in the target: one for all images with the same cause. */
export function attachmentFindings(outcomes: readonly Outcome[]): readonly Finding[] {
  const missing = outcomes.flatMap((outcome): readonly Missing[] => {
    if (outcome.result !== 'copied' && outcome.result !== 'present') return [];
    return (outcome.attachments ?? []).map((failure) => ({ ...failure, copy: outcome.copy }));
  });
  return groupByCause(missing).map(missingAttachments);
}

function missingAttachments(failures: readonly [Missing, ...Missing[]]): Finding {
  const [{ copy, error }] = failures;
  const cause = rootCause(error);
  const names = joinNames(failures.filter((failure) => failure.copy === copy).map(({ name }) => name));
  const { inMessage, inFinding } = affectedImages(failures);
  return {
    code: 'attachment-failed',
    // A store never accepts them, so nothing is wrong.
    severity: cause.code === 'artifact-store' ? 'notice' : 'warning',
    message: `Cannot copy ${names} of ${copy.image.image} (used in ${formatUses(copy.image)}) to ${formatReference(copy.to)}: ${stripFullStop(cause.message)}.${inMessage}`,
    advice: `${adviceFor(cause)} The image itself is in the target.${cause.code === 'artifact-store' ? '' : ' To fail instead, set attachments to required.'}`,
    ...inFinding,
    attachments: failures.map((failure) => ({ image: failure.copy.image.image, name: failure.name })),
  };
}

/** The target accepted the image, so it is not read-only. */
function adviceFor(cause: ChartImagesError): string {
  return cause instanceof PushRefusedError && cause.refusal === 'read-only'
    ? 'Upgrade the target, which does not accept manifests with a subject, or set attachments to none.'
    : cause.advice;
}
