import { ChartImagesError, errorsOf } from './errors.ts';
import { findBoundary, holdTyped } from './files/boundary.ts';
import type { Host } from './hosts/host.ts';
import { publish } from './hosts/publish.ts';
import { inputs } from './inputs/input-table.ts';
import { heldPath } from './inputs/paths.ts';
import { givenValue, type RawInputs } from './inputs/raw-inputs.ts';
import { splitLines } from './inputs/read-value.ts';
import { joinReports } from './joining/join-reports.ts';
import { reportOf } from './joining/joined-report.ts';
import { readReports } from './joining/read-reports.ts';
import { count } from './report/plain-text.ts';
import { nothingKnown } from './report/report.ts';

/** What may be given beside `merge`: where the joined report goes, and what a runner fills in by itself. */
const companions: readonly string[] = ['merge', 'report', 'job-position'];

/** Joins the reports of several runs and shows the one that they make, by every face that the host has. */
export async function merge(host: Host, signal: AbortSignal): Promise<void> {
  try {
    checkCompanions(host.inputs);
    const reportFolder = await reportFolderOf(host);
    const reports = await readReports(splitLines(givenValue(host.inputs, 'merge') ?? ''), host.folders.work);
    host.log.info(`Joining ${count(reports.length, 'report')}`);
    await publish(reportOf(joinReports(reports)), toldBefore(host), reportFolder, signal);
  } catch (thrown) {
    await publish({ ...nothingKnown, errors: errorsOf(thrown) }, host, undefined, signal);
  }
}

async function reportFolderOf({ inputs: given, folders: { work } }: Host): Promise<string | undefined> {
  const folder = givenValue(given, 'report');
  if (folder === undefined) return undefined;
  const boundary = await findBoundary(work);
  const hold = (path: string) => holdTyped(path, boundary);
  return await heldPath(folder, { folders: [work], hold, called: 'The report folder', place: undefined });
}

/** Each run has told its part where hosts put together what their jobs tell. */
function toldBefore(host: Host): Host {
  return { ...host, annotate: () => {}, publishTests: async () => {} };
}

function checkCompanions(values: RawInputs): void {
  const given = Object.keys(values);
  const names: readonly string[] = inputs.map(({ name }) => name);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ChartImagesError('unknown-input', `There is no input "${unknown}".`, {
      advice: 'With merge only report is read.',
    });
  }
  // A form of a runner may hand over a default that says nothing.
  const isDefault = (name: string) => inputs.some((input) => input.name === name && input.default === values[name]);
  const others = given.filter((name) => !companions.includes(name) && !isDefault(name));
  if (others.length === 0) return;
  throw new ChartImagesError('invalid-input', `Input "merge" joins reports, and has no use for ${others.join(', ')}.`, {
    advice: `Leave ${others.length === 1 ? 'it' : 'them'} out, or leave merge out to check the charts.`,
  });
}
