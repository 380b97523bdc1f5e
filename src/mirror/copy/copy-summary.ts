import { type ErrorCode, rootCause } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Log } from '../../core/log.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import { sum } from '../../core/sum.ts';
import { createRepositoryAdvice } from '../../registry/client/create-repository.ts';
import { PushRefusedError } from '../../registry/client/push-error.ts';
import { formatUses, stripFullStop } from '../../resolve/use-text.ts';
import type { Outcome, Plan } from '../plan/plan.ts';
import { affectedImages, type Failure, groupByCause } from './failures-by-cause.ts';

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

/** Errors of the image itself. All others are those of a registry or of this machine, at no line of a chart. */
const imageCodes: ReadonlySet<ErrorCode> = new Set(['not-found', 'digest-mismatch', 'manifest-unsupported']);

/** Findings for failed copies: one for all images with the same cause. An interrupted run is one error of the run. */
export function copyFailures(outcomes: readonly Outcome[]): readonly Finding[] {
  const failed = outcomes.filter((outcome) => outcome.result === 'failed');
  return groupByCause(failed.filter(({ error }) => error.code !== 'cancelled')).map(failedCopies);
}

function failedCopies(failures: readonly [Failure, ...Failure[]]): Finding {
  const [{ copy, error }, ...others] = failures;
  // The operation that failed is another one for each image.
  const cause = others.length === 0 ? error : rootCause(error);
  const { inMessage, inFinding } = affectedImages(failures);
  return {
    code: 'copy-failed',
    severity: 'error',
    message: `Cannot copy ${copy.image.image} (used in ${formatUses(copy.image)}) to ${formatReference(copy.to)}: ${stripFullStop(cause.message)}.${inMessage}`,
    advice: others.length === 0 ? error.advice : adviceFor(failures),
    ...(imageCodes.has(rootCause(error).code) ? inFinding : { images: inFinding.images ?? [inFinding.image] }),
  };
}

/** One command for all repositories that are missing. */
function adviceFor(failures: readonly [Failure, ...Failure[]]): string {
  const root = rootCause(failures[0].error);
  if (!(root instanceof PushRefusedError) || root.refusal !== 'repository-missing') return root.advice;
  const repositories = failures.map(({ error }) => rootCause(error));
  const missing = repositories.flatMap((one) => (one instanceof PushRefusedError ? [one.place.repository] : []));
  return createRepositoryAdvice(root.place.host, missing);
}
