import { describe, expect, it } from 'vitest';
import { discovered, imagesOf } from './rendered.ts';

const config = (key: string, text: string): string =>
  `kind: ConfigMap\nmetadata: {name: c}\ndata:\n  ${key}: |\n${text.replace(/^/gm, '    ')}\n`;
const inConfig = (key: string, text: string): readonly string[] => imagesOf(discovered(config(key, text)));

describe('the texts of a ConfigMap', () => {
  it('are images by their key, or when they can be nothing else', () => {
    const discovery = discovered(
      'kind: ConfigMap\ndata: {proxyImage: "a/b:1", plugin: "r.example.com/a/c:1", lives: "3", image: d}',
    );
    expect(imagesOf(discovery)).toEqual(['embedded a/b:1', 'embedded r.example.com/a/c:1']);
  });

  it('are read as YAML and JSON, by the same rules', () => {
    expect(inConfig('pods.yaml', '# image: a/old:1\npodTemplate:\n  containers:\n    - image: busybox')).toEqual([
      'embedded busybox',
    ]);
    expect(inConfig('a.json', '{"spec": {"image": {"repository": "a/b", "tag": "1"}}}')).toEqual(['embedded a/b:1']);
    expect(inConfig('a.yaml', 'kind: Pod\nspec: {containers: [{image: c, args: [--x-image=d/e:1]}]}')).toEqual([
      'embedded c',
      'embedded d/e:1',
    ]);
    expect(inConfig('two.yaml', 'image: a/b:1\n---\nimage: a/c:1')).toEqual(['embedded a/b:1', 'embedded a/c:1']);
  });

  it('are JSON also on one line, where fields count and words do not', () => {
    const services =
      '{"a":{"image":"reg.example/m/a:1"},"b":{"image":"m/b:2"},"c":{"image":"reg.example/m/c"},"d":{"image":{"repository":"reg.example/m/d","tag":"4"}}}';
    const expected = ['reg.example/m/a:1', 'm/b:2', 'reg.example/m/c', 'reg.example/m/d:4'];
    const images = (body: string): readonly string[] =>
      discovered(body)
        .images.map(({ image }) => image)
        .sort();
    expect(images(`kind: ConfigMap\ndata: {one.json: '${services}'}`)).toEqual([...expected].sort());
    expect(images(`apiVersion: e.example/v1\nkind: Widget\nspec: {config: '${services}'}`)).toEqual(
      [...expected].sort(),
    );
    expect(images(`kind: Pod\nspec: {containers: [{env: [{name: CONFIG, value: '${services}'}]}]}`)).toEqual(
      [...expected].sort(),
    );
    expect(
      images(
        `kind: ConfigMap\ndata: {board.json: '{"panels":[{"description":"see r.example.com/a/b:1.0","expr":"up{image=\\"r.example.com/a/c:1.0\\"}"}]}'}`,
      ),
    ).toEqual([]);
  });

  it('are lists and maps of references where the name of the whole says so', () => {
    expect(imagesOf(discovered(`kind: ConfigMap\ndata: {images: '["reg:5000/a/b:1", "a/c:1.0"]'}`))).toEqual([
      'embedded reg:5000/a/b:1',
      'embedded a/c:1.0',
    ]);
    expect(imagesOf(discovered(`kind: ConfigMap\ndata: {images: '{"proxy": "reg:5000/a/b:1"}'}`))).toEqual([
      'embedded reg:5000/a/b:1',
    ]);
  });

  it('are read one level deeper where a document carries a document, and not further', () => {
    const inner = 'spec:\n  image: a/b:1\n  script: |\n    echo\n    deep:\n      image: a/c:1';
    expect(inConfig('outer.yaml', `template: |\n${inner.replace(/^/gm, '  ')}`)).toEqual(['embedded a/b:1']);
  });

  it('are searched by line where they are neither, without comments, prose and plugins', () => {
    expect(
      inConfig(
        'settings.properties',
        'worker.image=r.example.com/a/b:v1\nworker.url=https://r.example.com/v2/a/c:v1\nlisten=0.0.0.0:8080',
      ),
    ).toEqual(['embedded r.example.com/a/b:v1']);
    expect(inConfig('config.toml', '[runners]\n  image = "ubuntu:22.04"\n# image = "ubuntu:20.04"\n')).toEqual([
      'embedded ubuntu:22.04',
    ]);
    expect(
      inConfig('template.cue', 'x: {\n\timage: *"a/cli:v1.6.4" | string\n\t// +usage=default to a/old:v1\n}'),
    ).toEqual(['embedded a/cli:v1.6.4']);
    expect(inConfig('config.xml', '<pod>\n  <image>a/agent:1.0</image>\n</pod>')).toEqual(['embedded a/agent:1.0']);
    expect(inConfig('plugins.txt', 'git:5.10.1\nkubernetes:4540.v612369217f87')).toEqual([]);
    expect(inConfig('run.sh', '#!/bin/sh\ncurl svc:8080/login\nkubectl run x --image=a/b:1.0\n')).toEqual([
      'embedded a/b:1.0',
    ]);
  });

  it('are pictures where the name or the document says so', () => {
    expect(inConfig('theme.yaml', 'favicon_image: logo:2\nbanner:\n  image: r.example.com/team/banner:1.0')).toEqual([
      'embedded r.example.com/team/banner:1.0',
    ]);
    expect(inConfig('theme.ini', 'favicon_image = logo:2\nlogo-image: logo:2')).toEqual([]);
    for (const text of [
      '{"title": "d", "panels": [{"type": "text", "image": "panel:1"}]}',
      '{"dashboard": {"rows": [{"panels": [{"image": "panel:1"}]}]}}',
      '[{"panels": [], "image": "panel:1"}]',
    ])
      expect([text, inConfig('board.json', text)]).toEqual([text, []]);
    expect(inConfig('dashboard.json', '{"elements": {"a": {"image": "panel:1"}}}')).toEqual([]);
    expect(inConfig('dashboard.yaml', 'image: team/dashboard:1')).toEqual(['embedded team/dashboard:1']);
    expect(inConfig('app.json', '{"panels": "none", "image": "panel:1"}')).toEqual(['embedded panel:1']);
  });

  it('are not used where a map of a document is not enabled', () => {
    const values =
      'image: team/a:1\nproxy: {enabled: false, image: team/b:1}\nlist:\n- {enabled: "false", image: team/c:1}';
    expect(inConfig('values.yaml', values)).toEqual(['embedded team/a:1']);
    expect(inConfig('values.yaml', 'enabled: false\nimage: team/a:1')).toEqual([]);
    expect(
      inConfig('values.yaml', 'a: {enabled: true, image: team/a:1}\nb: {enabled: falsey, image: team/b:1}'),
    ).toEqual(['embedded team/a:1', 'embedded team/b:1']);
    const secret = `kind: Secret\nstringData:\n  config: '{"a": {"enabled": false, "b": {"image": "team/a:1"}}}'`;
    expect(imagesOf(discovered(secret))).toEqual([]);
    const custom = 'apiVersion: example.com/v1\nkind: Widget\nspec: {backup: {enabled: false, image: team/a:1}}';
    expect(imagesOf(discovered(custom))).toEqual(['likely team/a:1']);
  });

  it('are read in files called .example, unless they are prose', () => {
    expect(inConfig('values.yaml.example', 'image: team/a:1')).toEqual(['embedded team/a:1']);
    expect(inConfig('env.example', 'A=1\nWORKER_IMAGE=r.example.com/team/a:1.0')).toEqual([
      'embedded r.example.com/team/a:1.0',
    ]);
    expect(
      inConfig('readme.example', 'Run the image r.example.com/team/a:1.0 to see\nhow it works, and read on.'),
    ).toEqual([]);
    expect(inConfig('example', 'image: team/a:1')).toEqual([]);
    expect(inConfig('usageExample', 'image: team/a:1')).toEqual([]);
  });

  it('tell the path of the text and the one inside, and the line', () => {
    const body = config('pods.yaml', 'a: 1\nspec:\n  image: a/b:1');
    expect(discovered(body).images[0]?.uses).toMatchObject([
      { kind: 'ConfigMap', name: 'c', path: 'data["pods.yaml"] > spec.image', line: 9, rule: 'carried-field' },
    ]);
    expect(discovered(config('run.sh', 'set -e\nimage: {{ x }}\nimage: a/b:1')).images[0]?.uses).toMatchObject([
      { path: 'data["run.sh"]', line: 9, rule: 'text-line' },
    ]);
  });

  it('may be templates: what is not filled in there is no finding', () => {
    expect(discovered(config('a.yaml', 'kind: Pod\nspec: {containers: [{image: "{{ .Image }}"}]}'))).toEqual({
      images: [],
      findings: [],
    });
  });

  it('that are definitions of custom resources are not read', () => {
    expect(inConfig('crd.yaml', 'kind: CustomResourceDefinition\nspec: {image: "r.example.com/a/b:1"}')).toEqual([]);
  });
});

