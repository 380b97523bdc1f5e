import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/report/model/rows.ts';
import {
  absent,
  contoso,
  copied,
  fault,
  found,
  image,
  large,
  manifest,
  planned,
  report,
  unknown,
  use,
} from './sample.ts';

const web = image('web:1');

describe('Every image of the charts', () => {
  test('ends in exactly one row, in the order of the discovery, however far the run came', () => {
    const whole = large(60);
    const part = fc.record({ resolutions: fc.nat(60), copies: fc.nat(60), outcomes: fc.nat(60) });
    fc.assert(
      fc.property(part, ({ resolutions, copies, outcomes }) => {
        const rows = rowsOf({
          ...whole,
          resolutions: whole.resolutions.slice(0, resolutions),
          plan: { copies: whole.plan?.copies.slice(0, copies) ?? [], findings: [] },
          outcomes: whole.discovery.images.slice(0, outcomes).map((of) => copied(of)),
        });
        expect(rows.map((row) => row.image)).toEqual(whole.discovery.images.map((of) => of.image));
      }),
    );
  });

  test('is unresolved when the run did not come to it', () => {
    const rows = rowsOf(report({ discovery: { images: [web], findings: [] } }));
    expect(rows).toMatchObject([{ status: 'unresolved', source: undefined, target: undefined, outcome: null }]);
  });
});

describe('A row', () => {
  test('a row has the source and the target of an image, and the bytes that were copied', () => {
    expect(rowsOf(contoso())[0]).toMatchObject({
      image: 'repository/release/contoso-a:1.0.0',
      confidence: 'certain',
      status: 'found',
      source: 'source.example/release/contoso-a:1.0.0',
      target: 'target.example/release/contoso-a:1.0.0',
      manifest: manifest('repository/release/contoso-a:1.0.0'),
      outcome: 'copied',
      bytes: 3_075_000,
      reason: undefined,
    });
  });

  test('keeps the digest in the place where the tag does not say which image is meant', () => {
    const { digest } = manifest('any');
    const [both, alone] = rowsOf(
      report({ resolutions: [found(image(`web:1@${digest}`)), found(image(`web@${digest}`))] }),
    );
    expect(both?.source).toBe(`source.example/web:1@${digest}`);
    expect(alone?.source).toBe(`source.example/web@${digest}`);
  });

  test('names each object of the charts once, however many of its containers use the image', () => {
    const uses = [use('web:1'), use('web:1', { path: 'spec.initContainers[0].image' }), use('web:1', { kind: 'Job' })];
    const [row] = rowsOf(report({ resolutions: [found(image('web:1', uses))] }));
    expect(row?.usedBy.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['Deployment/web', 'Job/web']);
    expect(row?.uses).toHaveLength(3);
  });

  test('a row has each reason of an absence only once', () => {
    const [row] = rowsOf(report({ resolutions: [absent(web, 'no such repository')] }));
    expect(row).toMatchObject({ status: 'absent', reason: 'no such repository' });
    expect(row?.lookups.map(({ reference, result }) => `${reference} ${result}`)).toEqual([
      'source.example/web:1 absent',
      'second.example/web:1 absent',
    ]);
  });

  test('a row of an unknown image has the error of the lookup', () => {
    expect(rowsOf(report({ resolutions: [unknown(web, 'refused')] }))).toMatchObject([
      { status: 'unknown', reason: 'refused' },
    ]);
  });

  test.each([
    [{ action: 'copy', replacing: false }, 'planned', undefined],
    [{ action: 'exists' }, 'present', undefined],
    [{ action: 'skip' }, 'skipped', undefined],
    [{ action: 'conflict', reason: 'taken' }, null, 'taken'],
    [{ action: 'unknown', error: fault('timeout', 'slow') }, null, 'slow'],
  ] as const)('shows the plan %j as %s', (step, outcome, reason) => {
    const rows = rowsOf(report({ resolutions: [found(web)], plan: { copies: [planned(web, step)], findings: [] } }));
    expect(rows).toMatchObject([{ target: 'target.example/web:1', outcome, reason }]);
  });

  test('shows what became of the copy rather than what was planned', () => {
    const copy = planned(web);
    const rows = rowsOf(
      report({
        resolutions: [found(web)],
        plan: { copies: [copy], findings: [] },
        outcomes: [{ result: 'failed', copy, error: fault('denied', 'not allowed') }],
      }),
    );
    expect(rows).toMatchObject([{ outcome: 'failed', bytes: 0, reason: 'not allowed' }]);
  });
});
