import { expect, it } from 'vitest';
import { effectiveValues } from '../../../src/values/tree/effective-values.ts';
import { formatValuePath } from '../../../src/values/tree/scalar-value.ts';
import { isInternal, unsetValues } from '../../../src/values/tree/unset-values.ts';
import { type Files, helms } from '../../support/charts.ts';
import { podOf, scene } from '../provenance/provenance-fixtures.ts';

const [, { helm }] = helms;

async function unsetIn(files: Files): Promise<readonly string[]> {
  const shop = await scene(helm, files);
  const { chart, root } = await effectiveValues(shop.renderings[0], shop.tools.access);
  if (chart === undefined) throw new Error('the chart was read');
  return (await unsetValues(chart, root)).map(({ keys }) => formatValuePath(keys));
}

it('values that a template reads and no file sets are found if they may name an image', async () => {
  const paths = await unsetIn({
    'values.yaml': 'web: { image: { tag: "1" } }\nset: { registry: quay.io }\nproxy: {}\n',
    'templates/pod.yaml': podOf(
      '{{ ((.Values.global).imageRegistry) | default "docker.io" }}/a:1',
      '{{ .Values.set.registry }}/b:{{ .Values.replicas | default 1 }}',
      '{{ (index .Values "proxy" "image") | default "c" }}:1',
      '{{ .Values.web.image.repository | default "d" }}:{{ .Values.web.image.pullPolicy | default "1" }}',
    ),
  });
  expect(paths).toEqual(expect.arrayContaining(['global.imageRegistry', 'proxy.image', 'web.image.repository']));
  expect(paths.filter((path) => /replicas|pullPolicy|^set/.test(path))).toEqual([]);
});

it('keys that say that users do not set them are internal', () => {
  expect(isInternal(['_internal_defaults_do_not_set', 'global', 'hub'])).toBe(true);
  expect(isInternal(['internal', 'image'])).toBe(false);
});
