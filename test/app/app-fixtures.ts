/**
 * A run in this process: a terminal that keeps what is written, the helm of the tools on PATH, and no event of a host.
 */
import { join } from 'node:path';
import { vi } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import type { RunContext } from '../../src/app/run-context.ts';
import { createServices } from '../../src/app/services.ts';
import { settleRules } from '../../src/app/settle-rules.ts';
import type { Host } from '../../src/hosts/host.ts';
import { createTerminalHost } from '../../src/hosts/terminal-host.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { emptyReport, type Report } from '../../src/report/model/report.ts';
import { type PaperSurroundings, paperSurroundings } from '../hosts/environment-fixtures.ts';
import { type ChartFiles, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';

export interface TestTerminal {
  readonly host: Host;
  readonly written: PaperSurroundings['written'];
}

/** A terminal in `work` with these flags. */
export async function terminalIn(work: string, ...flags: readonly string[]): Promise<TestTerminal> {
  const delimiter = process.platform === 'win32' ? ';' : ':';
  vi.stubEnv('PATH', [toolFolder('helm-4'), process.env['PATH'] ?? ''].join(delimiter));
  for (const name of hostVariables) vi.stubEnv(name, undefined);
  const temporary = await testFolder();
  const environment = paperSurroundings({
    systemTemporary: temporary,
    cwd: work,
    arguments: flags,
    env: { PATH: process.env['PATH'] },
  });
  return { host: createTerminalHost(environment), written: environment.written };
}

/** The machine that runs the tests may be checking a pull request itself. */
const hostVariables = ['GITHUB_EVENT_PATH', 'GITHUB_BASE_REF', 'SYSTEM_PULLREQUEST_TARGETBRANCH'];

/** A work folder with the chart `web` in it. */
export async function workFolderWith(chart: ChartFiles): Promise<string> {
  const work = await testFolder();
  await writeFiles(join(work, 'web'), chart);
  return work;
}

export interface StartedRun {
  readonly context: RunContext;
  /** The report so far. */
  readonly report: () => Report;
}

/** A run before its first step. */
export async function startRun({ host }: TestTerminal, signal = new AbortController().signal): Promise<StartedRun> {
  const own = await readSettings(host.inputs, { workFolder: host.folders.work, host: host.name });
  const rules = await settleRules(own, host, signal);
  const services = createServices(rules.settings, host, signal);
  let report: Report = emptyReport;
  const updateReport = (part: Partial<Report>): void => {
    report = { ...report, ...part };
  };
  return { context: { settings: rules.settings, rules, services, host, signal, updateReport }, report: () => report };
}
