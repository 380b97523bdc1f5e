import { describe, expect } from 'vitest';
import { emptyRegistryFindings } from '../../../src/values/overlay/empty-registries.ts';
import { findRegistryValues, fixedRegistryFindings } from '../../../src/values/overlay/registry-values.ts';
import { locateAtValues } from '../../../src/values/provenance/locate-at-values.ts';
import { defaultSet } from '../../helm/cli/helm-fixtures.ts';
import { type Files, helms } from '../../support/charts.ts';
import { copyContoso } from '../../support/contoso.ts';
import { inTurn } from '../../support/matrix.ts';
import { podOf, type Scene, scene, sceneIn } from '../provenance/provenance-fixtures.ts';

async function valuesOf({ renderings: [rendering], discovery, finder, tools }: Scene) {
  return await findRegistryValues(rendering, discovery, finder, tools);
}

describe.each(inTurn(helms))('values that AOSM overwrites, with $title', ({ helm, it }) => {
  async function pathsAndReasons(files: Files) {
    const { paths, controls } = await valuesOf(await scene(helm, files));
    return { paths, reasons: controls.flatMap((control) => (control.by === 'nothing' ? [control.reason] : [])) };
  }

  it('the worked example has one for all its images', async () => {
    const contoso = await sceneIn(helm, 'charts/contoso', [defaultSet], (work) =>
      copyContoso(work, ['registry.example']),
    );
    const values = await valuesOf(contoso);
    expect(values.paths).toEqual(['global.registryPath']);
    expect(fixedRegistryFindings([values])).toEqual([]);
  });

  it('a value counts only when it is the registry and nothing else', async () => {
    expect(
      await pathsAndReasons({
        'values.yaml': 'a: quay.io\nb: quay.io/team\nc: quay.io/\nd: placeholder\n',
        'templates/pod.yaml': podOf(
          '{{ .Values.a }}/team/a:1',
          '{{ .Values.b }}/b:1',
          '{{ .Values.c }}team/c:1',
          '{{ .Values.d }}/team/d:1',
          'ghcr.io/team/e:1',
          'busybox',
        ),
      }),
    ).toEqual({
      paths: ['a', 'c', 'd'],
      reasons: [
        'the value b contains more than the registry quay.io',
        'the template hard-codes the registry ghcr.io',
        'it has no registry',
      ],
    });
  });

  it('an empty value counts when it puts a registry in front', async () => {
    const files = {
      'values.yaml': 'global: { imageRegistry: "" }\nimage: nginx\n',
      'templates/pod.yaml': podOf('{{ with .Values.global.imageRegistry }}{{ . }}/{{ end }}{{ .Values.image }}:1'),
    };
    expect(await pathsAndReasons(files)).toEqual({ paths: ['global.imageRegistry'], reasons: [] });
  });

  it('an empty value before a slash counts, and a notice says which method of AOSM fills it', async () => {
    const shop = await scene(helm, {
      'values.yaml': 'global: { registryPath: "" }\n',
      'templates/pod.yaml': podOf('"{{ .Values.global.registryPath }}/contosoapp:1.14.2"', '"/fixed:1"'),
    });
    const values = await valuesOf(shop);
    expect(values.paths).toEqual(['global.registryPath']);
    expect(emptyRegistryFindings([values])).toMatchObject([
      {
        code: 'empty-registry',
        severity: 'notice',
        image: '/contosoapp:1.14.2',
        message: expect.stringContaining(
          'has no registry: the value global.registryPath is empty, and only the older method of AOSM (registryValuesPaths) fills it.',
        ),
        advice: 'Set global.registryPath to a dummy such as azure.io, which works with injectArtifactStoreDetails too.',
        file: 'charts/shop/values.yaml',
        line: 1,
      },
      { image: '/fixed:1', message: expect.stringContaining('its registry is empty') },
    ]);
    expect(fixedRegistryFindings([values])).toMatchObject([
      { image: '/fixed:1', message: expect.stringContaining('its registry is empty, and no value sets it') },
    ]);
  });

  it('an image that no value can redirect is a notice with advice', async () => {
    const shop = await scene(helm, { 'templates/pod.yaml': podOf('ghcr.io/team/e:1', 'ghcr.io/team/e:1') });
    expect(fixedRegistryFindings([await valuesOf(shop)])).toEqual([
      {
        code: 'fixed-registry',
        severity: 'notice',
        message:
          'Cannot redirect ghcr.io/team/e:1 (used in shop/templates/pod.yaml (Pod pod)) with a value of shop: the template hard-codes the registry ghcr.io.',
        advice:
          'Only the older method of AOSM needs such a value (registryValuesPaths): read the registry from a separate value in the template, or use injectArtifactStoreDetails, whose webhook replaces any registry.',
        image: 'ghcr.io/team/e:1',
        part: 'registry',
        renderedAt: { chartPath: 'charts/shop', valueSet: 'default', template: 'shop/templates/pod.yaml', line: 10 },
      },
    ]);
  });

  it('the notice is at the use that it is about, also if a value makes the same image elsewhere', async () => {
    const shop = await scene(helm, {
      'values.yaml': 'registry: ghcr.io\n',
      'templates/a.yaml': podOf('{{ .Values.registry }}/team/e:1'),
      'templates/b.yaml': podOf('ghcr.io/team/e:1'),
    });
    const findings = fixedRegistryFindings([await valuesOf(shop)]);
    const located = await locateAtValues(findings, shop.discovery, shop.renderings, shop.finder);
    expect(located).toMatchObject([{ file: 'charts/shop/templates/b.yaml', line: 8 }]);
  });
});
