import { describe, expect, test } from 'vitest';
import type { ChartComparison } from '../../../src/discovery/az-aosm/comparison.ts';
import { reportJson } from '../../../src/report/json/json.ts';
import { toJUnit } from '../../../src/report/junit/junit.ts';
import { toMarkdown } from '../../../src/report/markdown/markdown.ts';
import { emptyReport, type Report } from '../../../src/report/model/report.ts';
import { sarifOf } from '../../../src/report/sarif/sarif.ts';
import { renderTable } from '../../../src/report/terminal/terminal-table.ts';
import { chart, found, ignored, image, use, viewOf } from './sample.ts';

function report(over: Partial<Report>): Report {
  const web = image('r.example/web:1');
  return {
    ...emptyReport,
    charts: [{ chart: chart(), helmVersion: '4.2.4' }],
    discovery: { images: [web], findings: [] },
    resolutions: [found(web)],
    ...over,
  };
}

const table = (of: Report) => renderTable(viewOf(of), { color: 'plain' });

describe('what is ignored', () => {
  test('is a skipped test case of its chart, once, and none where the image has other uses', () => {
    const rule = ignored();
    const [test1] = rule.images;
    if (test1 === undefined) throw new Error('no image');
    const web = { image: 'r.example/web:1', uses: [use('r.example/web:1')] };
    const { xml, cases } = toJUnit(
      viewOf(report({ ignored: [{ ...rule, images: [test1, test1, web] }, rule] })),
      new Date(0),
    );
    expect(cases).toBe(2);
    expect(xml).toMatch(/tests="2" failures="0" errors="0" skipped="1"/);
    const { xml: alone } = toJUnit(
      viewOf(report({ ignored: [ignored()], resolutions: [], discovery: { images: [], findings: [] } })),
      new Date(0),
    );
    expect(alone).toMatch(/tests="1" failures="0" errors="0" skipped="1"/);
  });

  test('an ignored image is in every format with its reason', () => {
    const of = report({ ignored: [ignored()] });
    expect(viewOf(of).summary.text).toBe('1 of 1 image found, 1 ignored');
    expect(table(of)).toContain(
      '1 image and 1 finding ignored\n  r.example/test:1: only | for tests (until 2027-01-31)\n  placeholder: It is auto.: only',
    );
    const summary = toMarkdown(viewOf(of));
    expect(summary).toContain('<summary>1 image and 1 finding ignored</summary>');
    expect(summary).toContain('- `r.example/test:1`: only &#124; for tests (until 2027-01-31), in Pod/test\n');
    expect(toJUnit(viewOf(of), new Date(0)).xml).toMatch(
      /<testcase name="r\.example\/test:1"[^>]*>\s*<skipped message="Ignored: only \| for tests \(until 2027-01-31\)"/,
    );
    // GitHub would show a suppressed result as an open alert.
    expect(sarifOf(viewOf(of)).runs[0].results).toEqual([]);
    expect(sarifOf(viewOf(of)).runs[0].invocations[0].toolExecutionNotifications).toEqual([
      { level: 'note', message: { text: 'Ignored (only | for tests (until 2027-01-31)): r.example/test:1' } },
      { level: 'note', message: { text: 'Ignored (only | for tests (until 2027-01-31)): placeholder: It is auto.' } },
    ]);
    expect(reportJson(viewOf(of)).ignored).toEqual([
      {
        reason: 'only | for tests',
        until: '2027-01-31',
        file: 'chart-images.yaml',
        line: 4,
        images: [
          { image: 'r.example/test:1', uses: [expect.objectContaining({ kind: 'Pod', name: 'test', line: 21 })] },
        ],
        findings: [{ code: 'placeholder', severity: 'warning', message: 'It is auto.', advice: 'Fix it.' }],
      },
    ]);
  });

  test('ignored images are reported if no other image is left', () => {
    const of = report({ ignored: [ignored()], discovery: { images: [], findings: [] }, resolutions: [] });
    expect(viewOf(of).summary).toEqual({ mark: 'passed', text: 'No image is left, 1 ignored' });
  });

  test('is left out where nothing is', () => {
    expect(reportJson(viewOf(report({})))).not.toHaveProperty('ignored');
    expect(toMarkdown(viewOf(report({})))).not.toContain('ignored');
  });
});

describe('needed by', () => {
  const withSets = (...sets: readonly string[]) => {
    const valueSets = ['small', 'large', 'edge'].map((name) => ({ name, valueFiles: [], set: [] }));
    const web = image('r.example/web:1', [
      use('r.example/web:1', { valueSets: sets.slice(0, 1) }),
      use('r.example/web:1', { valueSets: sets, path: 'spec.template.spec.initContainers[0].image' }),
    ]);
    return table(
      report({
        charts: [{ chart: { ...chart(), valueSets }, helmVersion: '4.2.4' }],
        discovery: { images: [web], findings: [] },
        resolutions: [found(web)],
      }),
    );
  };

  test('names the value sets of a chart that has several', () => {
    expect(withSets('small', 'edge')).toContain('Deployment/web (small, edge)');
    expect(withSets('small', 'large', 'edge')).toContain('Deployment/web (all value sets)');
  });

  test('names none where there is only one', () => {
    expect(table(report({}))).toMatch(/Deployment\/web\n/);
  });
});

describe('what the rule of az aosm makes of the charts', () => {
  const aosm: readonly ChartComparison[] = [
    {
      chart: 'contoso',
      chartPath: 'charts/contoso',
      right: 1,
      cases: [
        {
          difference: 'misread',
          image: 'r.example/web:1',
          readAs: "web:1'",
          reason: 'It stands in single quotes.',
          template: 'contoso/templates/a.yaml',
          line: 12,
        },
        {
          difference: 'invented',
          image: 'old|x:1',
          readAs: 'old|x:1',
          reason: 'The line is a comment.',
          template: 'contoso/templates/a.yaml',
          line: 14,
        },
      ],
    },
  ];

  test('the comparison with az aosm is in every format', () => {
    const of = report({ aosm });
    const words = 'With az aosm: 1 image read as written, 1 misread, 1 invented';
    expect(table(of)).toContain(
      `${words}\n  misread   r.example/web:1 → web:1'\n            It stands in single quotes. (contoso/templates/a.yaml, rendered line 12)`,
    );
    const summary = toMarkdown(viewOf(of));
    expect(summary).toContain(`#### ${words}\n`);
    expect(summary).toContain("| misread | `r.example/web:1` | `web:1'` | It stands in single quotes. |");
    expect(summary).toContain('| invented |  | old&#124;x:1 |');
    expect(reportJson(viewOf(of)).aosm).toMatchObject([{ chart: 'contoso', path: 'charts/contoso', right: 1 }]);
    expect(reportJson(viewOf(of)).aosm?.[0]?.cases).toHaveLength(2);
  });

  test('the comparison with az aosm is omitted if it was not requested', () => {
    expect(reportJson(viewOf(report({})))).not.toHaveProperty('aosm');
    expect(table(report({}))).not.toContain('aosm');
  });
});
