/** Findings in subcharts of all kinds have to be at a file and a line that their author has. */
import { describe, expect, test } from 'vitest';
import { defaultSet } from '../../helm/cli/helm-fixtures.ts';
import { type Files, helms, packedChart, writeFiles } from '../../support/charts.ts';
import { placed, placeOf } from '../provenance/placed.ts';
import { podOf, scene, sceneIn, shopYaml } from '../provenance/provenance-fixtures.ts';

/** A chart with a value at line 3 of values.yaml, and a fixed image at line 10 of its template. */
function probe(name: string, more: Files = {}): Files {
  return {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    'values.yaml': `image:\n  # The release of this quarter.\n  tag: 2.0.0\n`,
    'templates/pod.yaml': podOf(`reg.example/${name}:{{ .Values.image.tag }}`, `reg.example/fixed-${name}:1`),
    ...more,
  };
}

function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

const dependencies = (...entries: readonly string[]) => `${shopYaml}dependencies:\n${entries.join('')}`;
const entry = (name: string, more: Readonly<Record<string, string>>) => {
  const fields = Object.entries({ version: '1.0.0', ...more }).map(([key, value]) => `    ${key}: ${value}\n`);
  return `  - name: ${name}\n${fields.join('')}`;
};

describe.each(helms)('with $title', ({ helm }) => {
  test('a file:// dependency that the run builds has findings in its own folder', async () => {
    const shop = await sceneIn(helm, 'charts/shop', [defaultSet], async (work) => {
      await writeFiles(work, {
        'charts/shop/Chart.yaml': dependencies(entry('probe', { repository: 'file://../../libs/probe' })),
        ...below('libs/probe', probe('probe')),
      });
    });
    expect(await placed(shop, 'reg.example/probe:2.0.0')).toMatchObject({
      file: 'libs/probe/values.yaml',
      line: 3,
      advice: 'Fix it.',
    });
    expect(await placed(shop, 'reg.example/fixed-probe:1')).toMatchObject({
      file: 'libs/probe/templates/pod.yaml',
      line: 10,
      advice: 'Fix it.',
    });
  });

  test('a dependency of a file:// dependency has findings in its own folder', async () => {
    const shop = await sceneIn(helm, 'charts/shop', [defaultSet], async (work) => {
      await writeFiles(work, {
        'charts/shop/Chart.yaml': dependencies(entry('api', { repository: 'file://../../libs/api' })),
        ...below('libs/api', probe('api')),
        'libs/api/Chart.yaml': `apiVersion: v2\nname: api\nversion: 1.0.0\ndependencies:\n${entry('db', { repository: '""' })}`,
        ...below('libs/api/charts/db', probe('db')),
      });
    });
    expect(await placeOf(shop, 'reg.example/db:2.0.0')).toBe('libs/api/charts/db/values.yaml:3');
    expect(await placeOf(shop, 'reg.example/fixed-db:1')).toBe('libs/api/charts/db/templates/pod.yaml:10');
  });

  test('a file:// dependency whose archive is committed has findings at the dependency, with the archive', async () => {
    const shop = await scene(
      helm,
      { 'Chart.yaml': dependencies(entry('probe', { repository: 'file://../../libs/probe' })) },
      {
        files: below('libs/probe', probe('probe')),
        binaries: { 'charts/shop/charts/probe-1.0.0.tgz': await packedChart('probe', probe('probe')) },
      },
    );
    expect(await placed(shop, 'reg.example/probe:2.0.0')).toMatchObject({
      file: 'charts/shop/Chart.yaml',
      line: 5,
      advice: 'Fix it. Its location in probe-1.0.0.tgz is values.yaml:3.',
    });
  });

  test('a subchart in a folder with an alias, and in a folder of another name, has findings at its files', async () => {
    const shop = await scene(helm, {
      'Chart.yaml': dependencies(
        entry('probe', { alias: 'first' }),
        entry('probe', { alias: 'second' }),
        entry('other', {}),
      ),
      'values.yaml': 'second:\n  image:\n    tag: 2.0.2\n',
      ...below('charts/probe', probe('probe')),
      ...below('charts/folder', probe('other')),
    });
    expect(await placeOf(shop, 'reg.example/fixed-probe:1')).toBe('charts/shop/charts/probe/templates/pod.yaml:10');
    expect(await placeOf(shop, 'reg.example/probe:2.0.0')).toBe('charts/shop/charts/probe/values.yaml:3');
    expect(await placeOf(shop, 'reg.example/probe:2.0.2')).toBe('charts/shop/values.yaml:3');
    expect(await placeOf(shop, 'reg.example/fixed-other:1')).toBe('charts/shop/charts/folder/templates/pod.yaml:10');
  });

  test('a packaged subchart has findings at the line of its dependency, each alias at its own', async () => {
    const aliased = (name: string): Files => ({
      ...probe('probe'),
      'templates/pod.yaml': podOf('reg.example/{{ .Chart.Name }}:{{ .Values.image.tag }}', `reg.example/${name}:1`),
    });
    const shop = await scene(
      helm,
      { 'Chart.yaml': dependencies(entry('probe', { alias: 'first' }), entry('probe', { alias: 'second' })) },
      { binaries: { 'charts/shop/charts/probe-1.0.0.tgz': await packedChart('probe', aliased('fixed')) } },
    );
    expect(await placed(shop, 'reg.example/first:2.0.0', 'tag')).toMatchObject({
      file: 'charts/shop/Chart.yaml',
      line: 5,
      advice: 'Fix it. Its location in probe-1.0.0.tgz is values.yaml:3.',
    });
    expect(await placeOf(shop, 'reg.example/second:2.0.0', 'tag')).toBe('charts/shop/Chart.yaml:8');
    expect(await placed(shop, 'reg.example/fixed:1')).toMatchObject({
      file: 'charts/shop/Chart.yaml',
      line: 5,
      advice: 'Fix it. Its location in probe-1.0.0.tgz is templates/pod.yaml:10.',
    });
  });

  test('two versions of a packaged subchart have findings at their own dependencies, with their own archives', async () => {
    const packed = async (version: string) => {
      const files = { ...probe('probe'), 'Chart.yaml': `apiVersion: v2\nname: probe\nversion: ${version}\n` };
      const pod = podOf(`reg.example/probe-${version}:{{ .Values.image.tag }}`, `reg.example/fixed:${version}`);
      return await packedChart('probe', { ...files, 'templates/pod.yaml': pod });
    };
    const shop = await scene(
      helm,
      {
        'Chart.yaml': dependencies(
          entry('probe', { version: '2.x', alias: 'second' }),
          entry('probe', { version: '1.x', alias: 'first' }),
        ),
      },
      {
        binaries: {
          'charts/shop/charts/probe-1.2.0.tgz': await packed('1.2.0'),
          'charts/shop/charts/probe-2.3.0.tgz': await packed('2.3.0'),
        },
      },
    );
    expect(await placed(shop, 'reg.example/fixed:1.2.0')).toMatchObject({
      file: 'charts/shop/Chart.yaml',
      line: 8,
      advice: 'Fix it. Its location in probe-1.2.0.tgz is templates/pod.yaml:10.',
    });
    expect(await placed(shop, 'reg.example/fixed:2.3.0')).toMatchObject({
      file: 'charts/shop/Chart.yaml',
      line: 5,
      advice: 'Fix it. Its location in probe-2.3.0.tgz is templates/pod.yaml:10.',
    });
    expect(await placed(shop, 'reg.example/probe-2.3.0:2.0.0', 'tag')).toMatchObject({
      line: 5,
      advice: 'Fix it. Its location in probe-2.3.0.tgz is values.yaml:3.',
    });
  });

  test('a subchart in a folder of a packaged subchart has findings at the dependency of the packaged one', async () => {
    const packed = await packedChart('probe', { ...probe('probe'), ...below('charts/deep', probe('deep')) });
    const shop = await scene(
      helm,
      { 'Chart.yaml': dependencies(entry('probe', {})) },
      { binaries: { 'charts/shop/charts/probe-1.0.0.tgz': packed } },
    );
    expect(await placed(shop, 'reg.example/fixed-deep:1')).toMatchObject({
      file: 'charts/shop/Chart.yaml',
      line: 5,
      advice: 'Fix it. Its location in probe-1.0.0.tgz is charts/deep/templates/pod.yaml:10.',
    });
  });

  test('a packaged subchart that Chart.yaml does not list has findings at its archive', async () => {
    const shop = await scene(
      helm,
      {},
      { binaries: { 'charts/shop/charts/probe-1.0.0.tgz': await packedChart('probe', probe('probe')) } },
    );
    expect(await placeOf(shop, 'reg.example/probe:2.0.0')).toBe('charts/shop/charts/probe-1.0.0.tgz');
    expect(await placed(shop, 'reg.example/fixed-probe:1')).toMatchObject({
      file: 'charts/shop/charts/probe-1.0.0.tgz',
      advice: 'Fix it. Its location in probe-1.0.0.tgz is templates/pod.yaml:10.',
    });
  });
});
