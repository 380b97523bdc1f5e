import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { discover } from '../../../src/discovery/discover.ts';
import { overlaysFor } from '../../../src/values/overlay/overlay.ts';
import { overlayFiles } from '../../../src/values/overlay/write-overlays.ts';
import { createValueTracer } from '../../../src/values/provenance/trace-values.ts';
import { findOptionalImages } from '../../../src/values/toggles/optional-images.ts';
import { defaultSet, helmSetting, noOptions } from '../../helm/cli/helm-fixtures.ts';
import { writeFiles } from '../../support/charts.ts';
import { pod, shop } from '../toggles/toggle-fixtures.ts';

test('a chart with a dependency in a folder, and an image behind a switch, has one overlay that moves both', async () => {
  const helm = { path: toolPath('helm-4'), version: '4.2.4' };
  const setting = await helmSetting();
  const values = 'image: quay.io/team/shop:1\nproxy: { enabled: false, image: "ghcr.io/team/proxy:2" }\n';
  await writeFiles(
    join(setting.work, 'shop'),
    shop(values, {
      'Chart.yaml':
        'apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies: [{ name: store, version: 1.0.0, repository: file://../store }]\n',
      'templates/shop.yaml': pod('shop', '{{ .Values.image }}'),
      'templates/proxy.yaml': `{{ if .Values.proxy.enabled }}${pod('proxy', '{{ .Values.proxy.image }}')}{{ end }}`,
    }),
  );
  await writeFiles(join(setting.work, 'store'), {
    'Chart.yaml': 'apiVersion: v2\nname: store\nversion: 1.0.0\n',
    'values.yaml': 'image: docker.io/team/store:3\n',
    'templates/store.yaml': pod('store', '{{ .Values.image }}'),
  });
  const chart = await setting.chart('shop', { ...defaultSet });
  const tools = { helm, template: noOptions, access: setting.access };
  const rendered = await setting.render(helm, chart);
  const { renderings, discovery } = await findOptionalImages(rendered, discover(rendered), tools, 24);
  expect(discovery.images.map(({ image }) => image)).toHaveLength(3);

  const target = (image: string) => ({ registry: 'target.example', repository: image.replace(/^[^/]+\/|:.*$/g, '') });
  const overlays = await overlaysFor(renderings, discovery, target, createValueTracer(tools), tools);
  expect(overlays.map(({ coverage, stuck }) => ({ coverage, stuck }))).toEqual([{ coverage: 'movable', stuck: [] }]);
  const files = overlayFiles(overlays, '/o.yaml', 'target.example');
  expect(files.map(({ path }) => path)).toEqual(['/o.yaml']);
  for (const name of ['shop', 'store', 'proxy']) expect(files[0]?.text).toContain(`target.example/team/${name}`);
});
