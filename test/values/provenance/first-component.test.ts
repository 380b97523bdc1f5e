import { describe, expect } from 'vitest';
import type { FirstComponent } from '../../../src/resolve/path-rule.ts';
import { createFirstTracer } from '../../../src/values/provenance/first-component.ts';
import { helms } from '../../support/charts.ts';
import { inTurn } from '../../support/matrix.ts';
import { podOf, scene, shopYaml } from './provenance-fixtures.ts';

describe.each(inTurn(helms))('the first component of an image with $title', ({ helm, it }) => {
  /** Of the first image. */
  async function firstOf(values: string, ...images: readonly string[]): Promise<FirstComponent | undefined> {
    const files = { 'values.yaml': values, 'templates/pod.yaml': podOf(...images) };
    return await traceIn(files);
  }

  async function traceIn(files: Readonly<Record<string, string>>): Promise<FirstComponent | undefined> {
    const { renderings, discovery, finder } = await scene(helm, files);
    const [image] = discovery.images;
    return image && (await createFirstTracer(renderings, discovery, finder)(image));
  }

  it.each<[string, string, string, FirstComponent]>([
    [
      'a value that the template puts before a slash is a placeholder',
      'global: { registryPath: repository }\n',
      '"{{ .Values.global.registryPath }}/release/contoso-a:1.0.0"',
      { role: 'placeholder', valuePath: 'global.registryPath' },
    ],
    [
      'a value called repository that holds only the placeholder is one',
      'image: { repository: overwriteme }\n',
      '"{{ .Values.image.repository }}/nginx:stable"',
      { role: 'placeholder', valuePath: 'image.repository' },
    ],
    [
      'a value with a slash of its own at its end is a placeholder',
      'registry: repository/\n',
      '"{{ .Values.registry }}release/a:1"',
      { role: 'placeholder', valuePath: 'registry' },
    ],
    [
      'a value whose key says nothing is a placeholder',
      'where: repository\n',
      '{{ printf "%s/release/a:1" .Values.where }}',
      { role: 'placeholder', valuePath: 'where' },
    ],
    [
      'a value in lower case is a placeholder',
      'registry: Repository\n',
      '"{{ lower .Values.registry }}/release/a:1"',
      { role: 'placeholder', valuePath: 'registry' },
    ],
    [
      'a part of the repository value is a namespace',
      'image: { repository: core/contoso-a, tag: "1" }\n',
      '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
      { role: 'namespace', valuePath: 'image.repository' },
    ],
    [
      'a value that the template only completes is a namespace',
      'team: core\n',
      '"{{ .Values.team }}-edge/contoso-a:1"',
      { role: 'namespace', valuePath: 'team' },
    ],
    [
      'text of the template is a namespace',
      'image: { tag: "1" }\n',
      '"core/contoso-a:{{ .Values.image.tag }}"',
      { role: 'namespace', valuePath: undefined },
    ],
    [
      'a value whose change breaks the rendering is unclear',
      'image: { registry: repository }\n',
      '"{{ if eq .Values.image.registry "repository" }}{{ .Values.image.registry }}{{ else }}{{ fail "no" }}{{ end }}/a:1"',
      { role: 'unclear' },
    ],
    [
      'a value of two letters before a slash is a placeholder',
      'where: qa\n',
      '"{{ .Values.where }}/app:1"',
      { role: 'placeholder', valuePath: 'where' },
    ],
  ])('%s', async (_, values, image, expected) => {
    expect(await firstOf(values, image)).toEqual(expected);
  });

  it('is unclear where two uses of the image differ', async () => {
    const values = 'registry: core\nimage: core/a:1\n';
    const images = ['"{{ .Values.registry }}/a:1"', '"{{ .Values.image }}"'];
    expect(await firstOf(values, ...images)).toEqual({ role: 'unclear' });
  });

  it('of a subchart is the value of its parent', async () => {
    const sub = {
      'Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
      'values.yaml': 'registry: other\n',
      'templates/pod.yaml': podOf('"{{ .Values.registry }}/release/a:1"'),
    };
    const files = Object.entries(sub).map(([path, text]) => [`charts/sub/${path}`, text] as const);
    const first = await traceIn({
      'Chart.yaml': `${shopYaml}dependencies: [{ name: sub, version: 1.0.0 }]\n`,
      'values.yaml': 'sub: { registry: repository }\n',
      ...Object.fromEntries(files),
    });
    expect(first).toEqual({ role: 'placeholder', valuePath: 'sub.registry' });
  });
});
