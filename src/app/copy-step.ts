import { attachmentFindings } from '../mirror/copy/attachment-findings.ts';
import { trackProgress } from '../mirror/copy/copy-progress.ts';
import { copyFailures, describeCopy } from '../mirror/copy/copy-summary.ts';
import { shardPlan } from '../mirror/plan/shard.ts';
import type { DiscoverResult } from './discover-step.ts';
import type { PlanResult } from './plan-step.ts';
import type { RunContext } from './run-context.ts';

/** Copies the images if `push` is set and no finding is an error. */
export async function copyStep(
  { settings, host, signal, updateReport }: RunContext,
  { grader }: DiscoverResult,
  { destination, plan, share, findings }: PlanResult,
): Promise<void> {
  if (!destination || !plan || !settings.push || findings.some(({ severity }) => severity === 'error')) return;
  const { attachments, concurrency } = settings;
  const own = share === undefined ? plan : await destination.estimate(shardPlan(plan, share));
  const { observer, read } = trackProgress(own);
  const options = { attachments, concurrency, observer, log: host.log, signal };
  const outcomes = await host.group(describeCopy(own), () =>
    host.withProgress(read, () => destination.copy(own, options)),
  );
  const failures = await grader.locate(grader.grade([...copyFailures(outcomes), ...attachmentFindings(outcomes)]));
  updateReport({ outcomes, findings: [...findings, ...failures] });
  signal.throwIfAborted();
}
