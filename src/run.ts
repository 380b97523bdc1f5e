import { explainAosm } from './aosm/explain-aosm.ts';
import { compareWith, discoverBase, weighDelta } from './base.ts';
import type { RemoteChart } from './charts/chart-location.ts';
import { locateCharts } from './charts/locate-charts.ts';
import { discover } from './discovery/discover.ts';
import { errorsOf } from './errors.ts';
import type { Finding } from './findings.ts';
import { pullChart } from './helm/pull-chart.ts';
import { renderCharts } from './helm/render-charts.ts';
import type { Host } from './hosts/host.ts';
import { publish } from './hosts/publish.ts';
import { readSettings } from './inputs/read-settings.ts';
import type { Settings } from './inputs/settings.ts';
import { openJudge } from './judge.ts';
import { holdToLock } from './lock/hold-to-lock.ts';
import { keepLock } from './lock/keep-lock.ts';
import { copyFailures } from './mirror/outcomes.ts';
import { createOriginFinder, findOrigins } from './origins/find-origins.ts';
import { findOptionalImages } from './options/optional-images.ts';
import { type Outside, openOutside } from './outside.ts';
import { applyPolicy } from './policy/apply-policy.ts';
import { imageOrigins } from './report/image-origins.ts';
import { nothingKnown, type Report, renderedCharts } from './report/report.ts';
import { checkPlatforms } from './resolution/platforms.ts';
import { leaveUnresolved, resolveImages } from './resolution/resolve.ts';

/**
 * One run from inputs to report. Whatever is thrown ends in the report, which is published whatever happens: as far as the
 * story came, with the fault that ended it.
 */
export async function run(host: Host, signal: AbortSignal): Promise<void> {
  let report: Report = nothingKnown;
  const learn = (part: Partial<Report>): void => {
    report = { ...report, ...part };
  };
  let settings: Settings | undefined;
  try {
    settings = await readSettings(host.inputs, { workFolder: host.folders.work });
    for (const note of settings.notes) host.log.info(note);
    learn({ push: settings.push });
    const outside = openOutside(settings, host, signal);
    await tell(settings, outside, host, signal, learn).finally(() => outside.close());
  } catch (thrown) {
    learn({ errors: errorsOf(thrown) });
  }
  await publish(report, host, settings?.reportFolder);
}

/** The story: each verb is a room, each value is learnt by the report before the next verb begins. */
async function tell(
  settings: Settings,
  outside: Outside,
  host: Host,
  signal: AbortSignal,
  learn: (part: Partial<Report>) => void,
): Promise<void> {
  const { log, folders } = host;
  const { attachments, concurrency } = settings;
  const { helmAccess } = outside;

  const locate = {
    workFolder: folders.work,
    temporary: folders.temporary,
    pull: async (remote: RemoteChart) => pullChart(await outside.helm(), remote, helmAccess),
    log,
    signal,
  };
  const charts = await locateCharts(settings.charts, locate);
  const helm = await outside.helm();
  log.info(`Rendering ${counted(charts.length, 'chart')} with helm ${helm.version}`);
  const rendered = await renderCharts(helm, charts, settings.template, helmAccess);
  learn({ charts: renderedCharts(rendered) });

  const named = discover(rendered);
  const tools = { helm, template: settings.template, access: helmAccess };
  const optional = settings.optionalImages
    ? await findOptionalImages(rendered, named, tools)
    : { discovery: named, renderings: rendered, findings: [] };
  const { renderings, findings: unexplored } = optional;
  const ruled = applyPolicy(optional.discovery, renderings, settings.policy, new Date());
  const { discovery, ignored } = ruled;
  const base = await discoverBase(settings, { inputs: host.inputs, locate, helm, helmAccess });
  // Nobody looks for optional images in the base.
  const delta = base && compareWith(base, applyPolicy(named, rendered, settings.policy, new Date()).discovery);
  const finder = createOriginFinder(tools);
  const judge = openJudge(settings, { discovery, renderings, base, finder });
  learn({ discovery, ignored, delta, findings: await judge([...ruled.findings, ...unexplored]) });
  if (settings.explainAosm) learn({ aosm: explainAosm(rendered, ruled.named) });
  log.info(`Found ${counted(discovery.images.length, 'image')} in the rendered manifests`);
  if (!settings.resolve) return learn({ resolutions: leaveUnresolved(discovery.images) });

  const registries = await outside.registries();
  // Helm works while registries are waited for.
  const [resolved, origins] = await Promise.all([
    resolveImages(discovery.images, settings.sources, registries, { concurrency }),
    findOrigins(discovery, renderings, finder),
  ]);
  learn({ resolutions: resolved.resolutions, origins: imageOrigins(origins) });
  const held = await holdToLock(resolved.resolutions, settings.lock, registries, { concurrency });
  await keepLock(held.resolutions, settings.lock, log);
  const offered = await checkPlatforms(held.resolutions, settings.platforms, registries, { concurrency });
  learn({ resolutions: offered.resolutions, lockFile: settings.lock?.path });
  if (base && delta) learn({ delta: await weighDelta(delta, base, held.resolutions, settings, registries) });

  const destination = await outside.destination();
  const plan = await destination?.plan(offered.resolutions, rendered);
  const told = [ruled, resolved, held, offered, ...(plan === undefined ? [] : [plan])];
  const findings = await judge(
    [...told.flatMap((value): readonly Finding[] => value.findings), ...unexplored],
    held.resolutions,
  );
  learn({ plan, findings });
  if (!destination || !plan || !settings.push || findings.some(({ severity }) => severity === 'error')) return;

  const copying = `Copying ${counted(plan.copies.length, 'image')}`;
  const outcomes = await host.group(copying, () =>
    destination.carryOut(plan, { attachments, concurrency, log, signal }),
  );
  learn({ outcomes, findings: [...findings, ...(await judge(copyFailures(outcomes)))] });
  signal.throwIfAborted();
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
