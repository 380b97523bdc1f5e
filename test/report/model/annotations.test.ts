import { describe, expect, test } from 'vitest';
import { annotationOfError, annotationsOf } from '../../../src/report/model/annotations.ts';
import { absent, chart, contosoWithout, fault, finding, found, image, report, use, viewOf } from './sample.ts';

describe('The annotation of a missing image', () => {
  test('names the image, the places looked at, who uses it and what to do, at the template', () => {
    expect(annotationsOf(viewOf(contosoWithout()))).toEqual([
      {
        level: 'error',
        title: 'chart-images: absent',
        message: [
          'No source has repository/release/contoso-c:1.0.0.',
          'Checked source.example/release/contoso-c:1.0.0 (the registry has no such manifest), second.example/release/contoso-c:1.0.0 (the registry has no such manifest)',
          'Used by Deployment/contoso-c in contoso/templates/c.yaml',
          'Push it.',
        ].join('\n'),
        file: 'charts/contoso/templates/c.yaml',
      },
    ]);
  });

  test('an annotation is at the line of its finding', () => {
    const base = contosoWithout();
    const findings = base.findings.map((known) => ({ ...known, file: 'charts/contoso/values.yaml', line: 12 }));
    expect(annotationsOf(viewOf({ ...base, findings }))).toMatchObject([
      { file: 'charts/contoso/values.yaml', line: 12 },
    ]);
  });

  test('points at no file when the chart is packed', () => {
    const packed = { chart: chart('contoso', 'charts/contoso', 'archive'), helmVersion: '4.3.1' };
    const findings = [finding('absent', { image: 'web:1' })];
    const [annotation] = annotationsOf(
      viewOf(report({ charts: [packed], resolutions: [absent(image('web:1'))], findings })),
    );
    expect(annotation).not.toHaveProperty('file');
  });

  test('points at no file outside of the chart, whatever a chart says of its templates', () => {
    for (const template of ['contoso/../../.github/workflows/ci.yaml', 'contoso//etc/passwd', 'contoso/', 'contoso']) {
      const of = image('web:1', [use('web:1', { template })]);
      const findings = [finding('absent', { image: 'web:1' })];
      expect(annotationsOf(viewOf(report({ resolutions: [absent(of)], findings })))[0]).not.toHaveProperty('file');
    }
  });

  test('does not list the places of an image whose trouble lies elsewhere', () => {
    const findings = [finding('conflict', { image: 'web:1' })];
    const [annotation] = annotationsOf(viewOf(report({ resolutions: [found(image('web:1'))], findings })));
    expect(annotation?.message).not.toContain('Looked at');
  });

  test('keeps its advice, whatever a registry has said at length', () => {
    const uses = Array.from({ length: 50 }, (_, at) => use('web:1', { name: 'n'.repeat(500), kind: `Kind${at}` }));
    const findings = [finding('absent', { image: 'web:1', message: 'm'.repeat(10_000), advice: 'Push the image.' })];
    const long = report({ resolutions: [absent(image('web:1', uses), 'r'.repeat(9_000))], findings });
    const message = annotationsOf(viewOf(long))[0]?.message ?? '';
    expect(message.length).toBeLessThan(4096);
    expect(message.endsWith('\nPush the image.')).toBe(true);
  });

  test('holds no line that the registry wrote', () => {
    const findings = [finding('absent', { message: 'no\n::error::yes\u001b[31m', advice: 'a\rb' })];
    expect(annotationsOf(viewOf(report({ findings })))[0]?.message).toBe('no ::error::yes [31m\na b');
  });
});

describe('More problems than the host shows', () => {
  const many = report({
    errors: [fault('network')],
    findings: [
      ...Array.from({ length: 8 }, () => finding('no-tag')),
      ...Array.from({ length: 4 }, () => finding('absent')),
      ...Array.from({ length: 3 }, () => finding('ambiguous', { severity: 'warning' })),
      finding('no-tag', { severity: 'notice' }),
    ],
  });

  test('annotations are ordered worst first, and the last one of a level counts the rest', () => {
    const titles = annotationsOf(viewOf(many), 7).map(
      ({ level, title }) => `${level} ${title.replace('chart-images: ', '')}`,
    );
    expect(titles).toEqual([
      'error network',
      'error absent',
      'error absent',
      'error absent',
      'error absent',
      'error no-tag',
      'error 7 more errors',
      'warning ambiguous',
      'warning ambiguous',
      'warning ambiguous',
      'notice no-tag',
    ]);
  });

  test('never exceed 10 of a level when nothing else is said', () => {
    const errors = annotationsOf(viewOf(many)).filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(10);
    expect(errors.at(-1)?.title).toBe('chart-images: 4 more errors');
  });
});

test('the annotation of an error is at its location in the input file', () => {
  expect(annotationOfError(fault('syntax', 'A comma is missing.', { file: 'cnf-input.jsonc', line: 7 }))).toEqual({
    level: 'error',
    title: 'chart-images: syntax',
    message: 'A comma is missing.\nFix it.',
    file: 'cnf-input.jsonc',
    line: 7,
  });
});
