import { describe, expect, it } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

const custom = (spec: string): readonly string[] =>
  imagesOf(discovered(`apiVersion: example.com/v1\nkind: Widget\nspec:\n  ${spec}`));
const digest = `sha256:${'1'.repeat(64)}`;

describe('the parts of a reference in sibling fields', () => {
  it.each([
    ['image: {registry: r.example.com, repository: team/app, tag: "1.10"}', 'r.example.com/team/app:1.10'],
    ['image: {repository: r.example.com/team/app, tag: 1.10}', 'r.example.com/team/app:1.10'],
    [`image: {repository: team/app, tag: v2, digest: "${digest}"}`, `team/app:v2@${digest}`],
    [`image: {repository: team/app, digest: "${'1'.repeat(64)}"}`, `team/app@${digest}`],
    [`image: {repository: team/app, tag: "${digest}"}`, `team/app@${digest}`],
    ['image: {repository: team/app, tag: ":1.0"}', 'team/app:1.0'],
    [`image: {repository: team/app, tag: "@${digest}"}`, `team/app@${digest}`],
    [`image: {repository: "r.example/app:1", digest: "${digest}"}`, `r.example/app:1@${digest}`],
    ['image: {name: r.example.com/team/proxy, version: stable}', 'r.example.com/team/proxy:stable'],
    ['driver: {repository: r.example.com/team, image: driver, version: "550"}', 'r.example.com/team/driver:550'],
    ['image: {registry: docker.io/, repository: docker.io/team/app, tag: "1"}', 'docker.io/team/app:1'],
    ['image: {registry: docker.io, repository: r.example.com/team/app, tag: "1"}', 'r.example.com/team/app:1'],
    ['image: {registry: r.example, repository: core, name: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {repository: r.example/core, name: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {repository: r.example/core/amf, name: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {repository: r.example/core/amf, name: The AMF, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['images: [{registry: r.example, repository: core, name: amf, tag: "1.0"}]', 'r.example/core/amf:1.0'],
    ['images: [{name: front, repository: r.example/core/amf, tag: "1.0"}]', 'r.example/core/amf:1.0'],
    ['images: [{name: front, registry: r.example, repository: core/amf, tag: "1.0"}]', 'r.example/core/amf:1.0'],
    ['images: [{name: front, repository: amf, tag: "1.0"}]', 'amf:1.0'],
    ['images: [{host: "r.example:5000", repository: core, name: amf, tag: "1.0"}]', 'r.example:5000/core/amf:1.0'],
    ['image: {host: "r.example:5000", repository: core/amf, tag: "1.0"}', 'r.example:5000/core/amf:1.0'],
    ['image: {url: r.example/, registry: core, name: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {url: "https://r.example/a.png", repository: core/amf, tag: "1.0"}', 'core/amf:1.0'],
    ['image: {registry: r.example, namespace: core, repository: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {registry: r.example, org: core, name: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {registry: r.example, organization: core, repository: core/amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {registry: r.example, project: core, name: amf, version: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {namespace: core, name: amf, tag: "1.0"}', 'core/amf:1.0'],
    ['image: {namespace: system, repository: core/amf, tag: "1.0"}', 'core/amf:1.0'],
    ['amf: {registry: r.example, organization: core, repository: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['amf: {organization: core, repository: amf, tag: "1.0"}', 'amf:1.0'],
    ['driver: {image: team/driver, version: "550"}', 'team/driver'],
    ['amf: {registry: r.example, repository: core/amf, version: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {repository: r.example/core, name: sub/amf, tag: "1.0"}', 'r.example/core/sub/amf:1.0'],
    ['image: {repository: r.example/core/, name: amf, tag: "1.0"}', 'r.example/core/amf:1.0'],
    ['image: {registry: r.example, namespace: core, repository: sub/amf, tag: "1.0"}', 'r.example/core/sub/amf:1.0'],
    ['{namespace: system, imageRegistry: r.example, imageRepository: core/amf, imageTag: "1"}', 'r.example/core/amf:1'],
    ['{proxyImage: team/proxy, proxyImageTag: "2"}', 'team/proxy:2'],
    ['agent: {imageRepository: r.example.com/agent, imageTag: "3"}', 'r.example.com/agent:3'],
    ['{image: team/router, defaultImageVersion: v1}', 'team/router:v1'],
    ['helmImage: {repository: team/helm, tag: "3"}', 'team/helm:3'],
    ['gitSync: {repository: team/git-sync, tag: "4"}', 'team/git-sync:4'],
    ['sourceController: {repository: team/source, tag: "5"}', 'team/source:5'],
    ['git: {image: team/git, tag: "2"}', 'team/git:2'],
    ['chart: {imageRepository: team/museum, imageTag: "3"}', 'team/museum:3'],
    ['proxy: {repository: nginx, tag: "1.25"}', 'nginx:1.25'],
    ['proxy: {registry: r.example, image: "nginx:1.25"}', 'r.example/nginx:1.25'],
    ['{imageRegistry: r.example/team, proxyImageName: proxy, proxyImageTag: "1"}', 'r.example/team/proxy:1'],
    [`{agentRepository: r.example/agent, agentVersion: "3.9.0@${digest}"}`, `r.example/agent:3.9.0@${digest}`],
    ['images: [{name: nginx, newName: mirror/nginx, newTag: "1.25"}]', 'mirror/nginx:1.25'],
  ])('%s make one reference', (spec, image) => {
    expect(custom(spec)).toEqual([`likely ${image}`]);
  });

  it.each([
    ['a name and a version of a program', '{name: postgres, version: "16"}'],
    ['a repository without tag or digest', 'image: {repository: r.example.com/team/app, tag: "", digest: null}'],
    ['a chart in a repository', '{repository: r.example.com/charts/app, version: "1.0.0"}'],
    ['a chart by web address', 'image: {repository: "https://charts.example.com", tag: "1.0.0"}'],
    ['a repository of code', 'git: {repository: team/app, tag: "1.0.0"}'],
    ['the code of a chart that has a registry', 'chart: {registry: r.example, repository: charts/app, tag: "1.0.0"}'],
    ['code by its name', '{gitRepository: github.com/org/code, gitTag: v1.0}'],
    ['one of several sources', 'sources: [{repository: github.com/org/code, tag: v1.0}]'],
    ['a provider in a registry', 'provider: {registry: registry.example.com, name: cloud, version: "1.2.0"}'],
    ['a package in a registry', 'npm: {registry: registry.example.com, repository: team/lib, version: "1.2.0"}'],
    ['a chart in a registry', 'helm: {registry: r.example.com, repository: charts/app, version: "1.2.0"}'],
    ['the image of a disk', 'image: {name: ubuntu, version: "24.04", size: 10Gi, format: qcow2}'],
    ['where all images come from', 'dns: {imageRepository: registry.example.com, imageTag: v1}'],
    ['a tag that is none', 'image: {repository: team/app, tag: "a b"}'],
  ])('%s make none', (_, spec) => {
    expect(custom(spec)).toEqual([]);
  });

  it('are repository and version where the version of a sibling has a digest: only images have one', () => {
    const agent = `agentRepository: r.example/op/agent, agentVersion: "3.9.0@${digest}"`;
    expect(custom(`{repository: r.example/op/server, version: 3.9.0, ${agent}}`)).toEqual([
      'likely r.example/op/server:3.9.0',
      `likely r.example/op/agent:3.9.0@${digest}`,
    ]);
    expect(custom(`{uiRepository: r.example/op/ui, uiVersion: 3.9.0, ${agent}}`)).toEqual([
      'likely r.example/op/ui:3.9.0',
      `likely r.example/op/agent:3.9.0@${digest}`,
    ]);
    expect(custom(`{chartRepository: r.example/charts/op, chartVersion: 3.9.0, ${agent}}`)).toEqual([
      `likely r.example/op/agent:3.9.0@${digest}`,
    ]);
    expect(
      custom(`{repository: r.example/op/server, version: 3.9.0, agentRepository: a/b, agentVersion: "1.0"}`),
    ).toEqual([]);
  });

  it('are not readable where an image has a registry and a tag, and its program knows the path', () => {
    for (const image of ['{registry: r.example, tag: "1.0"}', '{registry: "", tag: "1.0"}', '{registry: r, tag: 2}']) {
      const { images, findings } = discovered(
        `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {containerImage: ${image}}`,
      );
      expect([image, images]).toEqual([image, []]);
      expect(findings).toMatchObject([{ code: 'unreadable', object: { path: 'spec.containerImage' } }]);
      expect(findings[0]?.message).toContain('it has a registry and a tag, but no repository');
    }
  });

  it('are readable where nothing is to be pulled, or the path is in another field', () => {
    for (const spec of [
      'containerImage: {registry: r.example, tag: ""}',
      'containerImage: {registry: r.example}',
      'containerImage: {registry: r.example, repository: team/app, tag: "1"}',
      'proxy: {registry: r.example, tag: "1.0"}',
      'imageRegistry: {registry: r.example, tag: ""}',
    ])
      expect([spec, discovered(`apiVersion: example.com/v1\nkind: Widget\nspec: {${spec}}`).findings]).toEqual([
        spec,
        [],
      ]);
  });

  it('are reported at the field with the path, and only once', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Widget\nspec:\n  image: r.example.com/a/b\n  tag: v1',
    );
    expect(discovery.images.map((image) => image.image)).toEqual(['r.example.com/a/b:v1']);
    expect(discovery.images[0]?.uses).toMatchObject([{ rule: 'split-fields', path: 'spec.image', line: 6 }]);
  });

  it('are not an image, and are reported, when the host is not valid', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Widget\nspec: {image: {host: harbor, repository: team/app, tag: "1"}}',
    );
    expect(discovery.images).toEqual([]);
    expect(discovery.findings).toMatchObject([{ code: 'unreadable', object: { path: 'spec.image.host' } }]);
  });

  it('are not joined where the path has a tag already: one of the two is another image', () => {
    expect(custom('thing: {repository: "r.example/app:1", tag: "2"}')).not.toContain('likely r.example/app:1:2');
    expect(custom('thing: {repository: "r.example/app:1", tag: "2"}')).not.toContain('likely r.example/app:2');
  });

  it('are no placeholder where there is nothing but a registry', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Widget\nspec: {image: r.example.com, tag: "[[ .Tag ]]"}',
    );
    expect([discovery.images, discovery.findings]).toEqual([[], []]);
  });

  it('are a placeholder when the tag is one', () => {
    const discovery = discovered(
      'apiVersion: example.com/v1\nkind: Widget\nspec: {image: r.example/a, tag: "[[ .Tag ]]"}',
    );
    expect(discovery.images).toEqual([]);
    expect(discovery.findings).toMatchObject([{ code: 'placeholder' }]);
    expect(discovery.findings[0]?.message).toContain('r.example/a:[[ .Tag ]]');
  });
});

describe('parts that are given once for all', () => {
  it('go with every image below that names nothing but itself', () => {
    expect(
      custom('{hub: r.example.com/mesh, tag: "1.2", proxy: {image: proxy}, init: {image: init, tag: ""}}'),
    ).toEqual(['likely r.example.com/mesh/proxy:1.2', 'likely r.example.com/mesh/init:1.2']);
  });

  it('do not go with an image that has a tag or registry of its own', () => {
    expect(custom('{hub: r.example.com/mesh, tag: "1.2", proxy: {image: proxy, tag: "2"}}')).toEqual([
      'likely proxy:2',
    ]);
  });

  it('complete base images by their version', () => {
    expect(custom('{version: v7.5.0, db: {baseImage: team/db}, proxy: {baseImage: team/proxy, version: v1}}')).toEqual([
      'likely team/db:v7.5.0',
      'likely team/proxy:v1',
    ]);
  });
});