describe('the texts of a Secret', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('are decoded and read the same way', () => {
    const discovery = discovered(
      `kind: Secret\ndata: {values.yaml: ${base64('image: r.example.com/a/b:v1\n')}}\nstringData: {IMAGE: "a/c:1"}`,
    );
    expect(imagesOf(discovery)).toEqual(['embedded r.example.com/a/b:v1', 'embedded a/c:1']);
  });

  it('that are no text, or no base64, are left alone', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x01]).toString('base64');
    expect(discovered(`kind: Secret\ndata: {key: ${bytes}, other: "image: a/b:1", list: [a]}`)).toEqual({
      images: [],
      findings: [],
    });
  });
});

describe('the texts of a custom resource', () => {
  it('are embedded', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Definition\nspec:\n  template: |\n    output:\n      image: "a/b:1"\n',
    );
    expect(imagesOf(discovery)).toEqual(['embedded a/b:1']);
  });
});

describe('the texts of a pod', () => {
  const container = (rest: string): string => `kind: Pod\nspec:\n  containers:\n  - image: a/main:1\n${rest}`;

  it('are documents in variables, by the fields of each', () => {
    const variable = '    env:\n    - name: RUNNER\n      value: |\n';
    const yaml = '        # runner\n        image: a/b:1\n        more:\n          image: r.example.com/a/c:1.0\n';
    expect(imagesOf(discovered(container(`${variable}${yaml}`)))).toEqual([
      'certain a/main:1',
      'likely a/b:1',
      'likely r.example.com/a/c:1.0',
    ]);
    expect(imagesOf(discovered(container(`${variable}        - image: r.example.com/a/d:1.0\n`)))).toEqual([
      'certain a/main:1',
      'likely r.example.com/a/d:1.0',
    ]);
    expect(imagesOf(discovered(container(`${variable}        see\n        image: a/b:1\n`)))).toEqual([
      'certain a/main:1',
    ]);
  });

  it('are documents in what a script writes down, beside its own words', () => {
    const script = [
      'run --image=a/run:1',
      'cat <<EOT | kubectl apply -f -',
      'kind: Pod',
      'spec:',
      '  containers:',
      '  - image: heredoc:1',
      'EOT',
      'echo image: a/no:1',
      "cat > x <<-'END'",
      'image: a/second:2',
      'END',
    ];
    const body = container(`    args:\n    - |\n${script.map((line) => `      ${line}\n`).join('')}`);
    const { images } = discovered(body);
    expect(images.map(({ image, confidence }) => `${confidence} ${image}`)).toEqual([
      'certain a/main:1',
      'likely a/run:1',
      'likely heredoc:1',
      'likely a/second:2',
    ]);
    const lines = `---\n# Source: x\n${body}`.split('\n');
    for (const { image, uses } of images) for (const { line } of uses) expect(lines[line - 1]).toContain(image);
  });
});

