/** Charts of many forms with one wrong image each: the finding has to be at the line that its author changes. */
import { describe, expect } from 'vitest';
import type { Helm } from '../../../src/helm/cli/helm.ts';
import { readConfig } from '../../../src/inputs/config.ts';
import { defaultSet } from '../../helm/cli/helm-fixtures.ts';
import { type Files, helms, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';
import { inTurn } from '../../support/matrix.ts';
import { place, placed, placeOf } from './placed.ts';
import { podOf, type Scene, scene, sceneIn, shopYaml } from './provenance-fixtures.ts';

describe.each(inTurn(helms))('with $title', ({ helm, test }) => {
  test('a chart at the work folder has findings at its files, without a leading "./"', async () => {
    const root = await sceneIn(helm, '.', [defaultSet], async (work) => {
      await writeFiles(work, {
        'Chart.yaml': shopYaml,
        'values.yaml': 'image:\n  tag: 1.2.3\n',
        'templates/pod.yaml': podOf('reg.example/shop:{{ .Values.image.tag }}', 'reg.example/fixed:1'),
      });
    });
    expect(await placeOf(root, 'reg.example/shop:1.2.3')).toBe('values.yaml:2');
    expect(await placeOf(root, 'reg.example/fixed:1')).toBe('templates/pod.yaml:10');
  });

  test.each([
    ['1.10', '1.1', '1.10 without quotes is the number 1.1: write "1.10".'],
    ['1.0', '1', '1.0 without quotes is the number 1: write "1.0".'],
    ['0755', '493', '0755 without quotes is the number 493: write "0755".'],
    ['1_000', '1000', '1_000 without quotes is the number 1000: write "1_000".'],
    ['0x1F', '31', '0x1F without quotes is the number 31: write "0x1F".'],
    ['1e3', '1000', '1e3 without quotes is the number 1000: write "1e3".'],
    ['yes', 'true', 'yes without quotes is the boolean true: write "yes".'],
    ['n', 'false', 'n without quotes is the boolean false: write "n".'],
  ])(
    'the unquoted tag %s, which helm prints as %s, is reported at its line with the reason',
    async (written, printed, reason) => {
      const files = {
        'values.yaml': `image:\n  # The release of this quarter.\n  tag: ${written}\n`,
        'templates/pod.yaml': podOf('reg.example/shop:{{ .Values.image.tag }}'),
      };
      const finding = await placed(await scene(helm, files), `reg.example/shop:${printed}`, 'tag');
      expect(finding).toMatchObject({ file: 'charts/shop/values.yaml', line: 3, advice: `Fix it. ${reason}` });
    },
  );

  test('a quoted tag, and a number that helm prints as it is written, get no such sentence', async () => {
    const files = {
      'values.yaml': 'image:\n  tag: "1.10"\nother:\n  tag: 2024\n',
      'templates/pod.yaml': podOf(
        'reg.example/shop:{{ .Values.image.tag }}',
        'reg.example/two:{{ .Values.other.tag }}',
      ),
    };
    const shop = await scene(helm, files);
    expect(await placed(shop, 'reg.example/shop:1.10')).toMatchObject({ line: 2, advice: 'Fix it.' });
    expect(await placed(shop, 'reg.example/two:2024')).toMatchObject({ line: 4, advice: 'Fix it.' });
  });

  test('an unquoted tag in a values file of the user is reported at the line of that file', async () => {
    const files = {
      'values.yaml': 'image:\n  tag: "1.0.0"\n',
      'templates/pod.yaml': podOf('reg.example/shop:{{ .Values.image.tag }}'),
    };
    const set = { name: 'default', valueFiles: ['team/prod.yaml'], set: [] };
    const shop = await scene(helm, files, { files: { 'team/prod.yaml': 'image: { tag: 1.20 }\n' }, valueSets: [set] });
    expect(await placed(shop, 'reg.example/shop:1.2')).toMatchObject({
      file: 'team/prod.yaml',
      line: 1,
      advice: 'Fix it. 1.20 without quotes is the number 1.2: write "1.20".',
    });
  });

  test.each([
    ['1.10', '1.1'],
    ['010', '8'],
    ['1_000', '1000'],
  ])(
    'the unquoted appVersion %s, which helm reads as %s, is reported at its line of Chart.yaml',
    async (written, printed) => {
      const files = {
        'Chart.yaml': `${shopYaml}appVersion: ${written}\n`,
        'templates/pod.yaml': podOf('reg.example/shop:{{ .Chart.AppVersion }}'),
      };
      expect(await placed(await scene(helm, files), `reg.example/shop:${printed}`, 'tag')).toMatchObject({
        file: 'charts/shop/Chart.yaml',
        line: 4,
        advice: `Fix it. ${written} without quotes is the number ${printed}: write "${written}".`,
      });
    },
  );

  test('an unquoted tag that makes no reference at all is reported at its line with the reason', async () => {
    const shop = await scene(helm, {
      'values.yaml': 'replicas: 2\nimage:\n  tag: 20240101\n',
      'templates/pod.yaml': podOf('reg.example/shop:{{ .Values.image.tag }}'),
    });
    const [finding] = await place(shop, shop.discovery.findings, undefined);
    expect(finding).toMatchObject({ code: 'unreadable', file: 'charts/shop/values.yaml', line: 3 });
    expect(finding?.advice).toContain('20240101 without quotes is the number 2.0240101e+07: write "20240101".');
  });

  test('values that chart-images.yaml sets are reported at their lines of that file', async () => {
    const text = [
      'charts:',
      '  - chart: charts/shop',
      '    set:',
      '      image.tag: 1.10',
      '      image.name: two',
      '    valueSets:',
      '      - name: large',
      '        set:',
      '          - other.tag=1.2.3',
    ].join('\n');
    const files = {
      'Chart.yaml': shopYaml,
      'templates/pod.yaml': podOf(
        'reg.example/shop:{{ .Values.image.tag }}',
        'reg.example/{{ .Values.image.name }}:1',
        'reg.example/three:{{ .Values.other.tag }}',
      ),
    };
    const shop = await sceneOfConfig(helm, { ...below('charts/shop', files), 'chart-images.yaml': text });
    expect(await placed(shop, 'reg.example/shop:1.1', 'tag')).toMatchObject({
      file: 'chart-images.yaml',
      line: 4,
      advice: 'Fix it. 1.10 without quotes is the number 1.1: write "1.10".',
    });
    expect(await placed(shop, 'reg.example/two:1', 'repository')).toMatchObject({ line: 5, advice: 'Fix it.' });
    expect(await placeOf(shop, 'reg.example/three:1.2.3', 'tag')).toBe('chart-images.yaml:9');
  });
});

/** The first chart of a chart-images.yaml, as a run reads it. */
async function sceneOfConfig(helm: Helm, files: Files): Promise<Scene> {
  const work = await writeFiles(await testFolder(), files);
  const { charts } = await readConfig('chart-images.yaml', work);
  return await sceneIn(helm, 'charts/shop', charts[0]?.valueSets ?? [], async (folder) => {
    await writeFiles(folder, files);
  });
}

function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}
