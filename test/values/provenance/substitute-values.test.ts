import { describe, expect, it } from 'vitest';
import { type Files, helms } from '../../support/charts.ts';
import { podOf, scene, tracedUses } from './provenance-fixtures.ts';

const hex = 'c61afad2301e4c33530772dcec0fd8a890725e46c2c729edf4a9e84244a938b6';

describe.each(helms)('a value is found although, with $title,', ({ helm }) => {
  async function traced(files: Files): Promise<readonly string[]> {
    return await tracedUses(await scene(helm, files));
  }

  it('the schema has a list, a pattern, or a length for it', async () => {
    const properties = {
      registry: { enum: ['ghcr.io', 'quay.io'] },
      repository: { type: 'string', maxLength: 8 },
      tag: { type: 'string', pattern: '^v\\d+\\.\\d+\\.\\d+$' },
    };
    expect(
      await traced({
        'values.yaml': 'registry: quay.io\nrepository: acme/web\ntag: v1.25.3\n',
        'values.schema.json': JSON.stringify({ type: 'object', properties }),
        'templates/pod.yaml': podOf('{{ .Values.registry }}/{{ .Values.repository }}:{{ .Values.tag }}'),
      }),
    ).toEqual(['[quay.io registry]/[acme/web repository]:[v1.25.3 tag]']);
  });

  it('the template cuts or splits it', async () => {
    expect(
      await traced({
        'values.yaml': 'commit: 4f5e6a7b8c9d0e1f\nimage: quay.io/acme/web@main\n',
        'templates/pod.yaml': podOf(
          'acme/api:{{ trunc 7 .Values.commit }}',
          '{{ index (splitList "@" .Values.image) 0 }}:{{ index (splitList "@" .Values.image) 1 }}',
        ),
      }),
    ).toEqual(['acme/api:[4f5e6a7 commit]', '[quay.io/acme/web image]:[main image]']);
  });

  it('the algorithm of a digest is in the repository', async () => {
    expect(
      await traced({
        'values.yaml': `image: { repository: solo/exporter@sha256, tag: ${hex} }\n`,
        'templates/pod.yaml': podOf('{{ .Values.image.repository }}:{{ .Values.image.tag }}'),
      }),
    ).toEqual([`[solo/exporter@sha256 image.repository]:[${hex} image.tag]`]);
  });

  it('it is a number without quotes', async () => {
    expect(
      await traced({
        'values.yaml': 'a: { tag: 1.10 }\nb: { tag: 1e3 }\nc: { tag: 0755 }\n',
        'templates/pod.yaml': podOf('x/a:{{ .Values.a.tag }}', 'x/b:{{ .Values.b.tag }}', 'x/c:{{ .Values.c.tag }}'),
      }),
    ).toEqual(['x/a:[1.1 a.tag]', 'x/b:[1000 b.tag]', 'x/c:[493 c.tag]']);
  });
});
