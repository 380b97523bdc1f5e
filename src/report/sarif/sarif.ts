import type { Log, Notification, ReportingDescriptor, Result, Run } from 'sarif';
import { errorCodes } from '../../core/errors.ts';
import { findingCodes } from '../../core/findings.ts';
import { pluralize, toSingleLine, truncate } from '../../core/text.ts';
import { version } from '../../core/version.ts';
import type { Ignored } from '../../discovery/policy/policy.ts';
import { formatIgnoreReason } from '../model/ignored-text.ts';
import { problemText } from '../model/problem-text.ts';
import type { Problem } from '../model/problems.ts';
import { type LocatedProblem, locateInRepository } from '../model/repository-location.ts';
import type { ReportPart } from '../model/shard-report.ts';
import { type Fingerprints, fingerprintsOf } from './sarif-fingerprints.ts';

/**
 * GitHub keeps the worst 5,000 results of a file and refuses one with more than 25,000 (docs.github.com, "SARIF
 * support").
 */
const mostResults = 5_000;

/** A path from the work folder to one from the top level of the repository, which code scanning expects. */
type ConvertPath = (file: string) => string;
const unchanged: ConvertPath = (file) => file;

/** Of the reason for an ignore. */
const reasonCharacters = 200;

/**
 * The report for code scanning: a rule for each code and a result for each problem, worst first. Problems without a
 * file in the repository are notifications, because GitHub rejects results without a file.
 */
export function sarifOf(report: ReportPart, repositoryPath: ConvertPath = unchanged) {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [runOf(report, repositoryPath)],
  } satisfies Log & { readonly runs: [unknown] };
}

/** The text of `images.sarif`, with a final line break. */
export function toSarif(report: ReportPart, repositoryPath: ConvertPath = unchanged): string {
  return `${JSON.stringify(sarifOf(report, repositoryPath), undefined, 2)}\n`;
}

function runOf(report: ReportPart, repositoryPath: ConvertPath) {
  const rows = new Map(report.rows.map((row) => [row.image, row]));
  const problems = report.problems.map((problem) => ({
    problem,
    location: locateInRepository(problem, rows.get(problem.image ?? ''), report.charts, repositoryPath),
  }));
  const rules = rulesOf(report);
  const located = problems.flatMap(({ problem, location }) =>
    location === undefined ? [] : [{ problem, location: location }],
  );
  const shown = located.slice(0, mostResults);
  const fingerprints = fingerprintsOf(shown);
  return {
    tool: { driver: { name: 'chart-images', semanticVersion: version, rules } },
    invocations: [
      {
        executionSuccessful: report.errors.length === 0,
        toolExecutionNotifications: [
          ...problems.flatMap(({ problem, location }) =>
            location === undefined ? [notification(problem, rules)] : [],
          ),
          ...restNotification(located.length - shown.length),
          ...ignoredNotifications(report.ignored),
        ],
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: shown.map((one, at) => result(one, rules, fingerprints[at] ?? {})),
  } satisfies Run & { readonly invocations: [unknown] };
}

/** All finding codes, so that runs of one release have the same rules. */
function rulesOf({ errors }: ReportPart) {
  const ofFindings = Object.entries(findingCodes).map(([id, meaning]) => rule(id, meaning, 'warning'));
  const known = new Set(ofFindings.map(({ id }) => id));
  const others = new Set(errors.map(({ code }) => code).filter((code) => !known.has(code)));
  return [...ofFindings, ...[...others].map((code) => rule(code, errorCodes[code].meaning, 'error'))];
}

function rule(id: string, meaning: string, level: Level) {
  const text = { text: meaning };
  const described = { id, shortDescription: text, fullDescription: text, help: text };
  return { ...described, defaultConfiguration: { level } } satisfies ReportingDescriptor;
}

function result(
  { problem, location }: LocatedProblem,
  rules: readonly ReportingDescriptor[],
  fingerprints: Fingerprints,
) {
  const { uri, line, column } = location;
  const region =
    line === undefined ? undefined : { startLine: line, ...(column === undefined ? {} : { startColumn: column }) };
  return {
    ruleId: problem.code,
    ruleIndex: indexOf(problem, rules),
    level: levels[problem.severity],
    message: { text: messageText(problem) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
          ...(region === undefined ? {} : { region }),
        },
      },
    ],
    partialFingerprints: fingerprints,
  } satisfies Result & { locations: [unknown] };
}

function notification(problem: Problem, rules: readonly ReportingDescriptor[]): TextNotification {
  return {
    associatedRule: { id: problem.code, index: indexOf(problem, rules) },
    level: levels[problem.severity],
    message: { text: messageText(problem) },
  };
}

function restNotification(rest: number): readonly TextNotification[] {
  if (rest === 0) return [];
  return [
    {
      level: 'note',
      message: { text: `${pluralize(rest, 'more result')} omitted. For all of them, see images.json.` },
    },
  ];
}

/**
 * Ignored images and findings with the reason. Not `suppressions`, which GitHub ignores: each would be an open alert
 * (github/codeql-action, issue 1230).
 */
function ignoredNotifications(ignored: readonly Ignored[]): readonly TextNotification[] {
  return ignored.flatMap((each) => {
    const reason = truncate(toSingleLine(formatIgnoreReason(each)), reasonCharacters);
    const what = [
      ...each.images.map(({ image }) => image),
      ...each.findings.filter(({ image }) => image === undefined).map(({ code, message }) => `${code}: ${message}`),
    ];
    return what.map((text): TextNotification => {
      return { level: 'note', message: { text: withoutLinks(`Ignored (${reason}): ${toSingleLine(text)}`) } };
    });
  });
}

function indexOf({ code }: Problem, rules: readonly ReportingDescriptor[]): number {
  return rules.findIndex(({ id }) => id === code);
}

type TextNotification = Notification & { readonly message: { readonly text: string } };

type Level = 'error' | 'warning' | 'note';

const levels: Record<Problem['severity'], Level> = { error: 'error', warning: 'warning', notice: 'note' };

/** `[text](target)` is a link in plain messages too (section 3.11.6), and messages contain untrusted text. */
function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

function messageText(problem: Problem): string {
  return withoutLinks(problemText(problem));
}
