import { describe, expect, it } from 'vitest';
import { helms, packedChart } from '../support/charts.ts';
import { originsIn, placesIn, podOf, scene, shopYaml, told } from './scene.ts';

const digest = `sha256:${'5e'.repeat(32)}`;

describe.each(helms)('where an image comes from, with $title', ({ helm }) => {
  it('tells registry, repository and tag apart, each at its own line', async () => {
    const shop = await scene(helm, {
      'values.yaml': 'image:\n  registry: quay.io\n  repository: team/web\n  tag: "1.2.3"\n',
      'templates/pod.yaml': podOf(
        '"{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
      ),
    });
    expect(await told(shop)).toEqual(['[quay.io image.registry]/[team/web image.repository]:[1.2.3 image.tag]']);
    expect(await placesIn(shop)).toEqual([
      'charts/shop/values.yaml:2:13',
      'charts/shop/values.yaml:3:15',
      'charts/shop/values.yaml:4:8',
    ]);
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(1);
  });

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
    expect(await told(shop)).toEqual([expected]);
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
    const [use] = await told(shop);
    expect(use).toBe(`team/web:${expected}`);
  });

  it('tells the last file that sets a value, and the input set without a line', async () => {
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
    expect(await told(shop)).toEqual(['[ghcr.io image.registry]/[mirror/web image.repository]:[3 image.tag]']);
    expect(await placesIn(shop)).toEqual(['(none)::', 'one.yaml:3:15', 'two.yaml:2:15']);
  });

  it('tells the lines of subcharts, by alias and from global values, and what the parent sets for them', async () => {
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
    expect([...(await told(shop))].sort()).toEqual([
      '[quay.io one.global.hub]/[sub/app one.image.repository]:[1 one.image.tag]',
      '[quay.io two.global.hub]/[sub/app two.image.repository]:[2 two.image.tag]',
    ]);
    expect([...(await placesIn(shop))].sort()).toEqual([
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
    expect(await told(inFolder)).toEqual(['[quay.io/sub/app:1 sub.image]']);
    expect(await placesIn(inFolder)).toEqual(['charts/shop/Chart.yaml:5:']);
    const archive = {
      'shop.tgz': await packedChart('shop', { 'Chart.yaml': shopYaml, ...folderOf('charts/sub', subFiles) }),
    };
    const packed = await scene(helm, {}, { binaries: archive, location: 'shop.tgz' });
    expect(await told(packed)).toEqual(['[quay.io/sub/app:1 sub.image]']);
    expect(await placesIn(packed)).toEqual(['shop.tgz::']);
  });

  it('reads the values of dependencies that had to be built', async () => {
    const shop = await scene(
      helm,
      {
        'Chart.yaml': `${shopYaml}dependencies:\n  - { name: sub, version: 1.0.0, repository: "file://../../libs/sub" }\n`,
      },
      { files: folderOf('libs/sub', subFiles) },
    );
    expect(await told(shop)).toEqual(['[quay.io/sub/app:1 sub.image]']);
    expect(await placesIn(shop)).toEqual(['charts/shop/Chart.yaml:5:']);
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
    expect(await told(shop)).toEqual(['[team/web image.repository]:[v2.5.1 appVersion]-[alpine image.variant]']);
    expect(await placesIn(shop)).toContain('charts/shop/Chart.yaml:4:');
    const constant = await scene(helm, {
      'Chart.yaml': chartYaml,
      'templates/pod.yaml': podOf('team/web:2.5.1'),
    });
    expect(await told(constant)).toEqual(['team/web:2.5.1']);
  });

  it('follows images that stand in arguments, variables and texts of values', async () => {
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
    expect([...(await told(shop))].sort()).toEqual([
      '[quay.io/team/agent:4 config]',
      '[quay.io/team/other:5 config]',
      '[quay.io/team/sidecar:1.2 args[0]]',
      '[quay.io/team/worker:3 env[0].value]',
      'nginx:1',
    ]);
    expect(await placesIn(shop)).toEqual(
      expect.arrayContaining([
        'charts/shop/values.yaml:7:',
        'charts/shop/values.yaml:8:',
        'charts/shop/values.yaml:4:12',
      ]),
    );
  });
});

