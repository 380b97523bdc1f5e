import { describe, expect, it } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { podOf, scene, tracedUses } from './provenance-fixtures.ts';

const digest = `sha256:${'5e'.repeat(32)}`;

/** What templates do with values is the same in all releases of helm. */
const helm = { path: toolPath('helm-4'), version: '4.2' };

describe('markers survive template functions', () => {
  it.each([
    ['a whole reference', 'image: quay.io/a/b:1.0', '{{ .Values.image }}', '[quay.io/a/b:1.0 image]'],
    ['a number', 'tag: 1.25', 'nginx:{{ .Values.tag }}', 'nginx:[1.25 tag]'],
    ['a whole number', 'tag: 8', '"redis:{{ .Values.tag }}"', 'redis:[8 tag]'],
    ['a single quote', "tag: '3.1'", 'nginx:{{ .Values.tag }}', 'nginx:[3.1 tag]'],
    ['a folded text', 'image: >-\n  quay.io/a/b', '{{ .Values.image }}:1', '[quay.io/a/b image]:1'],
    ['a digest', `image: {digest: ${digest}}`, 'a/b@{{ .Values.image.digest }}', `a/b@[${digest} image.digest]`],
    [
      'the digits of a digest',
      `image: {sha: ${'5e'.repeat(32)}}`,
      'a/b@sha256:{{ .Values.image.sha }}',
      `a/b@sha256:[${'5e'.repeat(32)} image.sha]`,
    ],
    [
      'tag and digest in one value',
      `image: {tag: "1.0@${digest}"}`,
      'a/b:{{ .Values.image.tag }}',
      `a/b:[1.0@${digest} image.tag]`,
    ],
    [
      'a registry with port and slash',
      'registry: localhost:5000/',
      '{{ .Values.registry }}a/b:1',
      '[localhost:5000/ registry]a/b:1',
    ],
    ['an address with port', 'hub: 10.0.0.1:5000', '"{{ .Values.hub }}/a:1"', '[10.0.0.1:5000 hub]/a:1'],
    [
      'a suffix',
      'image: {flavour: -alpine}',
      'nginx:1.25{{ .Values.image.flavour }}',
      'nginx:1.25[-alpine image.flavour]',
    ],
    [
      'a name in another key',
      'name: contoso-a',
      'repository/release/{{ .Values.name }}:1',
      'repository/release/[contoso-a name]:1',
    ],
    [
      'a text for tpl',
      'hub: quay.io\nimage: "{{ .Values.hub }}/team/web:2"',
      '{{ tpl .Values.image . }}',
      '[quay.io hub][/team/web:2 image]',
    ],
    ['an item of a list', 'images: [a/b:1, c/d:2]', '{{ index .Values.images 1 }}', '[c/d:2 images[1]]'],
    ['a key with dots', 'images: {"a.b/c": x/y:1}', '{{ index .Values.images "a.b/c" }}', '[x/y:1 images["a.b/c"]]'],
    [
      'an anchor',
      'base: &b {repository: a/b}\nimage: *b',
      '"{{ .Values.image.repository }}:1"',
      '[a/b image.repository]:1',
    ],
  ])('follows %s', async (_, values, image, expected) => {
    const shop = await scene(helm, { 'values.yaml': `${values}\n`, 'templates/pod.yaml': podOf(image) });
    expect(await tracedUses(shop)).toEqual([expected]);
  });

  it.each([
    ['lower', '{{ lower .Values.image.tag }}', 'RC-1', '[rc-1 image.tag]'],
    ['trunc', '{{ trunc 40 .Values.image.tag }}', '1.0', '[1.0 image.tag]'],
    ['default', '{{ .Values.image.tag | default "9" }}', '1.0', '[1.0 image.tag]'],
    ['replace', '{{ .Values.image.tag | replace "+" "_" }}', '1.0.0+k3s1', '[1.0.0_k3s1 image.tag]'],
    ['trimPrefix', '{{ trimPrefix "v" .Values.image.tag }}', 'v1.0', '[1.0 image.tag]'],
    ['printf', '{{ printf "v%s" .Values.image.tag }}', '1.0.0', 'v[1.0.0 image.tag]'],
    [
      'semverCompare',
      '{{ if semverCompare ">=1.2.0" .Values.image.tag }}{{ .Values.image.tag }}{{ else }}old{{ end }}',
      '1.2.0',
      '[1.2.0 image.tag]',
    ],
    [
      'the minor of a version',
      '{{ if semverCompare "~1.2" .Values.image.tag }}{{ .Values.image.tag }}{{ else }}old{{ end }}',
      '1.2',
      '[1.2 image.tag]',
    ],
    ['a zero patch', '{{ (semver .Values.image.tag).Original }}', '1.2.0', '[1.2.0 image.tag]'],
    [
      'regexMatch',
      '{{ if regexMatch "^v?[0-9.]+$" .Values.image.tag }}{{ .Values.image.tag }}{{ else }}bad{{ end }}',
      'v2.10',
      '[v2.10 image.tag]',
    ],
  ])('follows a tag through %s', async (_, template, tag, expected) => {
    const shop = await scene(helm, {
      'values.yaml': `image: { tag: "${tag}" }\n`,
      'templates/pod.yaml': podOf(`team/web:${template}`),
    });
    const [use] = await tracedUses(shop);
    expect(use).toBe(`team/web:${expected}`);
  });
});
