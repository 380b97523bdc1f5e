import { tellCharts } from './chapters/charts.ts';
import type { Story } from './chapters/story.ts';
import { errorsOf } from './errors.ts';
import type { Host } from './hosts/host.ts';
import { publish } from './hosts/publish.ts';
import { readSettings } from './inputs/read-settings.ts';
import type { Settings } from './inputs/settings.ts';
import { openOutside } from './outside.ts';
import { nothingKnown, type Report } from './report/report.ts';
import { leaveUnresolved } from './resolution/resolve.ts';

/**
 * One run from inputs to report. Whatever is thrown ends in the report, which is published whatever happens: as far as the
 * story came, with the fault that ended it.
 */
export async function run(host: Host, signal: AbortSignal): Promise<void> {
  if (host.inputs['merge'] !== undefined) return await (await import('./merge.ts')).merge(host);
  let report: Report = nothingKnown;
  const learn = (part: Partial<Report>): void => {
    report = { ...report, ...part };
  };
  let settings: Settings | undefined;
  try {
    settings = await readSettings(host.inputs, { workFolder: host.folders.work, host: host.name });
    for (const note of settings.notes) host.log.info(note);
    learn({ push: settings.push });
    const outside = openOutside(settings, host, signal);
    await tell({ settings, outside, host, signal, learn }).finally(() => outside.close());
  } catch (thrown) {
    learn({ errors: errorsOf(thrown) });
  }
  await publish(report, host, settings?.reportFolder);
}

/** Inputs → charts → image uses → resolutions → plan → outcomes: each chapter learns its values before the next begins. */
async function tell(story: Story): Promise<void> {
  const named = await tellCharts(story);
  if (!story.settings.resolve) return story.learn({ resolutions: leaveUnresolved(named.discovery.images) });
  // A run that asks no registry starts faster without the rooms behind these two.
  const { tellSources } = await import('./chapters/sources.ts');
  const { tellTarget } = await import('./chapters/target.ts');
  const sought = await tellSources(story, named);
  await tellTarget(story, named, sought);
}
