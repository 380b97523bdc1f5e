import { expect, test } from 'vitest';
import { ChartImagesError } from '../../src/errors.ts';
import { reportJsonText } from '../../src/report/json.ts';
import { junitOf } from '../../src/report/junit.ts';
import { summaryOf } from '../../src/report/markdown.ts';
import { maskReport } from '../../src/report/mask-report.ts';
import { sarifText } from '../../src/report/sarif.ts';
import { tableOf } from '../../src/report/terminal-table.ts';
import { absent, chart, contoso, finding, image, report } from './sample.ts';

/** Markdown and XML write each of its special characters in another way, and a code span would cut it in two. */
const secret = 'My$ecret_Pa55&<x>`"|@y';
const mask = (text: string): string => text.replaceAll(secret, '***');

test('a secret that a registry quotes is in no face, however the face writes texts', () => {
  const error = new ChartImagesError('denied', `it said ${secret}`, {
    advice: `not ${secret}`,
    place: { file: secret },
  });
  const quoted = { ...absent(image('web:1')), trace: [] };
  const masked = maskReport(
    report({
      charts: [{ chart: chart(`web-${secret}`), helmVersion: '4.2.4' }],
      resolutions: [quoted],
      findings: [finding('absent', { message: `No source: ${secret}`, advice: secret, image: 'web:1', file: secret })],
      errors: [error],
    }),
    mask,
  );
  const faces = [
    reportJsonText(masked),
    junitOf(masked, new Date(0)).xml,
    sarifText(masked),
    summaryOf(masked),
    tableOf(masked, { colour: 'plain' }),
  ];
  for (const face of faces) {
    expect(face).toContain('***');
    for (const part of ['My$ecret', 'ecret', 'Pa55']) expect(face).not.toContain(part);
  }
  expect(masked.errors[0]).toBeInstanceOf(ChartImagesError);
});

test('a report without secrets stays what it was', () => {
  const whole = contoso();
  expect(reportJsonText(maskReport(whole, mask))).toBe(reportJsonText(whole));
});
