import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../../src/core/errors.ts';
import { findingCodes } from '../../../src/core/findings.ts';
import { version } from '../../../src/core/version.ts';
import type { Report } from '../../../src/report/model/report.ts';
import { sarifOf, toSarif } from '../../../src/report/sarif/sarif.ts';
import type { Fingerprints } from '../../../src/report/sarif/sarif-fingerprints.ts';
import { hostile } from '../model/hostile.ts';
import {
  absent,
  chart,
  contoso,
  contosoWithout,
  fault,
  finding,
  found,
  image,
  report,
  use,
  viewOf,
} from '../model/sample.ts';

function runOf(of: Report) {
  return sarifOf(viewOf(of)).runs[0];
}

/** `error absent charts/a.yaml:3:7`. */
function referencesOf(of: Report): readonly string[] {
  return runOf(of).results.map(({ level, ruleId, locations: [{ physicalLocation }] }) => {
    const { startLine, startColumn } = physicalLocation.region ?? {};
    const place = [physicalLocation.artifactLocation.uri, startLine, startColumn].filter((part) => part !== undefined);
    return `${level} ${ruleId} ${place.join(':')}`;
  });
}

function notificationsOf(of: Report): readonly string[] {
  const [{ toolExecutionNotifications }] = runOf(of).invocations;
  return toolExecutionNotifications.map(({ level, associatedRule, message }) => {
    return `${level} ${associatedRule?.id}: ${message.text.split('\n')[0]}`;
  });
}

function fingerprintsOf(of: Report): readonly Fingerprints[] {
  return runOf(of).results.map(({ partialFingerprints }) => partialFingerprints);
}

