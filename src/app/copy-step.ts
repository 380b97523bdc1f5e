import { attachmentFindings } from '../mirror/copy/attachment-findings.ts';
import { trackProgress } from '../mirror/copy/copy-progress.ts';
import { copyFailures, describeCopy } from '../mirror/copy/copy-summary.ts';
import type { DiscoverResult } from './discover-step.ts';
import type { PlanResult } from './plan-step.ts';
import type { RunContext } from './run-context.ts';

/** Copies the images, if the plan step decided to. */
export async function copyStep(
  { settings, host, signal, updateReport }: RunContext,
  { grader }: DiscoverResult,
  { destination, copies, findings }: PlanResult,
): Promise<void> {
  if (destination === undefined || copies === undefined) return;
  const { attachments, concurrency } = settings;
  const { observer, read } = trackProgress(copies);
  const options = { attachments, concurrency, observer, log: host.log, signal };
  const outcomes = await host.group(describeCopy(copies), () =>
    host.withProgress(read, () => destination.copy(copies, options)),
  );
  const failures = await grader.locate(grader.grade([...copyFailures(outcomes), ...attachmentFindings(outcomes)]));
  updateReport({ outcomes, findings: [...findings, ...failures] });
  await destination.complete?.();
  signal.throwIfAborted();
}
