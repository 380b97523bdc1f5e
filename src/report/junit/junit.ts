import { sum } from '../../core/sum.ts';
import type { ReportPart } from '../model/shard-report.ts';
import { createTestSuites, type TestCase, type TestSuite } from './test-suites.ts';
import { type Element, xmlDocument } from './xml.ts';

/** The text of `images.junit.xml` and its number of cases: the Azure agent warns about files without cases. */
export interface JUnit {
  readonly xml: string;
  readonly cases: number;
}

/**
 * One suite for each chart, one case for each image. Valid for both published schemas: that of Apache Ant, which Azure
 * uses and which has timestamps without a time zone, and that of Jenkins. `at` is the time of the run.
 */
export function toJUnit(report: ReportPart, at: Date): JUnit {
  const suites = createTestSuites(report);
  const timestamp = at.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
  const content = suites.map((suite, id) => suiteElement(suite, id, timestamp));
  return {
    xml: xmlDocument({ name: 'testsuites', attributes: {}, content }),
    cases: sum(suites.map(({ cases }) => cases.length)),
  };
}

function suiteElement(suite: TestSuite, id: number, timestamp: string): Element {
  const { name, package: path, cases, properties } = suite;
  const amount = (wanted: TestCase['outcome']['result']): number =>
    cases.filter(({ outcome }) => outcome.result === wanted).length;
  return {
    name: 'testsuite',
    attributes: {
      id,
      name,
      package: path,
      timestamp,
      // The schema prescribes this for an undisclosed host.
      hostname: 'localhost',
      tests: cases.length,
      failures: amount('failure'),
      errors: amount('error'),
      skipped: amount('skipped'),
      time: 0,
    },
    content: [
      { name: 'properties', attributes: {}, content: properties.map(([key, value]) => property(key, value)) },
      ...cases.map((one) => caseElement(one, name)),
      { name: 'system-out', attributes: {}, content: '' },
      { name: 'system-err', attributes: {}, content: '' },
    ],
  };
}

function property(name: string, value: string): Element {
  return { name: 'property', attributes: { name, value }, content: '' };
}

/** Lookups are concurrent, so their durations are not meaningful. */
function caseElement({ name, outcome }: TestCase, classname: string): Element {
  return { name: 'testcase', attributes: { name, classname, time: 0 }, content: outcomeElements(outcome) };
}

function outcomeElements(outcome: TestCase['outcome']): readonly Element[] {
  switch (outcome.result) {
    case 'passed':
      return [];
    case 'skipped':
      return [{ name: 'skipped', attributes: { message: outcome.message }, content: '' }];
    case 'failure':
    case 'error': {
      const { result, code, message, text } = outcome;
      return [{ name: result, attributes: { message, type: code }, content: text }];
    }
  }
}
