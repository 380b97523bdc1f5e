import { rootCause } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import { formatUses, joinNames, stripFullStop } from '../../resolve/use-text.ts';
import type { AttachmentFailure, Outcome, PlannedCopy } from '../plan/plan.ts';

interface Missing {
  readonly copy: PlannedCopy;
  readonly failures: readonly AttachmentFailure[];
}

/** Findings for attachments that are not in the target: one for all images with the same cause. */
export function attachmentFindings(outcomes: readonly Outcome[]): readonly Finding[] {
  const groups = new Map<string, Missing[]>();
  for (const outcome of outcomes) {
    if (outcome.result !== 'copied' && outcome.result !== 'present') continue;
    const causes = new Map<string, AttachmentFailure[]>();
    for (const failure of outcome.attachments ?? []) {
      const { code, message } = rootCause(failure.error);
      const key = `${code} ${message}`;
      causes.set(key, [...(causes.get(key) ?? []), failure]);
    }
    for (const [key, failures] of causes) {
      groups.set(key, [...(groups.get(key) ?? []), { copy: outcome.copy, failures }]);
    }
  }
  return [...groups.values()].flatMap(([first, ...others]) => (first === undefined ? [] : findingsOf(first, others)));
}

function findingsOf({ copy, failures }: Missing, others: readonly Missing[]): readonly Finding[] {
  const [first] = failures;
  if (first === undefined) return [];
  const cause = rootCause(first.error);
  const names = joinNames(failures.map(({ name }) => name));
  const alike =
    others.length === 0 ? '' : ` Also affected: ${joinNames(others.map((other) => other.copy.image.image))}.`;
  return [
    {
      code: 'attachment-failed',
      severity: 'warning',
      message: `Cannot copy ${names} of ${copy.image.image} (used in ${formatUses(copy.image)}) to ${formatReference(copy.to)}: ${stripFullStop(cause.message)}.${alike}`,
      advice: `${cause.advice} The image itself is in the target. To fail instead, set attachments to required.`,
      image: copy.image.image,
    },
  ];
}