describe('a text of one line', () => {
  it('is a document where it is a map', () => {
    const chart = (text: string): readonly string[] =>
      imagesOf(discovered(`apiVersion: example.com/v1\nkind: Release\nspec:\n  valuesContent: ${text}\n`));
    expect(chart('|-\n    image: r22/h:8')).toEqual(['embedded r22/h:8']);
    expect(chart('>-\n    image: r22/h:8')).toEqual(['embedded r22/h:8']);
    expect(chart('"image: r22/h:8"')).toEqual(['embedded r22/h:8']);
    expect(chart('"Note: the image: r22/h:8 is old"')).toEqual([]);
  });
});

describe('the other kinds of Kubernetes', () => {
  it('name no image, whatever they hold', () => {
    const kinds = [
      'v1 Service',
      'rbac.authorization.k8s.io/v1 ClusterRole',
      'networking.k8s.io/v1 Ingress',
      'storage.k8s.io/v1 StorageClass',
    ];
    for (const kind of kinds) {
      const [apiVersion, name] = kind.split(' ');
      expect(
        discovered(`apiVersion: ${apiVersion}\nkind: ${name}\nspec: {image: "r.example.com/a/b:1"}`).images,
      ).toEqual([]);
      expect(
        discovered(`{apiVersion: ${apiVersion}, kind: ${name}, spec: {image: "r.example.com/a/b:1"}}`).images,
      ).toEqual([]);
    }
  });
});
