import { toSingleLine, truncate } from '../../core/text.ts';
import { groupByChart } from '../model/chart-groups.ts';
import { unknownOrUndone } from '../model/exit-code.ts';
import { formatIgnoreReason } from '../model/ignored-text.ts';
import { formatLocation } from '../model/labels.ts';
import { problemText } from '../model/problem-text.ts';
import { type Problem, problemOfError, problemsOf } from '../model/problems.ts';
import type { Report } from '../model/report.ts';
import { type Row, rowsOf } from '../model/rows.ts';

/**
 * What a list of tests shows of one image. `failure`: the charts are to be changed; `error`: something could not be known or done;
 * `skipped`: nothing fails the run, and nothing proves that the image exists; or the user's rules ignore it.
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
  /** The chart's name; that of this program for what belongs to no image. */
  readonly name: string;
  readonly package: string;
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly cases: readonly TestCase[];
}

/** Characters of a name or of a message that a list shows on one line. */
const nameCharacters = 500;

/** First what belongs to no image, if there is such a thing; then each chart that has images, every image in one case. */
export function createTestSuites(report: Report): readonly TestSuite[] {
  const rows = rowsOf(report);
  const failing = problemsOf({ ...report, errors: [] }, rows).filter(({ severity }) => severity === 'error');
  const byImage = new Map(rows.map(({ image }): [string, Problem[]] => [image, []]));
  const others: Problem[] = [];
  for (const problem of failing) (byImage.get(problem.image ?? '') ?? others).push(problem);
  const cases = [
    ...report.errors.map((error) => caseOf(problemOfError(error), 'error')),
    ...others.map((problem) => caseOf(problem, kindOf([problem]))),
  ];
  // A registry that can't be asked is reported once and not once per image.
  const unknownFails = failing.some(({ code }) => code === 'unknown');
  const ignored = ignoredCases(report, rows);
  const charts = groupByChart(report, rows).map(
    ({ path, chart, rows: group }): TestSuite => ({
      name: line(chart?.chart.metadata.name ?? '') || line(path) || programName,
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

/** Images that the user's rules ignore, by the chart that they are in; one that has other uses is a case of those. */
function ignoredCases({ ignored }: Report, rows: readonly Row[]): ReadonlyMap<string, readonly TestCase[]> {
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

/** Of the suite, because neither of the published schemas lets a case have properties. */
function imageFacts({ image, source, manifest, target }: Row): TestSuite['properties'] {
  const facts = { source, digest: manifest?.digest, target };
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [[`${line(image)} ${name}`, line(value)] as const],
  );
}

function outcomeOf(row: Row, failing: readonly Problem[], unknownIs: 'error' | 'skipped'): TestOutcome {
  if (failing.length > 0) return failed(failing, kindOf(failing));
  const reason = line(row.reason ?? '');
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

/** Readers of these files know one failure for a case, so several problems are in it, worst first. */
function failed(problems: readonly Problem[], result: 'failure' | 'error'): TestOutcome {
  return {
    result,
    code: [...new Set(problems.map(({ code }) => code))].join(', '),
    message: problems.map(({ message }) => line(message)).join(' '),
    text: problems.map(withPlace).join('\n\n'),
  };
}

function caseOf(problem: Problem, result: 'failure' | 'error'): TestCase {
  const place = formatLocation(problem);
  return {
    name: line(place === undefined ? problem.code : `${problem.code} at ${place}`),
    outcome: failed([problem], result),
  };
}

function withPlace(problem: Problem): string {
  const place = formatLocation(problem);
  return place === undefined ? problemText(problem) : `${toSingleLine(place)}\n${problemText(problem)}`;
}

function line(text: string): string {
  return truncate(toSingleLine(text), nameCharacters);
}
