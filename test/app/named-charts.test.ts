import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { run } from '../../src/app/run.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { chartFiles, type Files, packedChart, writeFiles } from '../support/charts.ts';
import { testFolder } from '../support/folder.ts';
import { recordingHost } from '../support/recording-host.ts';

beforeEach(() => {
  vi.stubEnv('PATH', [toolFolder('helm-4'), process.env['PATH']].join(delimiter));
  return () => vi.unstubAllEnvs();
});

interface Listed {
  readonly exit: number | undefined;
  /** Chart path and image. */
  readonly images: readonly string[];
  readonly charts: readonly string[];
  readonly errors: ImagesJson['errors'];
  readonly log: readonly string[];
}

/** Lists the images of the charts in a folder, without a registry. */
async function list(work: string, inputs: Readonly<Record<string, string>> = {}): Promise<Listed> {
  const log: string[] = [];
  const keep = (line: string) => void log.push(line);
  const { host, shown } = recordingHost(work, {
    inputs: { resolve: 'false', ...inputs },
    log: { debug: keep, info: keep, warning: keep },
    folders: { work, temporary: await testFolder(), toolCache: await testFolder() },
  });
  await run(host, new AbortController().signal);
  const { images, charts, errors }: ImagesJson = JSON.parse(shown.json);
  return {
    exit: shown.exit,
    images: images.map(({ image }) => image).sort(),
    charts: charts.map(({ path, valueSets }) => [path, ...valueSets].join(' ')),
    errors,
    log,
  };
}

const chart = (name: string, files: Files = {}) =>
  chartFiles(name, { 'values.yaml': `image: r.io/${name}:1\n`, ...files });

async function threeCharts(config = ''): Promise<string> {
  const work = await testFolder();
  for (const name of ['lib-a', 'one', 'two']) await writeFiles(join(work, 'charts', name), chart(name));
  if (config !== '') await writeFile(join(work, 'chart-images.yaml'), config);
  return work;
}

describe('a chart entry in chart-images.yaml', () => {
  const entry = '  - { chart: charts/two, valueSets: [{ name: big, set: { image: r.io/big:1 } }] }\n';

  test.each([
    ['of the same file, after it', `charts:\n  - chart: charts/*\n${entry}`, {}],
    ['of the same file, before it', `charts:\n${entry}  - chart: charts/*\n`, {}],
    ['of the input charts', `charts:\n${entry}`, { charts: 'charts/*' }],
  ])('takes the place of the match of a pattern %s', async (_, config, inputs) => {
    const { images, charts } = await list(await threeCharts(config), inputs);
    expect(images).toEqual(['r.io/big:1', 'r.io/lib-a:1', 'r.io/one:1']);
    expect([...charts].sort()).toEqual(['charts/lib-a default', 'charts/one default', 'charts/two big']);
  });

  test('is not used for a chart that inputs name without a pattern, and may name one that does not exist', async () => {
    const config = `charts:\n${entry}  - chart: charts/none\n`;
    expect((await list(await threeCharts(config), { charts: 'charts/two' })).images).toEqual(['r.io/two:1']);
    expect((await list(await threeCharts(config), { charts: 'charts/*' })).exit).toBe(0);
  });

  test('whose values file is missing does not hide the other charts', async () => {
    const work = await threeCharts('charts:\n  - { chart: charts/one, values: [none.yaml] }\n  - chart: charts/two\n');
    const { exit, images, errors } = await list(work);
    expect([exit, images]).toEqual([2, ['r.io/two:1']]);
    expect(errors).toMatchObject([{ code: 'file-not-found', file: 'chart-images.yaml', line: 2 }]);
  });
});

describe('charts that a pattern matches', () => {
  test('are rendered once, also when two patterns or a name match them', async () => {
    const { charts } = await list(await threeCharts(), { charts: 'charts/*\ncharts/t*\ncharts/one' });
    expect([...charts].sort()).toEqual(['charts/lib-a default', 'charts/one default', 'charts/two default']);
  });

  test.each([
    ['the input charts', '', { charts: 'charts/*\n!charts/lib-*' }],
    ['the input charts, by name', '', { charts: '!charts/lib-a/\ncharts/*' }],
    ['chart-images.yaml', 'charts:\n  - chart: charts/*\n  - chart: "!charts/lib-*"\n', {}],
    ['the input charts alone', '', { charts: '!charts/lib-*' }],
  ])('are left out by an exclusion in %s', async (_, config, inputs) => {
    const { exit, images } = await list(await threeCharts(config), inputs);
    expect([exit, images]).toEqual([0, ['r.io/one:1', 'r.io/two:1']]);
  });

  test('are rendered although an exclusion matches them, if they are named too', async () => {
    const { images } = await list(await threeCharts(), { charts: 'charts/*\n!charts/*\ncharts/one' });
    expect(images).toEqual(['r.io/one:1']);
  });

  test('that are all left out are an error, and an exclusion without a match is logged', async () => {
    const all = await list(await threeCharts(), { charts: 'charts/*\n!charts/*' });
    expect([all.exit, all.errors.map(({ message }) => message)]).toEqual([
      2,
      ['Cannot render charts/*: all of its charts are excluded.'],
    ]);
    const none = await list(await threeCharts(), { charts: 'charts/*\n!chart/lib-*' });
    expect(none.log).toContain('!chart/lib-* excludes no chart.');
  });
});

