import { toSingleLine, truncate } from '../../core/text.ts';
import { shownChart } from '../../helm/charts/namesakes.ts';
import { groupByChart } from '../model/chart-groups.ts';
import { unknownOrUndone } from '../model/exit-code.ts';
import { formatIgnoreReason } from '../model/ignored-text.ts';
import { formatLocation } from '../model/labels.ts';
import { problemText } from '../model/problem-text.ts';
import type { Problem } from '../model/problems.ts';
import type { Report } from '../model/report.ts';
import type { Row } from '../model/row.ts';
import type { ReportPart } from '../model/shard-report.ts';

/**
 * `failure`: the charts must be changed; `error`: a check or a copy failed; `skipped`: ignored, or not verified and not
 * a reason to fail.
 */
export type TestOutcome =
  | { readonly result: 'passed' }
  | { readonly result: 'skipped'; readonly message: string }
  | { readonly result: 'failure' | 'error'; readonly code: string; readonly message: string; readonly text: string };

export interface TestCase {
  readonly name: string;
  readonly outcome: TestOutcome;
}

export interface TestSuite {
  /** The chart name, its path if another chart has the name, or the program name for problems without an image. */
  readonly name: string;
  readonly package: string;
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly cases: readonly TestCase[];
}

/** Characters of a name or a message. */
const nameCharacters = 500;

/** A suite for problems without an image, if any, then one for each chart with images. */
export function createTestSuites(report: ReportPart): readonly TestSuite[] {
  const { rows } = report;
  const errors = report.problems.filter(({ kind }) => kind === 'error');
  const failing = report.problems.filter(({ kind, severity }) => kind === 'finding' && severity === 'error');
  const byImage = new Map(rows.map(({ image }): [string, Problem[]] => [image, []]));
  const others: Problem[] = [];
  for (const problem of failing) (byImage.get(problem.image ?? '') ?? others).push(problem);
  const cases = [
    ...errors.map((problem) => caseOf(problem, 'error')),
    ...others.map((problem) => caseOf(problem, kindOf([problem]))),
  ];
  // One finding per registry error applies to all its images.
  const unknownFails = failing.some(({ code }) => code === 'unknown');
  const ignored = ignoredCases(report);
  const charts = groupByChart(report).map(
    ({ path, chart, rows: group }): TestSuite => ({
      name: line(chart === undefined ? '' : shownChart(chart.chart)) || line(path) || programName,
      package: line(path),
      properties: [...(chart === undefined ? [] : chartFacts(chart)), ...group.flatMap(imageFacts)],
      cases: [
        ...group.map((row) => ({
          name: line(row.image),
          outcome: outcomeOf(row, byImage.get(row.image) ?? [], unknownFails ? 'error' : 'skipped'),
        })),
        ...(ignored.get(path) ?? []),
      ],
    }),
  );
  const withCases = charts.filter((suite) => suite.cases.length > 0);
  return cases.length === 0
    ? withCases
    : [{ name: programName, package: programName, properties: [], cases }, ...withCases];
}

const programName = 'chart-images';

/** Ignored images by chart, except images that also have other uses. */
function ignoredCases({ ignored, rows }: ReportPart): ReadonlyMap<string, readonly TestCase[]> {
  const reported = new Set(rows.map(({ image }) => image));
  const cases = new Map<string, TestCase[]>();
  for (const each of ignored) {
    for (const { image, uses } of each.images) {
      if (reported.has(image)) continue;
      reported.add(image);
      const path = uses[0]?.chartPath ?? '';
      const outcome = { result: 'skipped', message: `Ignored: ${line(formatIgnoreReason(each))}` } as const;
      cases.set(path, [...(cases.get(path) ?? []), { name: line(image), outcome }]);
    }
  }
  return cases;
}

function chartFacts({ chart, helmVersion }: Report['charts'][number]): TestSuite['properties'] {
  return [
    ['version', line(chart.metadata.version)],
    ['value sets', line(chart.valueSets.map(({ name }) => name).join(', '))],
    ['helm', line(helmVersion)],
  ];
}

/** In the suite, because neither schema allows properties in a case. */
function imageFacts({ image, source, manifest, target }: Row): TestSuite['properties'] {
  const facts = { source, digest: manifest?.digest, target };
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [[`${line(image)} ${name}`, line(value)] as const],
  );
}

function outcomeOf(row: Row, failing: readonly Problem[], unknownIs: 'error' | 'skipped'): TestOutcome {
  if (failing.length > 0) return failed(failing, kindOf(failing));
  const reason = line(row.reason ?? '');
  // One finding per cause applies to all images that were not copied.
  if (row.outcome === 'failed') return { result: 'error', code: 'copy-failed', message: reason, text: reason };
  switch (row.status) {
    case 'found':
      return { result: 'passed' };
    case 'unresolved':
      return { result: 'skipped', message: 'Not checked: no registry was accessed.' };
    case 'absent':
      return { result: 'skipped', message: `Not found in any source: ${reason}` };
    case 'unknown':
      return unknownIs === 'error'
        ? { result: 'error', code: 'unknown', message: reason, text: reason }
        : { result: 'skipped', message: `Could not be checked: ${reason}` };
  }
}

function kindOf(problems: readonly Problem[]): 'failure' | 'error' {
  return problems.every(({ code }) => (unknownOrUndone as ReadonlySet<string>).has(code)) ? 'error' : 'failure';
}

/** A case has one failure, so it contains all problems, worst first. */
function failed(problems: readonly Problem[], result: 'failure' | 'error'): TestOutcome {
  return {
    result,
    code: [...new Set(problems.map(({ code }) => code))].join(', '),
    message: problems.map(({ message }) => line(message)).join(' '),
    text: problems.map(withLocation).join('\n\n'),
  };
}

function caseOf(problem: Problem, result: 'failure' | 'error'): TestCase {
  const location = formatLocation(problem);
  return {
    name: line(location === undefined ? problem.code : `${problem.code} at ${location}`),
    outcome: failed([problem], result),
  };
}

function withLocation(problem: Problem): string {
  const location = formatLocation(problem);
  return location === undefined ? problemText(problem) : `${toSingleLine(location)}\n${problemText(problem)}`;
}

function line(text: string): string {
  return truncate(toSingleLine(text), nameCharacters);
}
