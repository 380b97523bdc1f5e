import { readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { originParts } from '../../../src/values/provenance/provenance-parts.ts';
import { createValueTracer } from '../../../src/values/provenance/trace-values.ts';
import { defaultSet } from '../../helm/cli/helm-fixtures.ts';
import { helms, packedChart, tarOf } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { inTurn } from '../../support/matrix.ts';
import { formatSegments, locationsIn, originsIn, podOf, scene, shopYaml, tracedUses } from './provenance-fixtures.ts';

describe.each(inTurn(helms))('value tracing with $title', ({ helm, it }) => {
  it('locates registry, repository, and tag at their own lines', async () => {
    const shop = await scene(helm, {
      'values.yaml': 'image:\n  registry: quay.io\n  repository: team/web\n  tag: "1.2.3"\n',
      'templates/pod.yaml': podOf(
        '"{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
      ),
    });
    expect(await tracedUses(shop)).toEqual(['[quay.io image.registry]/[team/web image.repository]:[1.2.3 image.tag]']);
    expect(await locationsIn(shop)).toEqual([
      'charts/shop/values.yaml:2:13',
      'charts/shop/values.yaml:3:15',
      'charts/shop/values.yaml:4:8',
    ]);
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(1);
  });

  it('locates a value in the last file that sets it, and the input set without a line', async () => {
    const files = {
      'one.yaml': 'image:\n  tag: "2"\n  repository: mirror/web\n',
      'two.yaml': '# the team\nimage: { tag: "3" }\n',
    };
    const shop = await scene(
      helm,
      {
        'values.yaml': 'image: { registry: quay.io, repository: team/web, tag: "1" }\n',
        'templates/pod.yaml': podOf(
          '{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}',
        ),
      },
      {
        files,
        valueSets: [{ name: 'default', valueFiles: ['one.yaml', 'two.yaml'], set: ['image.registry=ghcr.io'] }],
      },
    );
    expect(await tracedUses(shop)).toEqual(['[ghcr.io image.registry]/[mirror/web image.repository]:[3 image.tag]']);
    expect(await locationsIn(shop)).toEqual(['(none)::', 'one.yaml:3:15', 'two.yaml:2:15']);
  });

  it('knows that an item which the input set sets begins a new list, unless a value file has one', async () => {
    const files = {
      'values.yaml': 'images: [quay.io/a/one:1, quay.io/a/two:1]\n',
      'templates/pod.yaml': podOf('{{ last .Values.images }}'),
    };
    const set = ['images[0]=quay.io/a/set:2'];
    const alone = await scene(helm, files, { valueSets: [{ name: 'default', valueFiles: [], set }] });
    expect([await tracedUses(alone), await locationsIn(alone)]).toEqual([
      ['[quay.io/a/set:2 images[0]]'],
      ['(none)::'],
    ]);
    const onFile = await scene(helm, files, {
      files: { 'team.yaml': 'images:\n  - x\n  - quay.io/a/team:3\n' },
      valueSets: [{ name: 'default', valueFiles: ['team.yaml'], set }],
    });
    expect([await tracedUses(onFile), await locationsIn(onFile)]).toEqual([
      ['[quay.io/a/team:3 images[1]]'],
      ['team.yaml:3:5'],
    ]);
  });

  it('locates values of subcharts, by alias, in global values, and in the parent', async () => {
    const sub = {
      'Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
      'values.yaml': 'image:\n  repository: sub/app\n  tag: "1"\nglobal:\n  hub: quay.io\n',
      'templates/pod.yaml': podOf('{{ .Values.global.hub }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}'),
    };
    const shop = await scene(helm, {
      'Chart.yaml': `${shopYaml}dependencies:\n- { name: sub, version: 1.0.0, alias: one }\n- { name: sub, version: 1.0.0, alias: two }\n`,
      'values.yaml': 'two:\n  image:\n    tag: "2"\n',
      ...Object.fromEntries(Object.entries(sub).map(([path, text]) => [`charts/sub/${path}`, text])),
    });
    expect([...(await tracedUses(shop))].sort()).toEqual([
      '[quay.io one.global.hub]/[sub/app one.image.repository]:[1 one.image.tag]',
      '[quay.io two.global.hub]/[sub/app two.image.repository]:[2 two.image.tag]',
    ]);
    expect([...(await locationsIn(shop))].sort()).toEqual([
      'charts/shop/charts/sub/values.yaml:2:15',
      'charts/shop/charts/sub/values.yaml:3:8',
      'charts/shop/charts/sub/values.yaml:5:8',
      'charts/shop/values.yaml:3:10',
    ]);
  });

  it('shows values of a packed subchart at the line that asks for it, of a packed chart at the archive', async () => {
    const files = {
      'Chart.yaml': `${shopYaml}dependencies:\n  - name: sub\n    version: 1.0.0\n`,
    };
    const packedSub = { 'charts/shop/charts/sub-1.0.0.tgz': await packedChart('sub', subFiles) };
    const inFolder = await scene(helm, files, { binaries: packedSub });
    expect(await tracedUses(inFolder)).toEqual(['[quay.io/sub/app:1 sub.image]']);
    expect(await locationsIn(inFolder)).toEqual(['charts/shop/Chart.yaml:5:']);
    const archive = {
      'shop.tgz': await packedChart('shop', { 'Chart.yaml': shopYaml, ...folderOf('charts/sub', subFiles) }),
    };
    const packed = await scene(helm, {}, { binaries: archive, location: 'shop.tgz' });
    expect(await tracedUses(packed)).toEqual(['[quay.io/sub/app:1 sub.image]']);
    expect(await locationsIn(packed)).toEqual(['shop.tgz::']);
    const entries = [
      { name: 'shop/Chart.yaml', content: shopYaml },
      { name: 'shop/charts/sub-1.0.0.tgz', content: await packedChart('sub', subFiles) },
    ];
    const nested = await scene(
      helm,
      {},
      { binaries: { 'shop.tgz': gzipSync(await tarOf(entries)) }, location: 'shop.tgz' },
    );
    expect(await tracedUses(nested)).toEqual(['[quay.io/sub/app:1 sub.image]']);
    expect(await locationsIn(nested)).toEqual(['shop.tgz::']);
  });

  it('reads the values of dependencies that had to be built', async () => {
    const shop = await scene(
      helm,
      {
        'Chart.yaml': `${shopYaml}dependencies:\n  - { name: sub, version: 1.0.0, repository: "file://../../libs/sub" }\n`,
      },
      { files: folderOf('libs/sub', subFiles) },
    );
    expect(await tracedUses(shop)).toEqual(['[quay.io/sub/app:1 sub.image]']);
    expect(await locationsIn(shop)).toEqual(['libs/sub/values.yaml:1:8']);
  });

  it('knows the version of Chart.yaml in a tag, and a constant of a template from it', async () => {
    const chartYaml = 'apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: 2.5.1\n';
    const shop = await scene(helm, {
      'Chart.yaml': chartYaml,
      'values.yaml': 'image: { repository: team/web, tag: "", variant: alpine }\n',
      'templates/pod.yaml': podOf(
        '"{{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "v%s-%s" .Chart.AppVersion .Values.image.variant) }}"',
      ),
    });
    expect(await tracedUses(shop)).toEqual(['[team/web image.repository]:[v2.5.1 appVersion]-[alpine image.variant]']);
    expect(await locationsIn(shop)).toContain('charts/shop/Chart.yaml:4:');
    const constant = await scene(helm, {
      'Chart.yaml': chartYaml,
      'templates/pod.yaml': podOf('team/web:2.5.1'),
    });
    expect(await tracedUses(constant)).toEqual(['team/web:2.5.1']);
  });

  it('traces images in arguments, variables, and text values', async () => {
    const shop = await scene(helm, {
      'values.yaml': [
        'args: [--sidecar-image=quay.io/team/sidecar:1.2]',
        'env:\n  - name: WORKER_IMAGE\n    value: quay.io/team/worker:3',
        'config: |\n  # for the operator\n  image: quay.io/team/agent:4\n  other: quay.io/team/other:5\n',
      ].join('\n'),
      'templates/pod.yaml': `${podOf('nginx:1')}      args: {{ toJson .Values.args }}\n      env: {{ toJson .Values.env }}\n`,
      'templates/map.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata:\n  a.yaml: |\n{{ .Values.config | indent 4 }}\n',
    });
    expect([...(await tracedUses(shop))].sort()).toEqual([
      '[quay.io/team/agent:4 config]',
      '[quay.io/team/other:5 config]',
      '[quay.io/team/sidecar:1.2 args[0]]',
      '[quay.io/team/worker:3 env[0].value]',
      'nginx:1',
    ]);
    expect(await locationsIn(shop)).toEqual(
      expect.arrayContaining([
        'charts/shop/values.yaml:7:',
        'charts/shop/values.yaml:8:',
        'charts/shop/values.yaml:4:12',
      ]),
    );
  });
});

describe.each(inTurn(helms))('charts that markers would break, with $title', ({ helm, it }) => {
  const values = 'image:\n  registry: quay.io\n  repository: team/web\n  tag: "1.2.3"\n';
  const pod = podOf('{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}');
  const all = '[quay.io image.registry]/[team/web image.repository]:[1.2.3 image.tag]';

  it('a value that the schema rejects is excluded at once, with the reason', async () => {
    const schema = { properties: { image: { properties: { tag: { enum: ['1.2.3'] } } } } };
    const shop = await scene(helm, {
      'values.yaml': values,
      'values.schema.json': JSON.stringify(schema),
      'templates/pod.yaml': pod,
    });
    const [origins] = await originsIn(shop);
    // The third tries a version of the same form.
    expect(origins?.renderings).toBe(3);
    expect(await tracedUses(shop)).toEqual(['[quay.io image.registry]/[team/web image.repository]:1.2.3']);
    expect(origins?.uses[0]?.reason).toBe('image.tag cannot be traced: when it is changed, the chart does not render');
  });

  it('a value that a template complains of is left out at once', async () => {
    const shop = await scene(helm, {
      'values.yaml': values,
      'templates/pod.yaml': `{{ if ne .Values.image.tag "1.2.3" }}{{ fail (printf "no tag %s here" .Values.image.tag) }}{{ end }}${pod}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(3);
    expect(await tracedUses(shop)).toEqual(['[quay.io image.registry]/[team/web image.repository]:1.2.3']);
  });

  it('a value that breaks it without a word is found in a few renderings', async () => {
    const shop = await scene(helm, {
      'values.yaml': values,
      'templates/pod.yaml': `{{ if ne .Values.image.registry "quay.io" }}{{ fail "no" }}{{ end }}${pod}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBeLessThanOrEqual(6);
    expect(await tracedUses(shop)).toEqual(['quay.io/[team/web image.repository]:[1.2.3 image.tag]']);
    expect(origins?.uses[0]?.reason).toContain('image.registry cannot be traced');
  });

  it('a value that is also a toggle is excluded, and others are traced', async () => {
    const shop = await scene(helm, {
      'values.yaml': `${values}kind: { image: postgres }\n`,
      'templates/pod.yaml': `{{ if eq .Values.kind.image "postgres" }}${podOf('library/{{ .Values.kind.image }}:{{ .Values.image.tag }}')}{{ end }}`,
      'templates/web.yaml': pod.replace('name: pod', 'name: web'),
    });
    expect([...(await tracedUses(shop))].sort()).toEqual([all, 'library/postgres:[1.2.3 image.tag]']);
  });

  it('a chart that has to be allowed other images is allowed them', async () => {
    const shop = await scene(helm, {
      'values.yaml': `${values}global: { security: { allowOthers: false } }\n`,
      'templates/pod.yaml': `{{ if and (ne .Values.image.registry "quay.io") (not .Values.global.security.allowOthers) }}{{ fail "set global.security.allowOthers for it" }}{{ end }}${pod}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(2);
    expect(await tracedUses(shop)).toEqual([all]);
    expect(origins?.permissions.map(({ leaf, text }) => [leaf.keys, text])).toEqual([
      [['global', 'security', 'allowOthers'], 'true'],
    ]);
  });

  it('names that a chart makes up for each rendering do not hide a use', async () => {
    const shop = await scene(helm, {
      'values.yaml': values,
      'templates/pod.yaml': pod.replace('name: pod', 'name: pod-{{ randAlphaNum 8 | lower }}'),
    });
    expect(await tracedUses(shop)).toEqual([all]);
  });

  it('toggles, names, and numbers that are not images are not marked', async () => {
    const shop = await scene(helm, {
      'values.yaml': `${values}replicas: 1\nweb: web\ntype: team\nport: 2\n`,
      'templates/pod.yaml': `{{ if and (eq .Values.web "web") (eq .Values.type "team") (eq (int .Values.replicas) 1) (eq (int .Values.port) 2) }}${pod}{{ end }}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(1);
    expect(await tracedUses(shop)).toEqual([all]);
  });
});

describe('the search', () => {
  const [{ helm }] = helms;
  const files = { 'values.yaml': 'image: quay.io/team/web:1.2\n', 'templates/pod.yaml': podOf('{{ .Values.image }}') };

  it('runs helm once per value set for repeated calls', async () => {
    const valueSets = [defaultSet, { name: 'other', valueFiles: [], set: ['image=quay.io/team/other:1'] }];
    const shop = await scene(helm, files, { valueSets });
    const [first, second] = await originsIn(shop);
    expect([first?.renderings, second?.renderings]).toEqual([1, 1]);
    expect(await originsIn(shop)).toEqual([first, second]);
    expect(await shop.finder.knownOrigins(shop.renderings[0])).toBe(first);
    expect(second?.uses.map(formatSegments)).toEqual(['[quay.io/team/other:1 image]']);
  });

  it('runs no helm for a chart that names no image, or none by a value', async () => {
    const without = await scene(helm, { 'templates/map.yaml': 'apiVersion: v1\nkind: ConfigMap\n' });
    expect((await originsIn(without))[0]?.renderings).toBe(0);
    const constant = await scene(helm, { 'values.yaml': 'a: b\n', 'templates/pod.yaml': podOf('quay.io/team/web:1') });
    expect((await originsIn(constant))[0]?.renderings).toBe(0);
  });

  it('has a reason if only helm can read the values', async () => {
    const valueSets = [{ name: 'default', valueFiles: ['large.yaml'], set: [] }];
    const shop = await scene(helm, files, { valueSets, files: { 'large.yaml': `filler: ${'x'.repeat(6_000_000)}\n` } });
    const [origins] = await originsIn(shop);
    expect(origins?.uses.map(formatSegments)).toEqual(['quay.io/team/web:1.2']);
    expect(origins?.uses[0]?.reason).toMatch(/^the values cannot be read: .*large\.yaml: it has more than \d+ bytes$/);
  });

  it('ends with the run, and leaves nothing in the temporary folder', async () => {
    const shop = await scene(helm, files);
    const signal = AbortSignal.abort();
    const tools = { ...shop.tools, access: { ...shop.tools.access, signal } };
    const search = createValueTracer(tools).originsOf(shop.renderings[0], shop.discovery);
    expect(await faultOf(search)).toMatchObject({ code: 'cancelled' });
    await originsIn(shop);
    expect(await readdir(shop.tools.access.temporary)).toEqual([]);
  });

  it('does not log helm warnings of the first rendering again', async () => {
    const shop = await scene(helm, {
      ...files,
      'templates/hook.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: { name: h, annotations: { helm.sh/hook: pre-magic } }\n',
    });
    const lines: string[] = [];
    const log = { debug: (line: string) => void lines.push(line), info: () => {}, warning: () => {} };
    const tools = { ...shop.tools, access: { ...shop.tools.access, log } };
    await createValueTracer(tools).originsOf(shop.renderings[0], shop.discovery);
    expect(lines).toEqual([]);
  });

  it('gives reports the parts and their locations, but no values', async () => {
    const shop = await scene(helm, {
      'Chart.yaml': `${shopYaml}appVersion: 2.5.1\n`,
      'values.yaml': 'hub: quay.io\nnamespace: team\nimage:\n  name: web\n',
      'templates/pod.yaml': podOf(
        '{{ .Values.hub }}/{{ .Values.namespace }}/x/{{ .Values.image.name }}:{{ .Chart.AppVersion }}',
      ),
    });
    const [origins] = await originsIn(shop);
    const file = 'charts/shop/values.yaml';
    expect(origins?.uses.map(originParts)).toEqual([
      [
        { part: 'registry', sources: [{ from: 'value', valuePath: 'hub', file, line: 1, column: 6 }] },
        {
          part: 'repository',
          sources: [
            { from: 'value', valuePath: 'namespace', file, line: 2, column: 12 },
            { from: 'template' },
            { from: 'value', valuePath: 'image.name', file, line: 4, column: 9 },
          ],
        },
        { part: 'tag', sources: [{ from: 'chart', field: 'appVersion', file: 'charts/shop/Chart.yaml', line: 4 }] },
      ],
    ]);
  });
});

const subFiles = {
  'Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
  'values.yaml': 'image: quay.io/sub/app:1\n',
  'templates/pod.yaml': podOf('{{ .Values.image }}'),
};

function folderOf(folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}
