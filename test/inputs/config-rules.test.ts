import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/inputs/config.ts';
import { root } from '../support/root.ts';
import { faultOf, placeOf } from './expect-error.ts';
import { folderWith } from './files.ts';
import { accepts } from './json-schema.ts';

const schema: unknown = JSON.parse(await readFile(join(root, 'src/inputs/chart-images.schema.json'), 'utf8'));

async function read(text: string) {
  return await readConfig('chart-images.yaml', await folderWith({ 'chart-images.yaml': text }));
}

async function fault(text: string) {
  const found = await faultOf(() => read(text));
  return [found.code, placeOf(found).replace('chart-images.yaml', ''), found.message];
}

const rules = `# yaml-language-server: $schema=chart-images.schema.json
ignore:
  - image: docker.io/contoso/*-test
    reason: only used by helm test
    until: 2027-01-31
  - { chart: contoso, template: contoso/templates/tests/**, kind: Pod, name: '*', path: '**', reason: a test }
require:
  - ghcr.io/contoso/web:*
extra-images:
  - ghcr.io/contoso/agent:2.0
paths:
  - kind: Fleet
    apiVersion: ops.example/*
    path: spec.boxes[*]["the.image"]
`;

test('the chart-images.yaml of the guide is valid', async () => {
  const guide = await readFile(join(root, 'docs', 'guides', 'configuration-file.md'), 'utf8');
  const [, text = ''] = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(guide) ?? [];
  expect(accepts(schema, parse(text))).toBe(true);
  const folder = await folderWith({ 'values/common.yaml': '', 'values/large.yaml': '', 'chart-images.yaml': text });
  const { charts, policy, inputs } = await readConfig('chart-images.yaml', folder);
  expect(charts[0]?.valueSets.map(({ name }) => name)).toEqual(['small', 'large']);
  expect(policy?.ignores).toHaveLength(2);
  expect(Object.keys(inputs ?? {})).toEqual(['placeholder-registries', 'target', 'fail-on', 'platforms']);
});

describe('the rules of chart-images.yaml', () => {
  test('are read with their places', async () => {
    const { policy } = await read(rules);
    const at = (line: number, column: number) => ({ file: 'chart-images.yaml', line, column });
    expect(policy).toMatchObject({
      ignores: [
        {
          patterns: { image: 'docker.io/contoso/*-test' },
          reason: 'only used by helm test',
          until: '2027-01-31',
          location: at(3, 5),
        },
        {
          patterns: { chart: 'contoso', template: 'contoso/templates/tests/**', kind: 'Pod', name: '*', path: '**' },
          until: undefined,
          location: at(6, 5),
        },
      ],
      required: [{ pattern: 'ghcr.io/contoso/web:*', location: at(8, 5) }],
      extraImages: [{ reference: { registry: 'ghcr.io', tag: '2.0' }, path: 'extra-images[0]', location: at(10, 5) }],
      paths: [{ kind: 'Fleet', apiVersion: 'ops.example/*', path: 'spec.boxes[*]["the.image"]', location: at(12, 5) }],
    });
    expect(accepts(schema, parse(rules))).toBe(true);
  });

  test.each([
    ['an ignore without a reason', 'ignore:\n  - image: x', ':2:5', 'chart-images.yaml is missing ignore[0].reason.'],
    [
      'an empty reason',
      'ignore:\n  - image: x\n    reason: ""',
      ':3:13',
      'ignore[0].reason in chart-images.yaml is empty.',
    ],
    [
      'a date in another form',
      'ignore:\n  - { image: x, reason: y, until: 31.1.2027 }',
      ':2:35',
      'ignore[0].until in chart-images.yaml is the string "31.1.2027".',
    ],
    ['a required image that is no text', 'require: [5]', ':1:11', 'require[0] in chart-images.yaml is the number 5.'],
    ['a path without a kind', 'paths:\n  - path: spec.image', ':2:5', 'chart-images.yaml is missing paths[0].kind.'],
  ])('are refused with %s, by the JSON Schema too', async (_, text, location, message) => {
    expect(await fault(text)).toEqual(['schema', location, message]);
    expect(accepts(schema, parse(text))).toBe(false);
  });

  test.each([
    ['an ignore of nothing', 'ignore:\n  - reason: x', ':2:5', 'has no pattern'],
    [
      'a day that no month has',
      'ignore:\n  - { image: x, reason: y, until: 2027-02-30 }',
      ':2:35',
      'is not a valid date',
    ],
    ['an extra image that is none', 'extra-images:\n  - Not An Image', ':2:5', '"Not An Image"'],
    ['a path that is none', 'paths:\n  - { kind: A, path: spec..image }', ':2:22', 'from character 5'],
  ])('are refused with %s', async (_, text, place, message) => {
    const [code, where, told] = await fault(text);
    expect([code, where]).toEqual(['schema', place]);
    expect(told).toContain(message);
  });

  test('name the nearest key', async () => {
    expect(await fault('ignores: []')).toEqual([
      'unknown-input',
      ':1:1',
      'chart-images.yaml has the unknown key "ignores". Did you mean "ignore"?',
    ]);
    expect((await fault('ignore:\n  - { image: x, reasons: y }'))[2]).toContain('Did you mean "reason"?');
  });
});
