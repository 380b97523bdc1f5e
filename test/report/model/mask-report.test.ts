import { parse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { OutputFilter } from '../../../src/hosts/output-filter.ts';
import { reportJson, toJson } from '../../../src/report/json/json.ts';
import { toJUnit } from '../../../src/report/junit/junit.ts';
import { toMarkdown } from '../../../src/report/markdown/markdown.ts';
import { reportSchema } from '../../../src/report/merge/report-schema.ts';
import { annotationsOf } from '../../../src/report/model/annotations.ts';
import { toSarif } from '../../../src/report/sarif/sarif.ts';
import { renderTable } from '../../../src/report/terminal/terminal-table.ts';
import {
  absent,
  chart,
  contoso,
  delta,
  finding,
  found,
  ignored,
  image,
  planned,
  report,
  unknown,
  use,
  viewOf,
} from './sample.ts';

/** Markdown and XML write each of its special characters in another way, and a code span would cut it in two. */
const secret = 'My$ecret_Pa55&<x>`"|@y';
const hide = (text: string): string => text.replaceAll(secret, '***');
const mask = { text: hide, name: hide };

test('a secret that a registry quotes is in no face, however the face writes texts', () => {
  const error = new ChartImagesError('denied', `it said ${secret}`, {
    advice: `not ${secret}`,
    location: { file: secret },
  });
  const quoted = { ...absent(image('web:1')), lookups: [] };
  const masked = viewOf(
    report({
      charts: [{ chart: chart(`web-${secret}`), helmVersion: '4.2.4' }],
      resolutions: [quoted],
      findings: [finding('absent', { message: `No source: ${secret}`, advice: secret, image: 'web:1', file: secret })],
      errors: [error],
    }),
    mask,
  );
  const formats = [
    toJson(masked),
    toJUnit(masked, new Date(0)).xml,
    toSarif(masked),
    toMarkdown(masked),
    renderTable(masked, { color: 'plain' }),
  ];
  for (const face of formats) {
    expect(face).toContain('***');
    for (const part of ['My$ecret', 'ecret', 'Pa55']) expect(face).not.toContain(part);
  }
  expect(masked.errors[0]).toBeInstanceOf(ChartImagesError);
});

test('a report without secrets stays what it was', () => {
  const whole = contoso();
  expect(toJson(viewOf(whole, mask))).toBe(toJson(viewOf(whole)));
});

function hiding(...secrets: readonly string[]) {
  const screen = new OutputFilter();
  for (const word of secrets) screen.addSecret(word);
  return screen.mask;
}

/** Something in every part of a report. */
function manifold() {
  const images = [image('web:1'), image('job:2'), image('repository/db:3')];
  const resolutions = images.map((one, at) => [found, absent, unknown][at]?.(one) ?? found(one));
  const copies = [planned(image('web:1'), { action: 'conflict', reason: 'it has other content' })];
  return report({
    resolutions,
    plan: { copies, findings: [] },
    findings: [
      finding('absent', { image: 'job:2', file: 'charts/contoso/values.yaml', line: 3 }),
      finding('conflict', { image: 'web:1' }),
      finding('no-tag', { severity: 'warning' }),
    ],
    errors: [new ChartImagesError('network', 'It failed.', { advice: 'Try again.' })],
    ignored: [ignored()],
    delta: delta(),
    push: true,
  });
}

/** Every word that images.json has of the program's own: keys, and values of closed lists. */
function ownWords(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(ownWords);
  if (typeof value !== 'object' || value === null) return [];
  const closed = ['code', 'severity', 'status', 'confidence', 'outcome', 'result', 'digest', 'mediaType', 'rule'];
  return Object.entries(value).flatMap(([key, part]) => [
    key,
    ...(closed.includes(key) && typeof part === 'string' ? [part] : []),
    ...ownWords(part),
  ]);
}

describe('a secret that is a word of the report', () => {
  test('changes no status, code, severity, count, key or digest, whatever word it is', () => {
    const report = manifold();
    const whole = viewOf(report);
    const before = reportJson(whole);
    const words = new Set(ownWords(before));
    expect(words.size).toBeGreaterThan(30);
    for (const word of words) {
      const masked = viewOf(report, hiding(word));
      const after = reportJson(masked);
      expect([word, ownWords(after)]).toEqual([word, ownWords(before)]);
      expect([word, after.totals, masked.exitCode, masked.summary]).toEqual([
        word,
        before.totals,
        whole.exitCode,
        whole.summary,
      ]);
      const heads = (of: typeof whole) => annotationsOf(of).map(({ level, title, line }) => [level, title, line]);
      expect([word, heads(masked)]).toEqual([word, heads(whole)]);
      parse(reportSchema, JSON.parse(toJson(masked)));
    }
  });

  test('that is the host of a configured source or target leaves references to it whole', () => {
    const host = 'target.example';
    const of = image('web:1');
    const whole = report({ resolutions: [found(of)], plan: { copies: [planned(of)], findings: [] } });
    expect(reportJson(viewOf(whole, hiding(host))).images[0]?.target).toBe('target.example/web:1');
  });
});

describe('a secret in a reference', () => {
  const password = 'correct-horse-battery';

  test('is hidden, also where it spans repository and tag, and the row keeps its status', () => {
    const whole = report({
      resolutions: [found(image(`team/${password}:1`)), absent(image('web/correct-horse:battery'))],
      findings: [finding('absent', { image: 'web/correct-horse:battery', message: `not ${password}`, file: password })],
    });
    const { images, findings } = reportJson(viewOf(whole, hiding(password, 'correct-horse:battery')));
    expect(images.map(({ image: name, status, source }) => [name, status, source])).toEqual([
      ['team/***:1', 'found', 'source.example/team/***:1'],
      ['web/***', 'absent', null],
    ]);
    expect(images[1]?.trace.map(({ candidate }) => candidate)).toEqual([
      'source.example/web/***',
      'second.example/web/***',
    ]);
    expect(findings).toMatchObject([{ image: 'web/***', severity: 'error', message: 'not ***', file: '***' }]);
  });

  test('does not make one image of two', () => {
    const texts = [`web:${password}`, `web:${password}-2`, 'web:another-secret'];
    const whole = report({ resolutions: texts.map((text) => found(image(text, [use(text)]))) });
    const mask = hiding(password, `${password}-2`, 'another-secret');
    expect(reportJson(viewOf(whole, mask)).images.map(({ image: name }) => name)).toEqual([
      'web:***',
      'web:*** (2)',
      'web:*** (3)',
    ]);
  });
});
