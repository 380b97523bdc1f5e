import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { noPolicy } from '../../src/discovery/policy/policy.ts';
import { readConfig } from '../../src/inputs/config.ts';
import { root } from '../support/root.ts';
import { faultOf, faultsOf, placeOf } from './expect-error.ts';
import { folderWith } from './files.ts';
import { accepts } from './json-schema.ts';

const schema: unknown = JSON.parse(await readFile(join(root, 'src/inputs/chart-images.schema.json'), 'utf8'));

const files = { 'ci/a.yaml': '', 'ci/b.yaml': '', 'ci/c.yaml': '' };

async function read(text: string) {
  return await readConfig('ci/chart-images.yaml', await folderWith({ ...files, 'ci/chart-images.yaml': text }));
}

async function fault(text: string) {
  const found = await faultOf(() => read(text));
  return [found.code, placeOf(found).replace('ci/chart-images.yaml', ''), found.message, found.advice];
}

const whole = `# yaml-language-server: $schema=chart-images.schema.json
charts:
  - chart: ../charts/contoso
    values: [a.yaml]
    set:
      image.tag: "1.2"
      list: 'a,b\\c'
      braces: '{x}'
      replicas: 3
      debug: true
      nothing: null
    valueSets:
      - name: small
      - name: large
        values:
          - b.yaml
          - c.yaml
        set: [replicas=5]
  - chart: oci://ghcr.io/contoso/chart:1.0.0
image-sources:
  - myregistry.azurecr.io/test
  - upstream
`;

describe('chart-images.yaml', () => {
  test('gives charts with their values and named value sets, and sources', async () => {
    const folder = await folderWith({ ...files, 'ci/chart-images.yaml': whole });
    const ci = join(folder, 'ci');
    const within = { top: folder, realTop: folder };
    const { charts, sources } = await readConfig('ci/chart-images.yaml', folder);
    const own = ['image.tag=1.2', 'list=a\\,b\\\\c', 'braces=\\{x}', 'replicas=3', 'debug=true', 'nothing=null'];
    const at = (line: number, column: number) => ({ location: { file: 'ci/chart-images.yaml', line, column } });
    const ownSources = [
      at(6, 18),
      at(7, 13),
      at(8, 15),
      { ...at(9, 17), unquoted: '3' },
      { ...at(10, 14), unquoted: 'true' },
      at(11, 16),
    ];
    expect(charts).toEqual([
      {
        location: '../charts/contoso',
        baseFolders: [ci],
        valueSets: [
          { name: 'small', valueFiles: [join(ci, 'a.yaml')], set: own, setSources: ownSources },
          {
            name: 'large',
            valueFiles: [join(ci, 'a.yaml'), join(ci, 'b.yaml'), join(ci, 'c.yaml')],
            set: [...own, 'replicas=5'],
            setSources: [...ownSources, at(18, 15)],
          },
        ],
        valuesIn: 'configuration',
        declaredAt: { file: 'ci/chart-images.yaml', line: 3, column: 12 },
        within,
      },
      {
        location: 'oci://ghcr.io/contoso/chart:1.0.0',
        baseFolders: [ci],
        valueSets: [{ name: 'default', valueFiles: [], set: [] }],
        valuesIn: 'configuration',
        declaredAt: { file: 'ci/chart-images.yaml', line: 19, column: 12 },
        within,
      },
    ]);
    expect(sources?.map(({ text }) => text)).toEqual(['myregistry.azurecr.io/test', 'upstream']);
  });

  test('may be empty, hold only comments, or say only one thing', async () => {
    for (const text of ['', '# nothing yet\n', '\uFEFF{}\n']) {
      expect(await read(text)).toEqual({ charts: [], sources: undefined, policy: noPolicy, inputs: {}, warnings: [] });
    }
    expect((await read('image-sources: [docker.io]')).sources).toHaveLength(1);
  });

  test('may use anchors', async () => {
    const { charts } = await read('charts:\n  - { chart: x, values: &v [a.yaml] }\n  - { chart: y, values: *v }\n');
    expect(charts[1]?.valueSets[0]?.valueFiles).toHaveLength(1);
  });
});