describe('images.sarif', () => {
  test('has a rule for every kind of finding and for the faults that there were', () => {
    const { driver } = runOf(report({ errors: [fault('chart-render'), fault('chart-render')] })).tool;
    expect(driver).toMatchObject({ name: 'chart-images', semanticVersion: version });
    expect(driver.rules.map(({ id }) => id)).toEqual([...Object.keys(findingCodes), 'chart-render']);
    expect(driver.rules.at(-1)?.help.text).toBe(errorCodes['chart-render'].meaning);
    expect(runOf(contoso()).tool.driver.rules.map(({ id }) => id)).toEqual(Object.keys(findingCodes));
  });

  test('has the paths from the top level of the repository, where GitHub looks for them', () => {
    const of = report({ findings: [finding('absent', { file: 'source/app/charts/a.yaml', line: 3 })] });
    const sarif = sarifOf(viewOf(of), (file) => file.replace(/^source\/app\//, ''));
    const [result] = sarif.runs[0].results;
    expect(result?.locations[0].physicalLocation.artifactLocation.uri).toBe('charts/a.yaml');
  });

  test('shows each problem at its line, worst first, as the level it has', () => {
    const of = report({
      errors: [fault('chart-render', 'It does not render.', { file: 'charts/web/templates/a.yaml', line: 3 })],
      findings: [
        finding('no-tag', { severity: 'warning', file: 'values.yaml', line: 7 }),
        finding('fixed-registry', { severity: 'notice', file: 'values.yaml' }),
        finding('absent', { file: './charts/web//values.yaml', line: 12 }),
      ],
    });
    expect(referencesOf(of)).toEqual([
      'error chart-render charts/web/templates/a.yaml:3',
      'error absent charts/web/values.yaml:12',
      'warning no-tag values.yaml:7',
      'note fixed-registry values.yaml',
    ]);
    for (const { ruleId, ruleIndex } of runOf(of).results) {
      expect(runOf(of).tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
  });

  test('says what is so, what was looked at, who uses the image and what to do', () => {
    expect(runOf(contosoWithout()).results[0]?.message.text.split('\n')).toEqual([
      'No source has repository/release/contoso-c:1.0.0.',
      expect.stringMatching(/^Checked source\.example/),
      'Used by Deployment/contoso-c in contoso/templates/c.yaml',
      'Push it.',
    ]);
  });

  test('shows a problem without a file of its own at the chart that uses the image', () => {
    const packed = use('web:1', { chart: 'packed', chartPath: 'charts/packed-1.0.0.tgz' });
    const of = report({
      charts: [{ chart: chart('packed', 'charts/packed-1.0.0.tgz', 'archive'), helmVersion: '4.3.1' }],
      resolutions: [absent(image('web:1', [packed]))],
      findings: [finding('absent', { image: 'web:1' })],
    });
    expect(referencesOf(of)).toEqual(['error absent charts/packed-1.0.0.tgz']);
    const outside = use('web:1', { template: 'contoso/../../etc/passwd' });
    expect(referencesOf(report({ ...of, charts: report().charts, ...discovered(outside) }))).toEqual([
      'error absent charts/contoso/Chart.yaml',
    ]);
  });

  function discovered(of: ReturnType<typeof use>): Pick<Report, 'discovery' | 'resolutions'> {
    const one = image('web:1', [of]);
    return { discovery: { images: [one], findings: [] }, resolutions: [absent(one)] };
  }

  test.each(['/home/user/values.yaml', 'C:\\values.yaml', '../values.yaml', 'oci://r.example/web:1', 'a/../../b', '.'])(
    'makes a notification of a problem at %s, which is no file of the repository',
    (file) => {
      const of = report({ findings: [finding('unreadable', { file, line: 1 })] });
      expect(referencesOf(of)).toEqual([]);
      expect(notificationsOf(of)).toEqual(['error unreadable: It is unreadable.']);
    },
  );

  test('says that a run was not finished, and why, when there is no place to show it at', () => {
    const of = report({ errors: [fault('helm-missing', 'There is no helm.')] });
    expect(notificationsOf(of)).toEqual(['error helm-missing: There is no helm.']);
    expect(runOf(of).invocations[0].executionSuccessful).toBe(false);
    expect(runOf(contosoWithout()).invocations[0].executionSuccessful).toBe(true);
  });

  test('shows the worst when there are more than GitHub takes, and counts the rest', () => {
    const findings = Array.from({ length: 5_003 }, () => finding('unreadable', { file: 'values.yaml' }));
    expect(runOf(report({ findings })).results).toHaveLength(5_000);
    expect(notificationsOf(report({ findings })).at(-1)).toContain('3 more results');
  });
});

describe('Code scanning takes a problem for the same one', () => {
  const at = (line: number, over = {}) => finding('absent', { image: 'web:1', file: 'values.yaml', line, ...over });

  test('when only its line or its wording has changed', () => {
    const [before] = fingerprintsOf(report({ findings: [at(3)] }));
    const [after] = fingerprintsOf(report({ findings: [at(30, { message: 'No source at all has it.' })] }));
    expect(before).toEqual({ 'chartImages/v1': expect.stringMatching(/^[0-9a-f]{32}:1$/) });
    expect(after).toEqual(before);
  });

  test('but not when it is about another image, another file or of another kind', () => {
    const findings = [at(3), at(4, { image: 'web:2' }), at(5, { file: 'b.yaml' }), at(6, { code: 'unknown' }), at(7)];
    const fingerprints = fingerprintsOf(report({ findings })).map((print) => print['chartImages/v1']);
    expect(new Set(fingerprints).size).toBe(5);
  });

  test('and shows several images of one line as several', () => {
    const [first, second] = fingerprintsOf(report({ findings: [at(3), at(3, { image: 'web:2' })] }));
    expect(first?.['primaryLocationLineHash']).toBeUndefined();
    expect(second?.['primaryLocationLineHash']).toBe(second?.['chartImages/v1']);
  });

  test('also where it has a file and no line', () => {
    const [print] = fingerprintsOf(report({ findings: [finding('absent', { file: 'Chart.yaml' })] }));
    expect(print?.['primaryLocationLineHash']).toBe(print?.['chartImages/v1']);
  });
});

describe('A hostile chart', () => {
  test('can point at no place outside of the repository and add no link', () => {
    fc.assert(
      fc.property(hostile, hostile, (file, text) => {
        const written = `${text}:1`;
        const of = { ...image('web:1', [use(written, { chartPath: file, template: text })]), image: written };
        const log = toSarif(
          viewOf(
            report({
              charts: [{ chart: chart(text, file), helmVersion: '4.3.1' }],
              resolutions: [found(of)],
              findings: [
                finding('platform', { image: written, message: text, advice: `[x](https://e.example)${text}`, file }),
              ],
            }),
          ),
        );
        for (const [, uri = ''] of log.matchAll(/"uri": "(.*)"/g)) {
          expect(uri).toMatch(
            /^(?!\.\.?(?:\/|$))(?:[\w.!~*'()-]|%[0-9A-F]{2})+(?:\/(?!\.\.?(?:\/|$))(?:[\w.!~*'()-]|%[0-9A-F]{2})+)*$/,
          );
        }
        expect(log).not.toContain('](');
      }),
    );
  });
});
