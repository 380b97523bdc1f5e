import { ChartImagesAggregateError, ChartImagesError, cancelledError, notWritable, toErrors } from '../core/errors.ts';
import { yieldTurn } from '../core/process/yield-turn.ts';
import { toJson } from '../report/json/json.ts';
import { type ReportFiles, writeReport } from '../report/json/write-report.ts';
import { toJUnit } from '../report/junit/junit.ts';
import { summaryFormats, toMarkdown } from '../report/markdown/markdown.ts';
import { annotationsOf } from '../report/model/annotations.ts';
import { outputBytesOn, outputsOf } from '../report/model/outputs.ts';
import type { Report } from '../report/model/report.ts';
import { createReportView, type ReportView } from '../report/model/report-view.ts';
import { shardReport } from '../report/model/shard-report.ts';
import { toSarif } from '../report/sarif/sarif.ts';
import { renderTable } from '../report/terminal/terminal-table.ts';
import type { Host } from './host.ts';

/**
 * Publishes a report in every format of the host: file, outputs, annotations, summary, table; then ends the run. A
 * format that fails (a full disk) is reported as an error of the run and doesn't prevent the others.
 */
export async function publishReport(
  known: Report,
  host: Host,
  reportFolder: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const mask = host.secretMask;
  let report = known;
  let view = createReportView(report, mask);
  const addErrors = (errors: Report['errors']): void => {
    report = { ...report, errors: [...report.errors, ...errors] };
    view = createReportView(report, mask);
  };
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      // Formatting a large report takes a while.
      await yieldTurn();
      return await work();
    } catch (thrown) {
      addErrors(toErrors(isKnown(thrown) ? thrown : notWritable(what, thrown)));
      return undefined;
    }
  };
  const folder = reportFolder ?? host.reportFolder;
  // Hosts combine the tests and annotations of jobs, so each shard publishes only its part.
  const junit = toJUnit(shardReport(view), new Date());
  const file =
    folder === undefined
      ? undefined
      : await attempt('the report', () => writeReport(folder, filesOf(view, junit.xml, host.repositoryPath)));
  if (file !== undefined) host.log.info(`Wrote the report to ${file}`);
  const maximumBytes = outputBytesOn(host.name, process.platform);
  const { outputs, notices } = outputsOf(view, { report: file, maximumBytes });
  await attempt('the outputs', async () => {
    for (const [name, value] of Object.entries(outputs)) host.setOutput(name, value);
  });
  for (const notice of notices) host.log.info(notice);
  await attempt('the job summary', () => host.writeSummary(toMarkdown(view, summaryFormats[host.name])));
  if (junit.cases > 0) await attempt('the test results', () => host.publishTests(junit.xml));
  await yieldTurn();
  if (signal.aborted && view.exitCode !== 130) addErrors([cancelledError()]);
  for (const annotation of annotationsOf(shardReport(view))) host.annotate(annotation);
  host.print({ table: renderTable(view, host.display), json: toJson(view) });
  host.finish(view.exitCode, view.summary.text);
}

function isKnown(thrown: unknown): boolean {
  return thrown instanceof ChartImagesError || thrown instanceof ChartImagesAggregateError;
}

function filesOf(view: ReportView, junit: string, repositoryPath: Host['repositoryPath']): ReportFiles {
  return {
    'images.json': toJson(view),
    'images.junit.xml': junit,
    'images.sarif': toSarif(shardReport(view), repositoryPath),
  };
}