describe('a wrong chart-images.yaml', () => {
  test.each([
    ['a tab', 'charts:\n\t- chart: x', ':2:1'],
    ['an open list', 'charts: [', ':1:10'],
    ['a key given twice', 'charts: []\ncharts: []', ':2:1'],
  ])('that has %s is a syntax error with its place', async (_, text, place) => {
    const [first] = await faultsOf(() => read(text));
    expect(first?.code).toBe('syntax');
    expect(first && placeOf(first)).toBe(`ci/chart-images.yaml${place}`);
  });

  test('that is a bomb of aliases or of brackets is refused', async () => {
    const level = (name: string, of: string) => `${name}: &${name} [${`*${of}, `.repeat(9)}]\n`;
    const bomb = `a: &a [x]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}${level('e', 'd')}`;
    expect((await fault(bomb))[0]).toBe('syntax');
    await expect(read(`charts:\n${'  - chart: x\n'.repeat(1000)}`)).resolves.toBeDefined();
    expect((await fault('a: *nobody'))[0]).toBe('syntax');
    for (const opening of ['[', '{ a: ', '- ']) {
      const [code, place, message] = await fault(opening.repeat(20_000));
      expect([code, place]).toEqual(['syntax', `:1:${64 * opening.length + 1}`]);
      expect(message).toContain('nested too deeply');
    }
  });

  test('names the nearest key at its line and column', async () => {
    expect(await fault('charts:\n  - chart: x\n    valueSet: []\n')).toEqual([
      'unknown-input',
      ':3:5',
      'ci/chart-images.yaml has the unknown key "valueSet". Did you mean "valueSets"?',
      'Valid keys are chart, values, set, valueSets.',
    ]);
    expect((await fault('imageSources: [docker.io]'))[2]).toContain('Did you mean "image-sources"?');
  });

  test.each([
    ['a text as a whole', 'hello', ':1:1', 'The whole file in ci/chart-images.yaml is the string "hello".'],
    ['charts that are no list', 'charts: x', ':1:9', 'charts in ci/chart-images.yaml is the string "x".'],
    ['charts without a value', 'charts:', ':1:8', 'charts in ci/chart-images.yaml is null.'],
    [
      'a chart without its location',
      'charts:\n  - values: []',
      ':2:5',
      'ci/chart-images.yaml is missing charts[0].chart.',
    ],
    ['a chart that is a text', 'charts:\n  - x', ':2:5', 'charts[0] in ci/chart-images.yaml is the string "x".'],
    [
      'a value that is an object',
      'charts:\n  - chart: x\n    set: { a: { b: 1 } }',
      ':3:10',
      'charts[0].set in ci/chart-images.yaml is an object.',
    ],
    [
      'no value sets',
      'charts:\n  - chart: x\n    valueSets: []',
      ':3:16',
      'charts[0].valueSets in ci/chart-images.yaml is an empty list.',
    ],
    [
      'a value set without a name',
      'charts:\n  - chart: x\n    valueSets: [{}]',
      ':3:17',
      'ci/chart-images.yaml is missing charts[0].valueSets[0].name.',
    ],
    ['no sources', 'image-sources: []', ':1:16', 'image-sources in ci/chart-images.yaml is an empty list.'],
    [
      'a source that is a number',
      'image-sources: [5]',
      ':1:17',
      'image-sources[0] in ci/chart-images.yaml is the number 5.',
    ],
  ])('with %s is refused with its place, by the JSON Schema too', async (_, text, location, message) => {
    expect((await fault(text)).slice(0, 3)).toEqual(['schema', location, message]);
    expect(accepts(schema, parse(text))).toBe(false);
  });

  test('a values file that does not exist is an error of its chart, so that the other charts are checked', async () => {
    const { charts } = await read('charts:\n  - chart: x\n    values: [a.yaml, none.yaml]');
    expect(charts[0]?.errors).toMatchObject([
      {
        code: 'file-not-found',
        location: { file: 'ci/chart-images.yaml', line: 3, column: 22 },
        message: 'The values file "none.yaml" does not exist.',
      },
    ]);
  });

  test('a configuration is rejected for errors that a JSON Schema cannot express', async () => {
    expect((await fault('image-sources: [myregistry]')).slice(0, 2)).toEqual(['schema', ':1:17']);
    expect((await fault('charts:\n  - chart: x\n    valueSets: [{ name: a }, { name: a }]')).slice(0, 3)).toEqual([
      'schema',
      ':3:38',
      'ci/chart-images.yaml has two value sets named "a" for one chart.',
    ]);
  });
});

describe('the JSON Schema of chart-images.yaml', () => {
  test.each([whole, '{}', 'charts: []', 'image-sources: [upstream]', 'charts: [{ chart: x, set: [a=b] }]'])(
    'accepts what the reader accepts: %s',
    async (text) => {
      await expect(read(text)).resolves.toBeDefined();
      expect(accepts(schema, parse(text))).toBe(true);
    },
  );

  test.each([
    'chart: x',
    'charts: [{ chart: x, tag: y }]',
    'charts: [{ chart: x, valueSets: [{ name: a, chart: y }] }]',
  ])('refuses unknown keys: %s', async (text) => {
    expect((await fault(text))[0]).toBe('unknown-input');
    expect(accepts(schema, parse(text))).toBe(false);
  });
});
