import { formatBytes } from '../byte-size.ts';
import type { Finding } from '../findings.ts';
import type { Settings } from '../inputs/settings.ts';
import { watchCopy } from '../mirror/copy-progress.ts';
import { copyTitle } from '../mirror/copy-title.ts';
import { copyFailures } from '../mirror/outcomes.ts';
import type { Plan, PlannedCopy } from '../mirror/plan.ts';
import { ownPlan, type Shard, type Share, shareOf } from '../mirror/share.ts';
import { overlaysFor } from '../origins/overlay.ts';
import { writeOverlays } from '../origins/write-overlays.ts';
import { count } from '../report/plain-text.ts';
import type { Named } from './charts.ts';
import type { Sought } from './sources.ts';
import type { Story } from './story.ts';

/** What the target lacks, the value file that leads there, and, when all is well and it was asked for, the copies. */
export async function tellTarget(story: Story, named: Named, sought: Sought): Promise<void> {
  const { settings, outside, host, signal, learn } = story;
  const { attachments, concurrency } = settings;
  const destination = await outside.destination();
  const plan = await destination?.plan(sought.resolutions, named.rendered);
  const unmoved = plan === undefined ? [] : await tellOverlay(story, named, plan);
  const told = [...sought.findings, ...(plan?.findings ?? []), ...unmoved];
  const findings = await named.judge(told, sought.resolutions);
  const share = plan && settings.shard && (await tellShare(story, plan, settings.shard));
  learn({ plan, findings, share });
  if (!destination || !plan || !settings.push || findings.some(({ severity }) => severity === 'error')) return;

  const own = share === undefined ? plan : await destination.measure(ownPlan(plan, share));
  const { watch, read } = watchCopy(own);
  const options = { attachments, concurrency, watch, log: host.log, signal };
  const outcomes = await host.group(copyTitle(own), () => host.follow(read, () => destination.carryOut(own, options)));
  learn({ outcomes, findings: [...findings, ...(await named.judge(copyFailures(outcomes)))] });
  signal.throwIfAborted();
}

/** Every shard divides the whole plan by itself, and comes to what the others come to. */
async function tellShare({ settings, outside, host }: Story, plan: Plan, shard: Shard): Promise<Share> {
  const share = await shareOf(plan, shard, await outside.registries(), settings);
  const own = ownPlan(plan, share).copies.length;
  const twice = share.twice === 0 ? '' : `; ${formatBytes(share.twice)} that images share are copied by several shards`;
  host.log.info(
    `Shard ${shard.index} of ${shard.total} copies ${own} of ${count(plan.copies.length, 'image')}${twice}`,
  );
  return share;
}

async function tellOverlay({ settings, host }: Story, named: Named, plan: Plan): Promise<readonly Finding[]> {
  const [first] = plan.copies;
  if (settings.valuesOverlay === undefined) return [];
  if (first === undefined) {
    host.log.info(
      'The value file that values-overlay asks for is not written: no image was found that the target could have.',
    );
    return [];
  }
  const places = new Map(plan.copies.map(({ image, to }) => [image.image, to]));
  const { renderings, discovery, finder, tools } = named;
  const overlays = await overlaysFor(renderings, discovery, (image) => places.get(image), finder, tools);
  // An image that was not found has a finding of its own.
  const toMove = overlays.map((overlay) => ({
    ...overlay,
    stuck: overlay.stuck.filter(({ use }) => places.has(use.image)),
  }));
  return await writeOverlays(toMove, settings.valuesOverlay, targetText(settings, first), host.log);
}

/** As the user names it; an artifact store by the registry behind it. */
function targetText({ target }: Settings, { to }: PlannedCopy): string {
  if (target === undefined) return to.registry;
  return target.namespace === '' ? target.registry : `${target.registry}/${target.namespace}`;
}
