import { throwAll, toErrors } from '../core/errors.ts';
import { yieldTurn } from '../core/process/yield-turn.ts';
import type { Host } from '../hosts/host.ts';
import { readSettings } from '../inputs/read-settings.ts';
import type { Settings } from '../inputs/settings.ts';
import { emptyReport, type Report } from '../report/model/report.ts';
import type { DiscoverResult } from './discover-step.ts';
import type { PlanResult } from './plan-step.ts';
import { renderStep } from './render-step.ts';
import type { RunContext } from './run-context.ts';
import { createServices } from './services.ts';

/**
 * One run from inputs to report. Every error is added to the report, and the report is always published, with the
 * results so far.
 */
export async function run(host: Host, signal: AbortSignal): Promise<void> {
  if (host.inputs['merge'] !== undefined) return await (await import('./merge.ts')).merge(host, signal);
  let report: Report = emptyReport;
  const updateReport = (part: Partial<Report>): void => {
    report = { ...report, ...part };
  };
  let settings: Settings | undefined;
  try {
    settings = await readSettings(host.inputs, { workFolder: host.folders.work, host: host.name });
    for (const note of settings.warnings) host.log.info(note);
    const { settleRules } = await import('./settle-rules.ts');
    const rules = await settleRules(settings, host, signal);
    settings = rules.settings;
    updateReport({ push: settings.push, shard: settings.shard, findings: rules.findings, unbased: rules.unbased });
    const services = createServices(settings, host, signal);
    await runSteps({ settings, rules, services: services, host, signal, updateReport: updateReport }).finally(
      async () =>
        await services.close().catch((error: unknown) => host.log.debug(`Cannot close connections: ${String(error)}`)),
    );
    // Handles a signal that arrived during the last step.
    await yieldTurn(signal);
  } catch (thrown) {
    // Errors of single charts were already added.
    updateReport({ errors: [...new Set([...report.errors, ...toErrors(thrown)])] });
  }
  const { publishReport } = await import('../hosts/publish-report.ts');
  const { inputSpelling, spellInputs } = await import('../hosts/spell-inputs.ts');
  const spell = inputSpelling(host.name, keysInFiles(settings));
  await publishReport(spellInputs(report, spell), host, settings?.reportFolder, signal);
}

/** Sources of cnf-input.jsonc have its key; chart-images.yaml has the names of inputs. */
function keysInFiles(settings: Settings | undefined): ReadonlyMap<string, string> {
  const file = settings?.sources[0]?.location?.file ?? '';
  return new Map(/\.jsonc?$/i.test(file) ? [['image-sources', 'image_sources']] : []);
}

/**
 * Inputs → charts → image uses → resolutions → plan → outcomes: each step reports its values before the next one
 * starts. Only the first step is imported at once; the others are loaded while helm runs.
 */
async function runSteps(context: RunContext): Promise<void> {
  const rendered = await renderStep(context, () => preloadSteps(context));
  const { discoverStep } = await import('./discover-step.ts');
  const discovered = await discoverStep(context, rendered);
  if (!context.settings.resolve) {
    await traceOrigins(context, discovered);
    return await reportDiscovered(context, discovered);
  }
  const { resolveStep } = await import('./resolve-step.ts');
  const { planStep } = await import('./plan-step.ts');
  const { copyStep } = await import('./copy-step.ts');
  let planned: PlanResult;
  try {
    planned = await planStep(context, discovered, await resolveStep(context, discovered));
  } catch (thrown) {
    await reportDiscovered(context, discovered).catch((later) => throwAll([...toErrors(thrown), ...toErrors(later)]));
    throw thrown;
  }
  await copyStep(context, discovered, planned);
}

/** Tracing runs helm again, so a run that only prints a list leaves it out. */
async function traceOrigins({ settings, host, updateReport }: RunContext, discovered: DiscoverResult): Promise<void> {
  if (settings.reportFolder === undefined && host.reportFolder === undefined && host.printsReport !== true) return;
  const { traceAll } = await import('../values/provenance/trace-values.ts');
  const { imageOrigins } = await import('../report/model/image-origins.ts');
  const { discovery, renderingsWithToggles: renderings, finder } = discovered;
  updateReport({ origins: imageOrigins(await traceAll(discovery, renderings, finder)) });
}

/** For a run that has no plan; the plan step reports all findings. */
async function reportDiscovered(
  { signal, updateReport }: RunContext,
  { findings, grader }: DiscoverResult,
): Promise<void> {
  const graded = grader.grade(findings);
  updateReport({ findings: graded });
  // Locating can take longer than a run may after a signal.
  if (!signal.aborted) updateReport({ findings: await grader.locate(graded) });
}

/** The step that needs a module reports its error. */
function preloadSteps({ settings, services }: RunContext): void {
  const rest: Promise<unknown>[] = [import('./discover-step.ts'), import('../hosts/publish-report.ts')];
  if (settings.resolve) rest.push(import('./resolve-step.ts'), services.registries());
  for (const part of rest) part.catch(() => {});
}
