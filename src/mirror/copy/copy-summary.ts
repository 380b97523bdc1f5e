import { type ErrorCode, rootCause } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Log } from '../../core/log.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import { sum } from '../../core/sum.ts';
import { formatUses, joinNames, stripFullStop } from '../../resolve/use-text.ts';
import type { Outcome, Plan } from '../plan/plan.ts';

/** Log line before the first byte: `Copying 12 images, at most 384.2 MB`. */
export function describeCopy({ copies, size }: Plan): string {
  const count = copies.filter(({ step }) => step.action === 'copy').length;
  if (count === 0) return 'Nothing to copy';
  const images = `Copying ${count} ${count === 1 ? 'image' : 'images'}`;
  if (size === undefined) return images;
  return `${images}, ${size.completeness === 'all' ? 'at most' : 'more than'} ${formatBytes(size.bytes)}`;
}

/** Logs one line after a copy. `saved`: bytes that were in the target or mounted. `took`: milliseconds. */
export function logCopySummary(outcomes: readonly Outcome[], saved: number, took: number, log: Log): void {
  const copied = outcomes.filter((outcome) => outcome.result === 'copied');
  if (copied.length === 0) return;
  const moved = sum(copied.map(({ bytes }) => bytes));
  const images = `${copied.length} ${copied.length === 1 ? 'image' : 'images'}`;
  log.info(
    `Copied ${images} in ${(took / 1000).toFixed(1)} s: ${formatBytes(moved)} moved, ${formatBytes(saved)} already in the target or mounted.`,
  );
}

type Failed = Extract<Outcome, { result: 'failed' }>;

/** Errors of the image itself. All others are those of a registry or of this machine, at no line of a chart. */
const imageCodes: ReadonlySet<ErrorCode> = new Set(['not-found', 'digest-mismatch', 'manifest-unsupported']);

/** Findings for failed copies: one for all images with the same cause. An interrupted run is one error of the run. */
export function copyFailures(outcomes: readonly Outcome[]): readonly Finding[] {
  const groups = new Map<string, Failed[]>();
  for (const outcome of outcomes) {
    if (outcome.result !== 'failed' || outcome.error.code === 'cancelled') continue;
    const { code, message } = rootCause(outcome.error);
    const key = `${code} ${message}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [failure(first, others)]));
}

function failure({ copy, error }: Failed, others: readonly Failed[]): Finding {
  // The operation that failed is another one for each image.
  const cause = others.length === 0 ? error : rootCause(error);
  const alike =
    others.length === 0 ? '' : ` Also affected: ${joinNames(others.map((other) => other.copy.image.image))}.`;
  return {
    code: 'copy-failed',
    severity: 'error',
    message: `Cannot copy ${copy.image.image} (used in ${formatUses(copy.image)}) to ${formatReference(copy.to)}: ${stripFullStop(cause.message)}.${alike}`,
    advice: cause.advice,
    ...(imageCodes.has(rootCause(error).code) && { image: copy.image.image }),
    images: [copy, ...others.map((other) => other.copy)].map(({ image }) => image.image),
  };
}
