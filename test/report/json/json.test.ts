import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { reportJson, toJson } from '../../../src/report/json/json.ts';
import { absent, contoso, delta, finding, found, image, report, use, viewOf } from '../model/sample.ts';

describe('images.json', () => {
  test('has the keys of the contract in its order, and `errors` besides', () => {
    const json = reportJson(
      viewOf({
        ...contoso(),
        findings: [finding('absent', { line: 1, file: 'values.yaml', image: 'web:1' })],
      }),
    );
    const [chart = {}] = json.charts;
    const [one] = json.images;
    const [found = {}] = json.findings;
    expect(Object.keys(json)).toEqual(['version', 'charts', 'images', 'findings', 'errors', 'totals']);
    expect(Object.keys(chart)).toEqual(['name', 'version', 'path', 'valueSets', 'helm']);
    expect(Object.keys(one ?? {}).join()).toBe(
      'image,confidence,uses,status,source,digest,mediaType,size,trace,target,outcome,bytes',
    );
    expect(Object.keys(one?.uses[0] ?? {}).join()).toBe('chart,valueSets,template,kind,name,path,line,rule');
    expect(Object.keys(one?.trace[0] ?? {})).toEqual(['candidate', 'result']);
    expect(Object.keys(found)).toEqual(['code', 'severity', 'message', 'advice', 'image', 'file', 'line']);
    expect(Object.keys(json.totals)).toEqual(['images', 'found', 'absent', 'unknown', 'copied', 'bytes']);
  });

  test('images.json has the toggles of optional uses only', () => {
    const uses = [use('web:1', { optionalBy: ['metrics.enabled=true', 'a=true,b=true'] }), use('web:1')];
    const [one, two] = reportJson(viewOf(report({ resolutions: [found(image('web:1', uses))] }))).images[0]?.uses ?? [];
    expect(one?.optionalBy).toEqual(['metrics.enabled=true', 'a=true,b=true']);
    expect(two).not.toHaveProperty('optionalBy');
  });

  test('images.json has the error that ended a run early, with its location', () => {
    const error = new ChartImagesError('chart-render', 'It does not render.', {
      advice: 'Fix it.',
      location: { file: 'charts/web/templates/a.yaml', line: 3 },
    });
    expect(reportJson(viewOf(report({ errors: [error] }))).errors).toEqual([
      {
        code: 'chart-render',
        message: 'It does not render.',
        advice: 'Fix it.',
        file: 'charts/web/templates/a.yaml',
        line: 3,
      },
    ]);
  });

  test('images.json has the documented keys of a copied image', () => {
    expect(reportJson(viewOf(contoso())).images[0]).toEqual({
      image: 'repository/release/contoso-a:1.0.0',
      confidence: 'certain',
      uses: [
        {
          chart: 'contoso',
          valueSets: ['default'],
          template: 'contoso/templates/a.yaml',
          kind: 'Deployment',
          name: 'contoso-a',
          path: 'spec.template.spec.containers[0].image',
          line: 21,
          rule: 'pod-spec',
        },
      ],
      status: 'found',
      source: 'source.example/release/contoso-a:1.0.0',
      digest: 'sha256:4e6be4a72dcc58e3994cd713b2bab30d606dac5521776b1ea351f19828862316',
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: 1234,
      trace: [{ candidate: 'source.example/release/contoso-a:1.0.0', result: 'found' }],
      target: 'target.example/release/contoso-a:1.0.0',
      outcome: 'copied',
      // Besides.
      bytes: 3_075_000,
    });
  });

  test('says null, and not nothing, where an image has no source', () => {
    expect(reportJson(viewOf(report({ resolutions: [absent(image('web:1'))] }))).images[0]).toMatchObject({
      status: 'absent',
      source: null,
      digest: null,
      mediaType: null,
      size: null,
      target: null,
      outcome: null,
      trace: [
        { candidate: 'source.example/web:1', result: 'absent' },
        { candidate: 'second.example/web:1', result: 'absent' },
      ],
    });
  });

  test('has what a change does, which values make an image and what the base has already, where the run knows it', () => {
    const file = 'charts/contoso/values.yaml';
    const values = [
      { parts: ['tag'], path: 'web.tag', at: { in: 'file', file, line: 12 } },
      { parts: ['registry'], path: 'hub', at: { in: 'archive', file: 'charts/a.tgz', inside: 'values.yaml:3' } },
      { parts: ['digest'], path: 'digest', at: { in: 'set' } },
    ] as const;
    const json = reportJson(
      viewOf(
        report({
          resolutions: [found(image('web:1')), found(image('web:2'))],
          findings: [finding('no-tag', { age: 'known' })],
          origins: [{ image: 'web:1', chartPath: 'charts/contoso', values }],
          registryValues: [{ chartPath: 'charts/contoso', paths: ['global.registry'] }],
          delta: { ...delta(), bytes: undefined },
        }),
      ),
    );
    const told = [
      { parts: ['tag'], path: 'web.tag', file, line: 12 },
      { parts: ['registry'], path: 'hub', file: 'charts/a.tgz', line: null, inside: 'values.yaml:3' },
      { parts: ['digest'], path: 'digest', file: null, line: null },
    ];
    expect(json.images.map(({ origin }) => origin)).toEqual([
      [{ chartPath: 'charts/contoso', values: told }],
      undefined,
    ]);
    expect(json.charts[0]?.registryValuesPaths).toEqual(['global.registry']);
    expect(json.findings[0]?.age).toBe('known');
    expect(json.delta).toEqual({
      base: 'main',
      added: [{ image: 'job:2', charts: ['contoso'], bytes: 3_075_000 }],
      removed: [{ image: 'old:1', charts: ['contoso'] }],
      moved: [{ image: 'web', from: 'web:1.0', to: 'web:1.1', charts: ['contoso', 'second'], bytes: 123_456 }],
      bytes: null,
    });
  });

  test('counts images by their status and outcome', () => {
    expect(reportJson(viewOf(contoso())).totals).toEqual({
      images: 4,
      found: 4,
      absent: 0,
      unknown: 0,
      copied: 4,
      bytes: 12_300_000,
    });
  });

  test('is the same text for the same run, and reads back as the same value', () => {
    expect(toJson(viewOf(contoso()))).toBe(toJson(viewOf(contoso())));
    expect(JSON.parse(toJson(viewOf(contoso())))).toEqual(reportJson(viewOf(contoso())));
    expect(toJson(viewOf(contoso())).endsWith('}\n')).toBe(true);
  });
});
