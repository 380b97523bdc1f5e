import { ChartImagesError, ChartImagesErrors, cancelled, errorsOf, notWritable } from '../errors.ts';
import { breathe } from '../process/breathe.ts';
import { annotationsOf } from '../report/annotations.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import { reportJsonText } from '../report/json.ts';
import { junitOf } from '../report/junit.ts';
import { summaryFaces, summaryOf } from '../report/markdown.ts';
import { maskError } from '../report/mask.ts';
import { maskReport } from '../report/mask-report.ts';
import { outputCharacters, outputsOf } from '../report/outputs.ts';
import { ownPart } from '../report/own-part.ts';
import type { Report } from '../report/report.ts';
import { sarifText } from '../report/sarif.ts';
import { tableOf } from '../report/terminal-table.ts';
import { verdictOf } from '../report/verdict.ts';
import { type ReportFiles, writeReport } from '../report/write-report.ts';
import type { Host } from './host.ts';

/**
 * Shows a report by every face that the host has: file, outputs, annotations, summary, table; then ends the run. A face
 * that fails (a full disk) is told as an error of the run and keeps none of the others back.
 */
export async function publish(
  known: Report,
  host: Host,
  reportFolder: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const mask = host.secretMask;
  const report = maskReport(known, mask);
  let faults: Report['errors'] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      // Making a large face takes a while.
      await breathe();
      return await work();
    } catch (thrown) {
      faults = [...faults, ...errorsOf(isKnown(thrown) ? thrown : notWritable(what, thrown))];
      return undefined;
    }
  };
  const folder = reportFolder ?? host.reportFolder;
  // Of several shards each tells its part where a host puts together what its jobs tell.
  const junit = junitOf(ownPart(report), new Date());
  const file =
    folder === undefined
      ? undefined
      : await attempt('the report', () => writeReport(folder, filesOf(report, junit.xml)));
  if (file !== undefined) host.log.info(`The whole report is in ${file}`);
  const { outputs, notices } = outputsOf(report, { report: file, characters: outputCharacters[host.name] });
  await attempt('the outputs', async () => {
    for (const [name, value] of Object.entries(outputs)) host.setOutput(name, value);
  });
  for (const notice of notices) host.log.info(notice);
  const shown = (): Report =>
    withErrors(
      report,
      faults.map((fault) => maskError(fault, mask)),
    );
  await attempt('the job summary', () => host.writeSummary(summaryOf(shown(), summaryFaces[host.name])));
  if (junit.cases > 0) await attempt('the test results', () => host.publishTests(junit.xml));
  await breathe();
  // Not of what is shown: no secret has a say in it.
  const decided = (): Report => withErrors(known, faults);
  if (signal.aborted && exitCodeOf(decided()) !== 130) faults = [...faults, cancelled()];
  for (const annotation of annotationsOf(ownPart(shown()))) host.annotate(annotation);
  host.print({ table: tableOf(shown(), host.display), json: reportJsonText(shown()) });
  host.finish(exitCodeOf(decided()), verdictOf(decided()).text);
}

function withErrors(report: Report, errors: Report['errors']): Report {
  return errors.length === 0 ? report : { ...report, errors: [...report.errors, ...errors] };
}

function isKnown(thrown: unknown): boolean {
  return thrown instanceof ChartImagesError || thrown instanceof ChartImagesErrors;
}

function filesOf(report: Report, junit: string): ReportFiles {
  return {
    'images.json': reportJsonText(report),
    'images.junit.xml': junit,
    'images.sarif': sarifText(ownPart(report)),
  };
}
