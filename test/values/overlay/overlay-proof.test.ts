import { describe, expect, it } from 'vitest';
import { helms } from '../../support/charts.ts';
import { podOf } from '../provenance/provenance-fixtures.ts';
import { overlayOf, renderedWith } from './overlay-fixtures.ts';

const [, { helm }] = helms;

/** A pod with one image, and more below its metadata. */
function podWith(image: string, metadata: string, rest = ''): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod\n${metadata}spec:\n  containers:\n    - name: main\n      image: ${image}\n${rest}`;
}

describe('a values overlay changes nothing but images:', () => {
  it('a label that has the repository keeps its text, and the reason names the label', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'image: { repository: acme/web, tag: "1" }\nproxy: quay.io/acme/proxy:2\n',
      'templates/pod.yaml': podWith(
        '{{ .Values.image.repository }}:{{ .Values.image.tag }}',
        '  labels: { app: {{ .Values.image.repository | quote }} }\n',
        '    - name: proxy\n      image: {{ .Values.proxy }}\n',
      ),
    });
    expect(made.text).toBe('proxy: mirror.example/m/acme/proxy:2\n');
    expect(made.reasons).toEqual([
      'acme/web:1: image.repository also sets metadata.labels.app of Pod pod in shop/templates/pod.yaml',
    ]);
  });

  it('the name of a container and of an object keep their texts', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'image: web\nsidecar: proxy\n',
      'templates/pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p-{{ .Values.sidecar }}\nspec:\n  containers:\n    - name: {{ .Values.image }}\n      image: {{ .Values.image }}:1\n    - name: other\n      image: {{ .Values.sidecar }}:2\n`,
    });
    expect(made).toMatchObject({ coverage: 'fixed', text: '' });
    expect(made.reasons).toEqual([
      'web:1: image also sets spec.containers[0].name of Pod p-proxy in shop/templates/pod.yaml',
      'proxy:2: sidecar also sets metadata.name of Pod p-proxy in shop/templates/pod.yaml',
    ]);
  });

  it('a host of an ingress and of an address keep their texts', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'registry: registry.example\nother: quay.io\n',
      'templates/pod.yaml': podOf('{{ .Values.registry }}/acme/web:1', '{{ .Values.other }}/acme/api:1'),
      'templates/ingress.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  rules:\n    - host: {{ .Values.registry }}\n',
      'templates/map.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata:\n  url: https://{{ .Values.other }}/status\n',
    });
    expect(made.text).toBe('');
    expect(made.reasons[0]).toContain('spec.rules[0].host of Ingress web');
    expect(made.reasons[1]).toContain('data.url of ConfigMap map');
  });

  it('an argument that only has the same word keeps it', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'name: redis\n',
      'templates/pod.yaml': podWith('{{ .Values.name }}:7', '', '      args: [{{ .Values.name }}]\n'),
    });
    expect(made).toMatchObject({ coverage: 'fixed', text: '' });
  });

  it('the names in a document in a text keep theirs', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'image: acme/agent\n',
      'templates/map.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata:\n  pod.yaml: |\n    metadata:\n      labels:\n        app: {{ .Values.image }}\n    spec:\n      containers:\n        - name: agent\n          image: {{ .Values.image }}:1\n',
    });
    expect(made).toMatchObject({ coverage: 'fixed', text: '' });
  });

  it('an overlay that turns off a document is not written', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'image: quay.io/acme/web:1\n',
      'templates/pod.yaml': podOf('{{ .Values.image }}'),
      'templates/map.yaml':
        '{{ if hasPrefix "quay.io/acme" (regexReplaceAll "-?[0-9]+" .Values.image "") }}\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\n{{ end }}',
    });
    expect(made).toMatchObject({ coverage: 'fixed', text: '' });
  });

  it('checksums, random texts, registry settings, and annotations may follow', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'registry: quay.io\nimage: acme/web\n',
      'templates/pod.yaml': podWith(
        '{{ .Values.registry }}/{{ .Values.image }}:1',
        '  annotations:\n    checksum/config: {{ toJson .Values | sha256sum }}\n    images: "{{ .Values.registry }}/{{ .Values.image }}:1"\n',
        '      env: [{ name: REGISTRY, value: {{ .Values.registry }} }]\n',
      ),
      'templates/secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: pw-{{ randAlphaNum 5 | lower }} }\ndata:\n  password: {{ randAlphaNum 12 | b64enc }}\n  image: {{ printf "%s/%s:1" .Values.registry .Values.image | b64enc }}\n',
    });
    expect(made).toMatchObject({
      coverage: 'movable',
      stuck: [],
      sideEffects: [],
      text: 'registry: mirror.example/m\n',
    });
  });

  it('any other field that follows is a side effect with its path and text', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'image: quay.io/acme/web:1\n',
      'templates/pod.yaml': podOf('{{ .Values.image }}'),
      'templates/map.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata:\n  length: {{ len .Values.image | quote }}\n',
    });
    expect(made.coverage).toBe('movable');
    expect(made.sideEffects).toEqual([
      { field: 'data.length of ConfigMap map in shop/templates/map.yaml', text: '27' },
    ]);
  });
});

describe('a values overlay never makes a third name:', () => {
  it('an image whose registry stays behind another gets its repository without it', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'global: { imageRegistry: "" }\nsearch: { image: ghcr.io/acme/search }\n',
      'templates/pod.yaml': podOf(
        '{{ with .Values.global.imageRegistry }}{{ . }}/{{ end }}acme/fixed:1',
        '{{ with .Values.global.imageRegistry }}{{ . }}/{{ end }}{{ .Values.search.image }}:3',
      ),
    });
    expect(made.reasons).toEqual([]);
    expect((await renderedWith(made)).images).toEqual([
      'mirror.example/m/acme/fixed:1',
      'mirror.example/m/acme/search:3',
    ]);
  });

  it('an image that no value can correct keeps the old name, and so do the others of that registry', async () => {
    const made = await overlayOf(helm, {
      'values.yaml': 'global: { imageRegistry: "" }\n',
      'templates/pod.yaml': podOf(
        '{{ with .Values.global.imageRegistry }}{{ . }}/{{ end }}acme/fixed:1',
        '{{ with .Values.global.imageRegistry }}{{ . }}/{{ end }}ghcr.io/acme/search:3',
      ),
    });
    expect(made).toMatchObject({ coverage: 'fixed', text: '' });
    expect(made.reasons[0]).toBe(
      'acme/fixed:1: another value of global.imageRegistry would make ghcr.io/acme/search:3 mirror.example/m/ghcr.io/acme/search:3',
    );
  });

  it('an image that is not copied keeps its name where it shares a value with one that is', async () => {
    const made = await overlayOf(
      helm,
      {
        'values.yaml': 'registry: quay.io\n',
        'templates/pod.yaml': podOf('{{ .Values.registry }}/a/b:1', '{{ .Values.registry }}/a/lost:1'),
      },
      {},
      (image) => (image.includes('lost') ? undefined : { registry: 'mirror.example', repository: 'm/a/b' }),
    );
    expect(made).toMatchObject({ coverage: 'fixed', text: '' });
  });
});
