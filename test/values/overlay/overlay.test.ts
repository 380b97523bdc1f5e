import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/core/oci/reference.ts';
import { discover } from '../../../src/discovery/discover.ts';
import { renderCharts } from '../../../src/helm/cli/render-charts.ts';
import { type ChartOverlay, overlayFor, overlaysFor, type TargetLookup } from '../../../src/values/overlay/overlay.ts';
import { defaultSet, noOptions } from '../../helm/cli/helm-fixtures.ts';
import { type Files, helms } from '../../support/charts.ts';
import { inTurn } from '../../support/matrix.ts';
import { podOf, type Scene, type SceneOptions, scene, shopYaml } from '../provenance/provenance-fixtures.ts';

/** The target has every image at its whole path below a namespace. */
const atTarget: TargetLookup = (image) => {
  const parsed = parseReference(image);
  return parsed.ok ? { registry: 'target.example:5000', repository: `mirror/${parsed.value.repository}` } : undefined;
};

describe.each(inTurn(helms))('a values overlay, with $title', ({ helm, it }) => {
  async function overlay(
    files: Files,
    options: SceneOptions = {},
    targetOf = atTarget,
  ): Promise<ChartOverlay & { readonly shop: Scene }> {
    const shop = await scene(helm, files, options);
    const made = await overlayFor(shop.renderings, shop.discovery, targetOf, shop.finder, shop.tools);
    return { ...made, shop };
  }

  /** What a user sees who gives the file to helm as the last one, by the images of the first value set. */
  async function imagesWith({
    text,
    shop,
  }: {
    readonly text: string;
    readonly shop: Scene;
  }): Promise<readonly string[]> {
    const file = join(shop.work, 'overlay.yaml');
    await writeFile(file, text);
    const [{ chart }] = shop.renderings;
    const valueSets = chart.valueSets.map((set) => ({ ...set, valueFiles: [...set.valueFiles, file] }));
    const renderings = await renderCharts(helm, [{ ...chart, valueSets }], noOptions, shop.tools.access);
    return discover(renderings.slice(0, 1)).images.map(({ image }) => image);
  }

  it('sets registries and repositories and nothing else', async () => {
    const made = await overlay({
      'values.yaml': [
        'web:\n  replicas: 2\n  image: { registry: quay.io, repository: team/web, tag: "1" }',
        'worker:\n  image: { repository: ghcr.io/team/worker, tag: "2" }',
        'proxy: envoyproxy/envoy:v1\n',
      ].join('\n'),
      'templates/pod.yaml': podOf(
        '{{ with .Values.web.image }}{{ .registry }}/{{ .repository }}:{{ .tag }}{{ end }}',
        '{{ with .Values.worker.image }}{{ .repository }}:{{ .tag }}{{ end }}',
        '{{ .Values.proxy }}',
      ),
    });
    expect(made).toMatchObject({ coverage: 'movable', stuck: [] });
    expect(made.text).toBe(
      [
        'web:\n  image:\n    registry: target.example:5000/mirror',
        'worker:\n  image:\n    repository: target.example:5000/mirror/team/worker',
        'proxy: target.example:5000/mirror/envoyproxy/envoy:v1\n',
      ].join('\n'),
    );
    expect(await imagesWith(made)).toEqual([
      'target.example:5000/mirror/team/web:1',
      'target.example:5000/mirror/team/worker:2',
      'target.example:5000/mirror/envoyproxy/envoy:v1',
    ]);
  });

  it('fills one empty value for all charts rather than many, where the chart has one', async () => {
    const image = (name: string) =>
      `{{ .Values.global.imageRegistry | default .Values.${name}.registry }}/{{ .Values.${name}.repository }}:1`;
    const made = await overlay({
      'values.yaml':
        'global: { imageRegistry: "" }\na: { registry: quay.io, repository: x/a }\nb: { registry: ghcr.io, repository: x/b }\n',
      'templates/pod.yaml': podOf(image('a'), image('b')),
    });
    expect(made.text).toBe('global:\n  imageRegistry: target.example:5000/mirror\n');
    expect(made.coverage).toBe('movable');
  });

  it('does not fill it where that would not be right', async () => {
    // This chart forgets one image.
    const made = await overlay({
      'values.yaml':
        'global: { imageRegistry: "" }\na: { registry: quay.io, repository: x/a }\nb: { registry: ghcr.io, repository: x/b }\n',
      'templates/pod.yaml': podOf(
        '{{ .Values.global.imageRegistry | default .Values.a.registry }}/{{ .Values.a.repository }}:1',
        '{{ .Values.b.registry }}/{{ .Values.b.repository }}:1',
      ),
    });
    expect(made.coverage).toBe('movable');
    expect(await imagesWith(made)).toEqual(['target.example:5000/mirror/x/a:1', 'target.example:5000/mirror/x/b:1']);
  });

  it('fills an empty value where the template has the name', async () => {
    const made = await overlay({
      'values.yaml': 'image: { registry: }\n',
      'templates/pod.yaml': podOf('{{ with .Values.image.registry }}{{ . }}/{{ end }}nginx:1.25'),
    });
    expect(made.text).toBe('image:\n  registry: target.example:5000/mirror\n');
    expect(made.coverage).toBe('movable');
  });

  it('reports which image no value controls and why', async () => {
    const made = await overlay({
      'values.yaml': 'image: quay.io/team/web:1\n',
      'templates/pod.yaml': podOf('{{ .Values.image }}', 'docker.io/team/fixed:2', 'busybox'),
    });
    expect(made.coverage).toBe('partly');
    expect(made.stuck.map(({ use, reason }) => `${use.image}: ${reason}`)).toEqual([
      'docker.io/team/fixed:2: the template hard-codes docker.io',
      'busybox: the template hard-codes its name, without a registry',
    ]);
    const fixed = await overlay({ 'templates/pod.yaml': podOf('busybox') });
    expect(fixed).toMatchObject({ coverage: 'fixed', text: '' });
  });

  it('reports images blocked by the input set, by the schema, and by a shared value', async () => {
    const bySet = await overlay(
      { 'values.yaml': 'image: quay.io/a/b:1\n', 'templates/pod.yaml': podOf('{{ .Values.image }}') },
      { valueSets: [{ name: 'default', valueFiles: [], set: ['image=ghcr.io/a/b:2'] }] },
    );
    expect(bySet.stuck[0]?.reason).toBe('the input set sets image, which overrides every values file');
    const schema = await overlay({
      'values.yaml': 'a: { registry: quay.io }\nb: { registry: ghcr.io }\n',
      // Marks are no registries of the list either, so only what is asked for can tell.
      'values.schema.json':
        '{ "properties": { "a": { "properties": { "registry": { "pattern": "^(quay-\\\\d+\\\\.)?[a-z.]+$" } } } } }',
      'templates/pod.yaml': podOf('{{ .Values.a.registry }}/x/a:1', '{{ .Values.b.registry }}/x/b:1'),
    });
    expect(schema.coverage).toBe('partly');
    expect(schema.text).toBe('b:\n  registry: target.example:5000/mirror\n');
    const shared = await overlay(
      {
        'values.yaml': 'registry: quay.io\n',
        'templates/pod.yaml': podOf('{{ .Values.registry }}/x/a:1', '{{ .Values.registry }}/x/b:1'),
      },
      {},
      (image) => ({ registry: image.includes('/a:') ? 'one.example' : 'two.example', repository: image.slice(8, 11) }),
    );
    // Moving one of them would give the other a name that no registry has.
    expect(shared).toMatchObject({ coverage: 'fixed', text: '' });
    expect(shared.stuck[0]?.reason).toBe('another value of registry would make quay.io/x/b:1 one.example/x/b:1');
  });

  it('leaves an image alone that the target is not meant to have', async () => {
    const made = await overlay(
      {
        'values.yaml': 'a: quay.io/x/a:1\nb: quay.io/x/b:1\n',
        'templates/pod.yaml': podOf('{{ .Values.a }}', '{{ .Values.b }}'),
      },
      {},
      (image) => (image.includes('/a:') ? atTarget(image) : undefined),
    );
    expect(made.text).toBe('a: target.example:5000/mirror/x/a:1\n');
    expect(made.stuck.map(({ reason }) => reason)).toEqual(['it is not copied to the target']);
  });

  it('has nothing to set where the images are the target’s already', async () => {
    const made = await overlay(
      { 'values.yaml': 'image: quay.io/a/b:1\n', 'templates/pod.yaml': podOf('{{ .Values.image }}') },
      {},
      () => ({ registry: 'quay.io', repository: 'a/b' }),
    );
    expect(made).toMatchObject({ coverage: 'movable', text: '', values: [] });
  });

  it('moves tags with digests, lists as a whole, documents in values, and subcharts by their alias', async () => {
    const digest = `sha256:${'5e'.repeat(32)}`;
    const made = await overlay({
      'Chart.yaml': `${shopYaml}dependencies:\n- { name: sub, version: 1.0.0, alias: cache }\n`,
      'values.yaml': [
        `image: { repository: quay.io/x/a, tag: "1@${digest}" }`,
        'sidecars:\n  - { name: one, image: ghcr.io/x/one:1, flag: on, size: 012 }\n  - { name: two, port: 80 }',
        'config: |\n  # keep\n  image: ghcr.io/x/agent:4\n  other: 1\n',
      ].join('\n'),
      'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
      'charts/sub/values.yaml': 'image: redis:7\n',
      'charts/sub/templates/pod.yaml': podOf('{{ .Values.image }}'),
      'templates/pod.yaml': podOf(
        '{{ .Values.image.repository }}:{{ .Values.image.tag }}',
        '{{ (index .Values.sidecars 0).image }}',
      ),
      'templates/map.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata:\n  a.yaml: |\n{{ .Values.config | indent 4 }}\n',
    });
    expect(made.stuck).toEqual([]);
    expect([...(await imagesWith(made))].sort()).toEqual([
      'target.example:5000/mirror/redis:7',
      `target.example:5000/mirror/x/a:1@${digest}`,
      'target.example:5000/mirror/x/agent:4',
      'target.example:5000/mirror/x/one:1',
    ]);
    expect(made.text).toContain('- name: two\n    port: 80\n');
    expect(made.text).toContain('cache:\n  image: target.example:5000/mirror/redis:7\n');
    expect(made.text).not.toContain('tag');
  });

  it('contains no value that only the input set sets', async () => {
    const made = await overlay(
      {
        'values.yaml': 'sidecars:\n  - image: quay.io/x/a:1\n    token: none\n',
        'templates/pod.yaml': podOf('{{ (index .Values.sidecars 0).image }}'),
      },
      { valueSets: [{ name: 'default', valueFiles: [], set: ['other=hidden-thing'] }] },
    );
    expect(made.coverage).toBe('movable');
    expect(made.text).toBe('sidecars:\n  - image: target.example:5000/mirror/x/a:1\n    token: none\n');
  });

  it('repeats no list of a values file of the user, which may hold a secret', async () => {
    const chart = { 'templates/pod.yaml': podOf('{{ (index .Values.sidecars 0).image }}') };
    const valueSets = [{ name: 'default', valueFiles: ['team.yaml'], set: [] }];
    const token = { 'team.yaml': 'sidecars:\n  - image: quay.io/x/a:1\n    token: hidden-thing\n' };
    const refused = await overlay(chart, { valueSets, files: token });
    expect(refused).toMatchObject({ coverage: 'fixed', text: '' });
    expect(refused.stuck[0]?.reason).toBe(
      'its list has sidecars[0].token of team.yaml, which a values file for others must not repeat',
    );
    const image = await overlay(chart, { valueSets, files: { 'team.yaml': 'sidecars:\n  - image: quay.io/x/a:1\n' } });
    expect(image.text).toBe('sidecars:\n  - image: target.example:5000/mirror/x/a:1\n');
  });

  it('turns on what the chart wants on before it takes other registries', async () => {
    const made = await overlay({
      'values.yaml': 'image: { registry: quay.io }\nglobal: { security: { allowOthers: false } }\n',
      'templates/pod.yaml': `{{ if and (ne .Values.image.registry "quay.io") (not .Values.global.security.allowOthers) }}{{ fail "set global.security.allowOthers for it" }}{{ end }}${podOf('{{ .Values.image.registry }}/a/b:1')}`,
    });
    expect(made.coverage).toBe('movable');
    expect(made.text).toBe(
      'image:\n  registry: target.example:5000/mirror\nglobal:\n  security:\n    allowOthers: true\n',
    );
  });

  it('is one file for all value sets of a chart, and reports the one it does not fit', async () => {
    const valueSets = [defaultSet, { name: 'large', valueFiles: ['large.yaml'], set: [] }];
    const made = await overlay(
      { 'values.yaml': 'registry: quay.io\n', 'templates/pod.yaml': podOf('{{ .Values.registry }}/a/b:1') },
      { valueSets, files: { 'large.yaml': 'registry: ghcr.io\n' } },
    );
    expect(made.coverage).toBe('movable');
    expect(made.text).toBe('registry: target.example:5000/mirror\n');
    const whole = await overlay(
      { 'values.yaml': 'image: quay.io/a/b:1\n', 'templates/pod.yaml': podOf('{{ .Values.image }}') },
      { valueSets, files: { 'large.yaml': 'image: quay.io/a/large:1\n' } },
    );
    const reason = 'another value set needs a different value for image';
    expect(whole).toMatchObject({ coverage: 'fixed', text: '' });
    expect(whole.stuck.map(({ use, reason }) => [use.image, reason])).toEqual([
      ['quay.io/a/b:1', reason],
      ['quay.io/a/large:1', reason],
    ]);
  });
});

it('overlays of several charts come in the order of the charts, each for itself', async () => {
  const [{ helm }] = helms;
  const one = await scene(helm, {
    'values.yaml': 'image: quay.io/a/b:1\n',
    'templates/pod.yaml': podOf('{{ .Values.image }}'),
  });
  const two = await scene(helm, { 'templates/pod.yaml': podOf('busybox') });
  const first = { ...one.renderings[0], chart: { ...one.renderings[0].chart, displayPath: 'charts/one' } };
  const overlays = await overlaysFor(
    [first, ...two.renderings],
    discover([first, ...two.renderings]),
    atTarget,
    one.finder,
    one.tools,
  );
  expect(overlays.map(({ chart, coverage }) => [chart.displayPath, coverage])).toEqual([
    ['charts/one', 'movable'],
    ['charts/shop', 'fixed'],
  ]);
});
