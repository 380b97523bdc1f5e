import { describe, expect, it, test } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

const custom = (spec: string): readonly string[] =>
  imagesOf(discovered(`apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec:\n${spec}`));

describe('a field of a custom resource', () => {
  it('is an image when its name says so', () => {
    for (const name of [
      'image',
      'sidecarImage',
      'imageName',
      'imageRef',
      'docker_image',
      'image-url',
      'runImagePullSpec',
    ]) {
      expect([name, custom(`  ${name}: team/app:1`)]).toEqual([name, ['likely team/app:1']]);
    }
  });

  it('is an image without a tag when it has a registry or a namespace', () => {
    expect(custom('  image: r.example/app\n  otherImage: team/app')).toEqual([
      'likely r.example/app',
      'likely team/app',
    ]);
  });

  it('is an image with a placeholder in the place of the registry, and a tag', () => {
    expect(custom('  image: OVERWRITE_ME/release/app:1.0')).toEqual(['likely OVERWRITE_ME/release/app:1.0']);
    expect(custom('  image: Assets/logo\n  sideImage: /api/logo:2\n  topImage: Assets/logo.png:2')).toEqual([]);
    expect(custom('  containers: [{image: /app:1.0}]')).toEqual(['likely /app:1.0']);
  });

  it('is not an image when its value is a single word, a picture, a file or a port', () => {
    expect(custom('  image: ubuntu')).toEqual([]);
    expect(custom('  image: assets/logo.png\n  bootImage: disks/system.qcow2')).toEqual([]);
    expect(custom('  imageServer: cache:8080\n  image: cache:8080')).toEqual([]);
  });

  it('is an image under any name when the value can be nothing else', () => {
    expect(custom('  package: r.example.com/team/extension:v1.0.0')).toEqual([
      'likely r.example.com/team/extension:v1.0.0',
    ]);
    expect(custom('  runner: team/runner:v1.0.0')).toEqual(['likely team/runner:v1.0.0']);
  });

  it('is no image when its name says another thing', () => {
    for (const name of ['imagePullSecret', 'imagePolicy', 'chart', 'description', 'url', 'nodeLabel', 'allowedImage']) {
      expect([name, custom(`  ${name}: r.example.com/team/app:1`)]).toEqual([name, []]);
    }
  });

  it('lists images as a list, and as a map whose keys say nothing', () => {
    expect(custom('  images: [team/a:1, team/b:1]')).toEqual(['likely team/a:1', 'likely team/b:1']);
    expect(custom('  sidecarImages:\n    exporter: team/c:1\n    backup: d:1')).toEqual([
      'likely team/c:1',
      'likely d:1',
    ]);
    expect(custom('  image: {application: team/e:1, pullPolicy: Always}')).toEqual(['likely team/e:1']);
  });

  it('is not looked for in labels, selectors, descriptions, schemas and queries', () => {
    expect(
      custom(`
  template: {metadata: {annotations: {note: "r.example.com/a/b:1"}, labels: {image: "r.example.com/a/b:1"}}}
  nodeSelector: {image: r.example.com/a/b:1}
  selector: {image: r.example.com/a/b:1}
  openAPIV3Schema: {image: r.example.com/a/b:1}
  example: {image: r.example.com/a/b:1}
  groups: [{rules: [{expr: "image:count:rate5m", record: "image:count:sum"}]}]`),
    ).toEqual([]);
  });

  it('is not looked for in what a policy judges, however deep', () => {
    for (const spec of [
      'rules: [{verifyImages: [{imageReferences: ["r.example.com/team/app:1.0"]}]}]',
      'allowedImages: {team: {reference: "r.example.com/team/app:1.0"}}',
      'exclude: {any: [{value: "r.example.com/team/app:1.0"}]}',
    ]) {
      expect([spec, custom(`  ${spec}`)]).toEqual([spec, []]);
    }
    for (const kind of ['K8sAllowedRepos', 'K8sDisallowedTags', 'ClusterImagePolicy', 'ImageDigestMirrorSet']) {
      const found = discovered(`apiVersion: example.com/v1\nkind: ${kind}\nspec: {list: ["r.example.com/a/b:1.0"]}`);
      expect([kind, found.images]).toEqual([kind, []]);
    }
  });

  it('is still one in a policy that only is called so', () => {
    expect(
      imagesOf(discovered('apiVersion: example.com/v1\nkind: ClusterPolicy\nspec: {driver: {image: "team/driver:1"}}')),
    ).toEqual(['likely team/driver:1']);
    expect(custom('  denyServer: {image: team/server:1}')).toEqual(['likely team/server:1']);
  });

  it('is no image of a machine or disk, unless it is written as a whole reference', () => {
    expect(custom('  machineImage: {name: ubuntu, version: "24.04"}')).toEqual([]);
    expect(custom('  disks: [{image: ubuntu/noble}]\n  dataDisks: [{image: "ubuntu:24.04"}]')).toEqual([]);
    expect(custom('  imageStreamTag: team/ruby:latest\n  bootImage: team/system')).toEqual([]);
    expect(custom('  disks: [{image: r.example.com/team/disk:1.0}]')).toEqual(['likely r.example.com/team/disk:1.0']);
  });

  it('is no plugin or module, unless it is called an image', () => {
    expect(custom('  plugins: [team/plugin:1.2.0]\n  modules: {cache: "r.example.com/team/cache:1.0"}')).toEqual([]);
    expect(custom('  plugins: {cache: {image: "team/cache:1.0"}}\n  pluginImages: [team/p:1]')).toEqual([
      'likely team/cache:1.0',
      'likely team/p:1',
    ]);
  });

  it('is not looked for in an object inside that names none', () => {
    const crd =
      '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, spec: {image: "r.example.com/a/b:1"}}';
    expect(custom(`  manifests: [${crd}]`)).toEqual([]);
  });

  it('that holds a placeholder is a finding', () => {
    const discovery = discovered('apiVersion: example.com/v1\nkind: Widget\nspec: {image: "{{ .Image }}"}');
    expect(discovery.images).toEqual([]);
    expect(discovery.findings).toMatchObject([{ code: 'placeholder' }]);
  });

  it('is reported with the rule, the path and the line', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec:\n  db:\n    image: a/b:1',
    );
    expect(discovery.images[0]?.uses).toMatchObject([
      { rule: 'image-field', kind: 'Widget', name: 'w', path: 'spec.db.image', line: 8 },
    ]);
  });
});

test.each([
  ['image: "r.example/app:"', 'tag is empty'],
  ['image: "r.example/app:2.0240101e+07"', 'write it in quotes, "20240101"'],
  ['image: "r.example/app:1.0+build"', 'the tag contains "+"'],
  ['image: { repository: r.example/app, tag: "1.0+build" }', 'the tag contains "+"'],
  ['image: { registry: r.example, repository: app, tag: "2.0240101e+07" }', 'write it in quotes'],
])('%s of a custom resource is a warning, because no registry has such a tag', (field, reason) => {
  const { images, findings } = discovered(`apiVersion: example.com/v1\nkind: Widget\nspec:\n  ${field}`);
  expect(images).toEqual([]);
  expect(findings).toMatchObject([{ code: 'unreadable', severity: 'warning' }]);
  expect(findings[0]?.message).toContain(reason);
});

test('a text of a custom resource that no registry starts is not called a wrong reference', () => {
  for (const text of ['app:', 'team/app:', 'https://r.example/app:', 'r.example:', 'cpu:1+1']) {
    expect([text, discovered(`kind: Widget\nspec:\n  image: "${text}"`).findings]).toEqual([text, []]);
  }
});
