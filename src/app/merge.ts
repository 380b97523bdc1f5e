import { ChartImagesError, toErrors } from '../core/errors.ts';
import { findBoundary, resolveTypedPath } from '../core/files/boundary.ts';
import { pluralize } from '../core/text.ts';
import type { Host } from '../hosts/host.ts';
import { publishReport } from '../hosts/publish-report.ts';
import { inputSpelling, spellInputs } from '../hosts/spell-inputs.ts';
import { inputs } from '../inputs/input-table.ts';
import { pathInside } from '../inputs/paths.ts';
import { inputValue, type RawInputs } from '../inputs/raw-inputs.ts';
import { splitLines } from '../inputs/read-value.ts';
import { reportFromJson } from '../report/merge/from-json.ts';
import { mergeReports } from '../report/merge/merge-reports.ts';
import { readReports } from '../report/merge/read-reports.ts';
import { emptyReport } from '../report/model/report.ts';

/** Inputs that can be combined with `merge`; the runner sets `job-position` automatically. */
const allowedInputs: readonly string[] = ['merge', 'report', 'job-position'];

/** Merges the reports of several runs and publishes the result in every format of the host. */
export async function merge(host: Host, signal: AbortSignal): Promise<void> {
  try {
    checkAllowedInputs(host.inputs);
    const reportFolder = await reportFolderOf(host);
    const reports = await readReports(splitLines(inputValue(host.inputs, 'merge') ?? ''), host.folders.work);
    host.log.info(`Merging ${pluralize(reports.length, 'report')}`);
    await publishReport(reportFromJson(mergeReports(reports)), withoutAnnotations(host), reportFolder, signal);
  } catch (thrown) {
    const failed = spellInputs({ ...emptyReport, errors: toErrors(thrown) }, inputSpelling(host.name));
    await publishReport(failed, host, undefined, signal);
  }
}

async function reportFolderOf({ inputs: given, folders: { work } }: Host): Promise<string | undefined> {
  const folder = inputValue(given, 'report');
  if (folder === undefined) return undefined;
  const boundary = await findBoundary(work);
  const resolvePath = (path: string) => resolveTypedPath(path, boundary);
  return await pathInside(folder, { folders: [work], resolvePath, label: 'The report folder', location: undefined });
}

/** Each run has already published its annotations and tests. */
function withoutAnnotations(host: Host): Host {
  return { ...host, annotate: () => {}, publishTests: async () => {} };
}

function checkAllowedInputs(values: RawInputs): void {
  const given = Object.keys(values);
  const names: readonly string[] = inputs.map(({ name }) => name);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ChartImagesError('unknown-input', `Unknown input "${unknown}".`, {
      advice: 'With merge, only the input report can be set.',
    });
  }
  // A runner may pass the default of an input that was not set.
  const isDefault = (name: string) => inputs.some((input) => input.name === name && input.default === values[name]);
  const others = given.filter((name) => !allowedInputs.includes(name) && !isDefault(name));
  if (others.length === 0) return;
  throw new ChartImagesError('invalid-input', `Input "merge" cannot be combined with: ${others.join(', ')}.`, {
    advice: `Remove ${others.length === 1 ? 'it' : 'them'}. To check charts, remove merge instead.`,
  });
}
