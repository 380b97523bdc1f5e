import type { Finding } from '../core/findings.ts';
import { formatBytes } from '../core/format-bytes.ts';
import { pluralize } from '../core/text.ts';
import type { Settings } from '../inputs/settings.ts';
import { trackProgress } from '../mirror/copy/copy-progress.ts';
import { copyFailures, describeCopy } from '../mirror/copy/copy-summary.ts';
import type { Plan, PlannedCopy } from '../mirror/plan/plan.ts';
import { assignShard, type Shard, type ShardAssignment, shardPlan } from '../mirror/plan/shard.ts';
import { overlaysFor } from '../values/overlay/overlay.ts';
import { writeOverlays } from '../values/overlay/write-overlays.ts';
import type { DiscoverResult } from './discover-step.ts';
import { isUncopied } from './grade-findings.ts';
import type { ResolveResult } from './resolve-step.ts';
import type { RunContext } from './run-context.ts';

/**
 * Plans the copies, writes the values overlay, and copies the images if `push` is set. If a chart is incomplete or a
 * finding is an error, nothing is copied, or with `keep-going` the images without such a finding.
 */
export async function mirrorStep(
  context: RunContext,
  discovered: DiscoverResult,
  resolved: ResolveResult,
): Promise<void> {
  const { settings, services, host, signal, updateReport } = context;
  const { attachments, concurrency } = settings;
  const destination = await services.destination();
  const plan = await destination?.plan(resolved.resolutions, discovered.renderings);
  const unmoved = plan === undefined ? [] : await writeOverlay(context, discovered, plan);
  const reported = [...resolved.findings, ...(plan?.findings ?? []), ...unmoved];
  const findings = await discovered.gradeFindings(reported, resolved.resolutions);
  const share = plan && settings.shard && (await selectShard(context, plan, settings.shard));
  updateReport({ plan, findings, share });
  if (!destination || !plan || !settings.push) return;
  const failing = findings.filter(({ severity }) => severity === 'error');
  const isComplete = failing.length === 0 && discovered.incomplete.errors.length === 0;
  if (!isComplete && !settings.keepGoing) return;

  const part = withoutFailing(share === undefined ? plan : shardPlan(plan, share), failing);
  const own = part === plan ? plan : await destination.estimate(part);
  const { observer, read } = trackProgress(own);
  const options = { attachments, concurrency, observer, log: host.log, signal };
  const outcomes = await host.group(describeCopy(own), () =>
    host.withProgress(read, () => destination.copy(own, options)),
  );
  const final = findings.some(isUncopied)
    ? await discovered.gradeFindings(reported, resolved.resolutions, 'incomplete-push')
    : findings;
  updateReport({ outcomes, findings: [...final, ...(await discovered.gradeFindings(copyFailures(outcomes)))] });
  signal.throwIfAborted();
}

/** An image with a finding that fails the run may be the wrong one. */
function withoutFailing(plan: Plan, failing: readonly Finding[]): Plan {
  if (failing.length === 0) return plan;
  const images = new Set(failing.flatMap(({ image }) => image ?? []));
  return { ...plan, copies: plan.copies.filter(({ image }) => !images.has(image.image)) };
}

/** Every shard partitions the whole plan independently and deterministically, so all shards get the same partition. */
async function selectShard(
  { settings, services, host }: RunContext,
  plan: Plan,
  shard: Shard,
): Promise<ShardAssignment> {
  const share = await assignShard(plan, shard, await services.registries(), settings);
  const own = shardPlan(plan, share).copies.length;
  const twice =
    share.duplicatedBytes === 0
      ? ''
      : `; ${formatBytes(share.duplicatedBytes)} of shared layers are copied by more than one shard`;
  host.log.info(
    `Shard ${shard.index} of ${shard.total} copies ${own} of ${pluralize(plan.copies.length, 'image')}${twice}`,
  );
  return share;
}

async function writeOverlay(
  { settings, host }: RunContext,
  discovered: DiscoverResult,
  plan: Plan,
): Promise<readonly Finding[]> {
  const [first] = plan.copies;
  if (settings.valuesOverlay === undefined) return [];
  if (first === undefined) {
    host.log.info('Skipped values-overlay: none of the images was found in a source.');
    return [];
  }
  const places = new Map(plan.copies.map(({ image, to }) => [image.image, to]));
  const { renderingsWithToggles: renderings, discovery, finder, tools } = discovered;
  const overlays = await overlaysFor(renderings, discovery, (image) => places.get(image), finder, tools);
  // An image that was not found has a finding of its own.
  const toMove = overlays.map((overlay) => ({
    ...overlay,
    stuck: overlay.stuck.filter(({ use }) => places.has(use.image)),
  }));
  return await writeOverlays(toMove, settings.valuesOverlay, formatTarget(settings, first), host.log);
}

/** As the user specified it; for an artifact store, its registry. */
function formatTarget({ target }: Settings, { to }: PlannedCopy): string {
  if (target === undefined) return to.registry;
  return target.namespace === '' ? target.registry : `${target.registry}/${target.namespace}`;
}
