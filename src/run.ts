import { tellRenderings } from './chapters/renderings.ts';
import type { Story } from './chapters/story.ts';
import { errorsOf } from './errors.ts';
import type { Host } from './hosts/host.ts';
import { readSettings } from './inputs/read-settings.ts';
import type { Settings } from './inputs/settings.ts';
import { openOutside } from './outside.ts';
import { breathe } from './process/breathe.ts';
import { nothingKnown, type Report } from './report/report.ts';

/**
 * One run from inputs to report. Whatever is thrown ends in the report, which is published whatever happens: as far as the
 * story came, with the fault that ended it.
 */
export async function run(host: Host, signal: AbortSignal): Promise<void> {
  if (host.inputs['merge'] !== undefined) return await (await import('./merge.ts')).merge(host, signal);
  let report: Report = nothingKnown;
  const learn = (part: Partial<Report>): void => {
    report = { ...report, ...part };
  };
  let settings: Settings | undefined;
  try {
    settings = await readSettings(host.inputs, { workFolder: host.folders.work, host: host.name });
    for (const note of settings.notes) host.log.info(note);
    const { settleRules } = await import('./settle-rules.ts');
    const rules = await settleRules(settings, host, signal);
    settings = rules.settings;
    learn({ push: settings.push, shard: settings.shard, findings: rules.findings });
    const outside = openOutside(settings, host, signal);
    await tell({ settings, rules, outside, host, signal, learn }).finally(() => outside.close());
    // A signal that came with the last of the work is heard now.
    await breathe(signal);
  } catch (thrown) {
    learn({ errors: errorsOf(thrown) });
  }
  const { publish } = await import('./hosts/publish.ts');
  await publish(report, host, settings?.reportFolder, signal);
}

/**
 * Inputs → charts → image uses → resolutions → plan → outcomes: each chapter learns its values before the next begins. The first is
 * here from the start, the others come while helm works.
 */
async function tell(story: Story): Promise<void> {
  const printed = await tellRenderings(story, () => loadTheRest(story));
  const { tellCharts } = await import('./chapters/charts.ts');
  const named = await tellCharts(story, printed);
  if (!story.settings.resolve) return;
  const { tellSources } = await import('./chapters/sources.ts');
  const { tellTarget } = await import('./chapters/target.ts');
  const sought = await tellSources(story, named);
  await tellTarget(story, named, sought);
}

/** A fault of any of them is told to whoever needs it. */
function loadTheRest({ settings, outside }: Story): void {
  const rest: Promise<unknown>[] = [import('./chapters/charts.ts'), import('./hosts/publish.ts')];
  if (settings.resolve) rest.push(import('./chapters/sources.ts'), outside.registries());
  for (const part of rest) part.catch(() => {});
}
