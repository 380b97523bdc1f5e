import { ChartImagesAggregateError, ChartImagesError, cancelledError, notWritable, toErrors } from '../core/errors.ts';
import { yieldTurn } from '../core/process/yield-turn.ts';
import { toJson } from '../report/json/json.ts';
import { type ReportFiles, writeReport } from '../report/json/write-report.ts';
import { toJUnit } from '../report/junit/junit.ts';
import { summaryFormats, toMarkdown } from '../report/markdown/markdown.ts';
import { annotationsOf } from '../report/model/annotations.ts';
import { exitCodeOf } from '../report/model/exit-code.ts';
import { maskError } from '../report/model/mask.ts';
import { maskReport } from '../report/model/mask-report.ts';
import { outputBytesOn, outputsOf } from '../report/model/outputs.ts';
import type { Report } from '../report/model/report.ts';
import { shardReport } from '../report/model/shard-report.ts';
import { summarize } from '../report/model/summary-line.ts';
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
  const report = maskReport(known, mask);
  let issues: Report['errors'] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      // Formatting a large report takes a while.
      await yieldTurn();
      return await work();
    } catch (thrown) {
      issues = [...issues, ...toErrors(isKnown(thrown) ? thrown : notWritable(what, thrown))];
      return undefined;
    }
  };
  const folder = reportFolder ?? host.reportFolder;
  // Hosts combine the tests and annotations of jobs, so each shard publishes only its part.
  const junit = toJUnit(shardReport(report), new Date());
  const file =
    folder === undefined
      ? undefined
      : await attempt('the report', () => writeReport(folder, filesOf(report, junit.xml, host.repositoryPath)));
  if (file !== undefined) host.log.info(`Wrote the report to ${file}`);
  const maximumBytes = outputBytesOn(host.name, process.platform);
  const { outputs, notices } = outputsOf(report, { report: file, maximumBytes });
  await attempt('the outputs', async () => {
    for (const [name, value] of Object.entries(outputs)) host.setOutput(name, value);
  });
  for (const notice of notices) host.log.info(notice);
  const shown = (): Report =>
    withErrors(
      report,
      issues.map((issue) => maskError(issue, mask)),
    );
  await attempt('the job summary', () => host.writeSummary(toMarkdown(shown(), summaryFormats[host.name])));
  if (junit.cases > 0) await attempt('the test results', () => host.publishTests(junit.xml));
  await yieldTurn();
  // Not from the masked report: a secret must not influence the result.
  const decided = (): Report => withErrors(known, issues);
  if (signal.aborted && exitCodeOf(decided()) !== 130) issues = [...issues, cancelledError()];
  for (const annotation of annotationsOf(shardReport(shown()))) host.annotate(annotation);
  host.print({ table: renderTable(shown(), host.display), json: toJson(shown()) });
  host.finish(exitCodeOf(decided()), summarize(decided()).text);
}

function withErrors(report: Report, errors: Report['errors']): Report {
  return errors.length === 0 ? report : { ...report, errors: [...report.errors, ...errors] };
}

function isKnown(thrown: unknown): boolean {
  return thrown instanceof ChartImagesError || thrown instanceof ChartImagesAggregateError;
}

function filesOf(report: Report, junit: string, repositoryPath: Host['repositoryPath']): ReportFiles {
  return {
    'images.json': toJson(report),
    'images.junit.xml': junit,
    'images.sarif': toSarif(shardReport(report), repositoryPath),
  };
}
