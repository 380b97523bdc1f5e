import { type Finding, imagesOf } from '../core/findings.ts';
import { formatBytes } from '../core/format-bytes.ts';
import type { Log } from '../core/log.ts';
import { pluralize } from '../core/text.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Destination } from '../mirror/destination/destination.ts';
import type { Plan, PlannedCopy } from '../mirror/plan/plan.ts';
import { formatPullNeed, isWithinBudget, shortBudgetError } from '../mirror/plan/pull-needs.ts';
import { assignShard, type Shard, type ShardAssignment, shardPlan } from '../mirror/plan/shard.ts';
import { overlaysFor } from '../values/overlay/overlay.ts';
import { writeOverlays } from '../values/overlay/write-overlays.ts';
import type { DiscoverResult } from './discover-step.ts';
import { failUncopied } from './grade-findings.ts';
import type { ResolveResult } from './resolve-step.ts';
import type { RunContext } from './run-context.ts';

/** Result of the plan step. */
export interface PlanResult {
  /** Undefined without a target. */
  readonly destination: Destination | undefined;
  /** The copies that this run makes. Undefined if it copies nothing. */
  readonly copies: Plan | undefined;
  /** All findings so far, graded and located. */
  readonly findings: readonly Finding[];
}

/** Plans the copies, writes the values overlay, and grades all findings. */
export async function planStep(
  context: RunContext,
  discovered: DiscoverResult,
  resolved: ResolveResult,
): Promise<PlanResult> {
  const { settings, services, host, updateReport } = context;
  const { grader } = discovered;
  const destination = await services.destination();
  const plan = await destination?.plan(resolved.resolutions, discovered.renderings);
  const unmoved = plan === undefined ? [] : await writeOverlay(context, discovered, plan);
  const reported = [...resolved.findings, ...(plan?.findings ?? []), ...unmoved];
  const graded = grader.grade(reported);
  const failing = graded.filter(({ severity }) => severity === 'error');
  const isClear = failing.length === 0 && discovered.incomplete.errors.length === 0;
  const isCopied = settings.push && (isClear || settings.keepGoing);
  const findings = await grader.locate(isCopied ? failUncopied(graded) : graded);
  const share = plan && settings.shard && (await selectShard(context, plan, settings.shard));
  updateReport({ plan, findings, share });
  if (plan === undefined || destination === undefined || !isCopied) return { destination, copies: undefined, findings };
  const part = withoutFailing(share === undefined ? plan : shardPlan(plan, share), failing);
  const copies = part === plan ? plan : await destination.estimate(part);
  checkPulls(copies, settings, host.log);
  return { destination, copies, findings };
}

/** Throws `throttled` before the first byte if the budget of a source is too small. */
function checkPulls({ pulls = [] }: Plan, { keepGoing }: Pick<Settings, 'keepGoing'>, log: Log): void {
  for (const need of pulls) {
    if (isWithinBudget(need)) log.info(formatPullNeed(need));
    else if (keepGoing) log.warning(`${formatPullNeed(need)}. As many images as fit are copied.`);
    else throw shortBudgetError(need);
  }
}

/** An image with a finding that fails the run may be the wrong one. */
export function withoutFailing(plan: Plan, failing: readonly Finding[]): Plan {
  if (failing.length === 0) return plan;
  const images = new Set(failing.flatMap(imagesOf));
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
  const duplicatedBytes =
    share.duplicatedBytes === 0
      ? ''
      : `; ${formatBytes(share.duplicatedBytes)} of shared layers are copied by more than one shard`;
  host.log.info(
    `Shard ${shard.index} of ${shard.total} copies ${own} of ${pluralize(plan.copies.length, 'image')}${duplicatedBytes}`,
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
  const targets = new Map(plan.copies.map(({ image, to }) => [image.image, to]));
  const { renderingsWithToggles: renderings, discovery, finder, tools } = discovered;
  const overlays = await overlaysFor(renderings, discovery, (image) => targets.get(image), finder, tools);
  // An image that was not found has a finding of its own.
  const toMove = overlays.map((overlay) => ({
    ...overlay,
    stuck: overlay.stuck.filter(({ use }) => targets.has(use.image)),
  }));
  return await writeOverlays(toMove, settings.valuesOverlay, formatTarget(settings, first), host.log);
}

/** As the user specified it; for an artifact store, its registry. */
function formatTarget({ target }: Settings, { to }: PlannedCopy): string {
  if (target === undefined) return to.registry;
  return target.namespace === '' ? target.registry : `${target.registry}/${target.namespace}`;
}