describe('without charts', () => {
  test('those in charts/ are used', async () => {
    expect((await list(await threeCharts())).images).toEqual(['r.io/lib-a:1', 'r.io/one:1', 'r.io/two:1']);
  });

  test('the folder of the run is used if it is a chart, with its subcharts as part of it', async () => {
    const work = await writeFiles(await testFolder(), chart('web'));
    await writeFiles(join(work, 'charts/sub'), chart('sub'));
    const { images, charts } = await list(work);
    expect([images, charts]).toEqual([['r.io/sub:1', 'r.io/web:1'], ['. default']]);
  });

  test('in the folder either, the error says what was tried', async () => {
    const { exit, errors } = await list(await testFolder());
    expect([exit, errors[0]?.code]).toEqual([2, 'missing-input']);
    expect(errors[0]?.advice).toContain('charts/*');
  });
});

describe('the advice for a chart that needs values', () => {
  const needy: Files = { 'templates/pod.yaml': '{{ required "the image is needed" .Values.needed }}\n' };

  test.each([
    ['charts/*', { charts: 'charts/*' }, '`- { chart: charts/one, values: [charts/one/ci/small-values.yaml] }`'],
    ['charts/one', { charts: 'charts/one' }, 'set the input values to charts/one/ci/small-values.yaml'],
  ])('shows the entry to write with its values file for tests, for charts: %s', async (_, inputs, text) => {
    const work = await testFolder();
    await writeFiles(join(work, 'charts/one'), chart('one', { ...needy, 'ci/small-values.yaml': 'needed: yes\n' }));
    const { errors } = await list(work, inputs);
    expect(errors).toMatchObject([{ code: 'chart-render', advice: expect.stringContaining(text) }]);
  });

  test('shows an entry that works', async () => {
    const work = await testFolder();
    await writeFiles(
      join(work, 'charts/one'),
      chart('one', {
        'templates/need.yaml': needy['templates/pod.yaml'] ?? '',
        'ci/a-values.yaml': 'needed: "# yes"\n',
      }),
    );
    const { errors } = await list(work, { charts: 'charts/*' });
    const [, entry] = /`(.*)` under charts/.exec(errors[0]?.advice ?? '') ?? [];
    await writeFile(join(work, 'chart-images.yaml'), `charts:\n  ${entry}\n`);
    expect((await list(work, { charts: 'charts/*' })).images).toEqual(['r.io/one:1']);
  });

  test('is to write a file if the chart has none for tests, and the key of the input file where that names the chart', async () => {
    const work = await testFolder();
    await writeFiles(join(work, 'charts/one'), chart('one', needy));
    await writeFile(join(work, 'charts/two.tgz'), await packedChart('two', chart('two', needy)));
    const typed = await list(work, { charts: 'charts/*' });
    expect(typed.errors.map(({ advice }) => advice)).toEqual([
      expect.stringContaining('- { chart: charts/one, values: [values/example.yaml] }'),
      expect.stringContaining('- { chart: charts/two.tgz, values: [values/example.yaml] }'),
    ]);
  });
});

test('a run without registries has the values behind its images in its report, and in no table', async () => {
  const work = await testFolder();
  await writeFiles(join(work, 'web'), chart('web'));
  const originsOf = async (parts: object) => {
    const { host, shown } = recordingHost(work, {
      inputs: { resolve: 'false', charts: 'web' },
      folders: { work, temporary: await testFolder(), toolCache: await testFolder() },
      ...parts,
    });
    await run(host, new AbortController().signal);
    const { images }: ImagesJson = JSON.parse(shown.json);
    return images.map(({ origin }) => origin?.flatMap(({ values }) => values));
  };
  const value = { path: 'image', file: 'web/values.yaml', line: 1 };
  expect(await originsOf({ printsReport: true })).toMatchObject([
    [{ parts: ['registry', 'repository', 'tag'], ...value }],
  ]);
  expect(await originsOf({})).toEqual([undefined]);
});
