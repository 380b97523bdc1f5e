/** Values that reach an image by a detour: the finding has to be at the line where they are written. */
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { defaultSet } from '../../helm/cli/helm-fixtures.ts';
import { helms, writeFiles } from '../../support/charts.ts';
import { inTurn } from '../../support/matrix.ts';
import { placed, placeOf } from './placed.ts';
import { podOf, scene, sceneIn, shopYaml } from './provenance-fixtures.ts';

const tagged = podOf('reg.example/shop:{{ .Values.image.tag }}');
const tags = '# The release of this quarter.\nimage:\n  tag: 1.2.3\n';

async function link(target: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  await symlink(target, at);
}

describe.each(inTurn(helms))('with $title', ({ helm, test }) => {
  test('a linked values.yaml has findings in the file that the link leads to', async () => {
    const shop = await sceneIn(helm, 'charts/shop', [defaultSet], async (work) => {
      await writeFiles(work, {
        'charts/shop/Chart.yaml': shopYaml,
        'charts/shop/templates/pod.yaml': tagged,
        'shared/values.yaml': tags,
      });
      await link('../../shared/values.yaml', join(work, 'charts/shop/values.yaml'));
    });
    expect(await placeOf(shop, 'reg.example/shop:1.2.3')).toBe('shared/values.yaml:3');
  });

  test('a linked values file of the user has findings in the file that the link leads to', async () => {
    const set = { name: 'default', valueFiles: ['team/prod.yaml'], set: [] };
    const shop = await sceneIn(helm, 'charts/shop', [set], async (work) => {
      await writeFiles(work, {
        'charts/shop/Chart.yaml': shopYaml,
        'charts/shop/templates/pod.yaml': tagged,
        'shared/values.yaml': tags,
      });
      await link('../shared/values.yaml', join(work, 'team/prod.yaml'));
    });
    expect(await placeOf(shop, 'reg.example/shop:1.2.3')).toBe('shared/values.yaml:3');
  });

  test('a linked subchart and a linked chart have findings in the folder that the link leads to', async () => {
    const shop = await sceneIn(helm, 'charts/shop', [defaultSet], async (work) => {
      await writeFiles(work, {
        'apps/shop/Chart.yaml': shopYaml,
        'apps/shop/templates/pod.yaml': podOf('reg.example/fixed:1'),
        'libs/probe/Chart.yaml': 'apiVersion: v2\nname: probe\nversion: 1.0.0\n',
        'libs/probe/values.yaml': tags,
        'libs/probe/templates/pod.yaml': podOf('reg.example/probe:{{ .Values.image.tag }}'),
      });
      await link('../../../libs/probe', join(work, 'apps/shop/charts/probe'));
      await link('../apps/shop', join(work, 'charts/shop'));
    });
    expect(await placeOf(shop, 'reg.example/fixed:1')).toBe('apps/shop/templates/pod.yaml:8');
    expect(await placeOf(shop, 'reg.example/probe:1.2.3')).toBe('libs/probe/values.yaml:3');
  });

  test.each([
    ['a list of exports', '      - data\n', 'exports:\n  data:\n    image:\n      tag: 1.2.3\n', 4],
    [
      'a child path',
      '      - child: own\n        parent: image\n',
      'own:\n  # The release of this quarter.\n  tag: 1.2.3\n',
      3,
    ],
  ])(
    'a value that import-values takes by %s has findings in the values of the subchart',
    async (_, imports, values, line) => {
      const shop = await scene(helm, {
        'Chart.yaml': `${shopYaml}dependencies:\n  - name: probe\n    version: 1.0.0\n    import-values:\n${imports}`,
        'templates/pod.yaml': tagged,
        'charts/probe/Chart.yaml': 'apiVersion: v2\nname: probe\nversion: 1.0.0\n',
        'charts/probe/values.yaml': values,
      });
      expect(await placeOf(shop, 'reg.example/shop:1.2.3')).toBe(`charts/shop/charts/probe/values.yaml:${line}`);
    },
  );

  test('a value that import-values takes, and that the parent sets itself, has findings in the values of the parent', async () => {
    const shop = await scene(helm, {
      'Chart.yaml': `${shopYaml}dependencies:\n  - name: probe\n    version: 1.0.0\n    import-values: [data]\n`,
      'templates/pod.yaml': tagged,
      'values.yaml': 'image:\n  tag: 1.2.4\n',
      'charts/probe/Chart.yaml': 'apiVersion: v2\nname: probe\nversion: 1.0.0\n',
      'charts/probe/values.yaml': 'exports:\n  data:\n    image:\n      tag: 1.2.3\n',
    });
    const [image] = shop.discovery.images;
    expect(await placed(shop, image?.image ?? '')).toMatchObject({ file: 'charts/shop/values.yaml', line: 2 });
  });
});