describe.each(helms)('charts that marks would break, with $title', ({ helm }) => {
  const values = 'image:\n  registry: quay.io\n  repository: team/web\n  tag: "1.2.3"\n';
  const pod = podOf('{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}');
  const all = '[quay.io image.registry]/[team/web image.repository]:[1.2.3 image.tag]';

  it('a value that the schema refuses is left out at once, and the reason is told', async () => {
    const schema = { properties: { image: { properties: { tag: { enum: ['1.2.3', '2'] } } } } };
    const shop = await scene(helm, {
      'values.yaml': values,
      'values.schema.json': JSON.stringify(schema),
      'templates/pod.yaml': pod,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(2);
    expect(await told(shop)).toEqual(['[quay.io image.registry]/[team/web image.repository]:1.2.3']);
    expect(origins?.uses[0]?.reason).toBe(
      'image.tag could not be followed: with a mark in it the chart does not render',
    );
  });

  it('a value that a template complains of is left out at once', async () => {
    const shop = await scene(helm, {
      'values.yaml': values,
      'templates/pod.yaml': `{{ if ne .Values.image.tag "1.2.3" }}{{ fail (printf "no tag %s here" .Values.image.tag) }}{{ end }}${pod}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(2);
    expect(await told(shop)).toEqual(['[quay.io image.registry]/[team/web image.repository]:1.2.3']);
  });

  it('a value that breaks it without a word is found in a few renderings', async () => {
    const shop = await scene(helm, {
      'values.yaml': values,
      'templates/pod.yaml': `{{ if ne .Values.image.registry "quay.io" }}{{ fail "no" }}{{ end }}${pod}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBeLessThanOrEqual(5);
    expect(await told(shop)).toEqual(['quay.io/[team/web image.repository]:[1.2.3 image.tag]']);
    expect(origins?.uses[0]?.reason).toContain('image.registry could not be followed');
  });

  it('a value that is a switch as well is left out, and others of the chart are not', async () => {
    const shop = await scene(helm, {
      'values.yaml': `${values}kind: { image: postgres }\n`,
      'templates/pod.yaml': `{{ if eq .Values.kind.image "postgres" }}${podOf('library/{{ .Values.kind.image }}:{{ .Values.image.tag }}')}{{ end }}`,
      'templates/web.yaml': pod.replace('name: pod', 'name: web'),
    });
    expect([...(await told(shop))].sort()).toEqual([all, 'library/postgres:[1.2.3 image.tag]']);
  });

  it('a chart that has to be allowed other images is allowed them', async () => {
    const shop = await scene(helm, {
      'values.yaml': `${values}global: { security: { allowOthers: false } }\n`,
      'templates/pod.yaml': `{{ if and (ne .Values.image.registry "quay.io") (not .Values.global.security.allowOthers) }}{{ fail "set global.security.allowOthers for it" }}{{ end }}${pod}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(2);
    expect(await told(shop)).toEqual([all]);
    expect(origins?.permissions.map(({ leaf, text }) => [leaf.keys, text])).toEqual([
      [['global', 'security', 'allowOthers'], 'true'],
    ]);
  });

  it('names that a chart makes up for each rendering do not hide a use', async () => {
    const shop = await scene(helm, {
      'values.yaml': values,
      'templates/pod.yaml': pod.replace('name: pod', 'name: pod-{{ randAlphaNum 8 | lower }}'),
    });
    expect(await told(shop)).toEqual([all]);
  });

  it('switches, names and numbers that are no images stay what they are', async () => {
    const shop = await scene(helm, {
      'values.yaml': `${values}replicas: 1\nweb: web\ntype: team\nport: 2\n`,
      'templates/pod.yaml': `{{ if and (eq .Values.web "web") (eq .Values.type "team") (eq (int .Values.replicas) 1) (eq (int .Values.port) 2) }}${pod}{{ end }}`,
    });
    const [origins] = await originsIn(shop);
    expect(origins?.renderings).toBe(1);
    expect(await told(shop)).toEqual([all]);
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
