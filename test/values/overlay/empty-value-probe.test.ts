import { describe, expect, it } from 'vitest';
import { type Files, helms } from '../../support/charts.ts';
import { podOf, shopYaml } from '../provenance/provenance-fixtures.ts';
import { overlayOf, renderedWith } from './overlay-fixtures.ts';

const [, { helm }] = helms;

async function movedBy(files: Files) {
  const made = await overlayOf(helm, files);
  return { text: made.text, coverage: made.coverage, reasons: made.reasons, images: (await renderedWith(made)).images };
}

describe('an image moves by a value that', () => {
  it('is empty and has its repository in the template', async () => {
    expect(
      await movedBy({
        'values.yaml': 'image: { repository: "", tag: "1.25" }\n',
        'templates/pod.yaml': podOf('{{ .Values.image.repository | default "library/nginx" }}:{{ .Values.image.tag }}'),
      }),
    ).toMatchObject({
      coverage: 'movable',
      text: 'image:\n  repository: mirror.example/m/library/nginx\n',
      images: ['mirror.example/m/library/nginx:1.25'],
    });
  });

  it('no values file has, as a global registry with a default', async () => {
    expect(
      await movedBy({
        'values.yaml': 'tag: "1"\n',
        'templates/pod.yaml': podOf(
          '{{ ((.Values.global).imageRegistry) | default "docker.io" }}/acme/web:{{ .Values.tag }}',
        ),
      }),
    ).toMatchObject({ coverage: 'movable', text: 'global:\n  imageRegistry: mirror.example/m\n' });
  });

  it.each(['imageHost', 'repo', 'overrideRepository'])('is empty and called %s', async (key) => {
    const image =
      key === 'imageHost'
        ? `{{ with .Values.${key} }}{{ . }}/{{ end }}acme/web:1`
        : `{{ .Values.${key} | default "acme/web" }}:1`;
    expect(await movedBy({ 'values.yaml': `${key}: ""\n`, 'templates/pod.yaml': podOf(image) })).toMatchObject({
      coverage: 'movable',
      images: ['mirror.example/m/acme/web:1'],
    });
  });

  it('is commented out beside a tag, and read of a map in a helper', async () => {
    expect(
      await movedBy({
        'values.yaml': 'web:\n  image:\n    # repository: acme/web\n    tag: "1"\n',
        'templates/_helpers.tpl': '{{ define "image" }}{{ .repository | default "acme/web" }}:{{ .tag }}{{ end }}',
        'templates/pod.yaml': podOf('{{ include "image" .Values.web.image }}'),
      }),
    ).toMatchObject({ coverage: 'movable', text: 'web:\n  image:\n    repository: mirror.example/m/acme/web\n' });
  });

  it('replaces the whole reference', async () => {
    expect(
      await movedBy({
        'values.yaml': 'version: "2"\n',
        'templates/pod.yaml': podOf('{{ .Values.imageOverride | default (printf "acme/web:%s" .Values.version) }}'),
      }),
    ).toMatchObject({ coverage: 'movable', text: 'imageOverride: mirror.example/m/acme/web:2\n' });
  });

  it('a subchart reads and its parent does not set', async () => {
    expect(
      await movedBy({
        'Chart.yaml': `${shopYaml}dependencies:\n- { name: sub, version: 1.0.0, alias: cache }\n`,
        'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
        'charts/sub/templates/pod.yaml': podOf('{{ (.Values.image).repository | default "redis" }}:7'),
      }),
    ).toMatchObject({ coverage: 'movable', text: 'cache:\n  image:\n    repository: mirror.example/m/redis\n' });
  });

  it('users may set, and not by one that says otherwise', async () => {
    expect(
      await movedBy({
        'values.yaml': '_internal_defaults_do_not_set:\n  global: { hub: quay.io/acme, tag: "1" }\n',
        'templates/pod.yaml': podOf(
          '{{ with mustMergeOverwrite .Values._internal_defaults_do_not_set (dict "global" (.Values.global | default dict)) }}{{ .global.hub }}/web:{{ .global.tag }}{{ end }}',
        ),
      }),
    ).toMatchObject({ coverage: 'movable', text: 'global:\n  hub: mirror.example/m/acme\n' });
  });

  it('is beside others that the chart refuses', async () => {
    expect(
      await movedBy({
        'values.yaml': 'repo: ""\nregistry: ""\n',
        'templates/pod.yaml': `{{ if .Values.registry }}{{ fail (printf "no %s" .Values.registry) }}{{ end }}${podOf('{{ .Values.repo | default "acme/web" }}:1')}`,
      }),
    ).toMatchObject({ coverage: 'movable', text: 'repo: mirror.example/m/acme/web\n' });
  });
});

it('an image whose name no template has is not called text of the template', async () => {
  const { reasons } = await movedBy({
    'values.yaml': 'a: 1\n',
    'templates/pod.yaml': podOf('{{ printf "%s/%s" (join "" (list "ac" "me")) "web" }}:1'),
  });
  expect(reasons).toEqual(['acme/web:1: where its name comes from could not be followed']);
});
