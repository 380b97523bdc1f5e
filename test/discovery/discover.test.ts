import { describe, expect, it } from 'vitest';
import { discover } from '../../src/discovery/discover.ts';
import { discovered, document, imagesOf, rendered } from './rendered.ts';

const container = (image: string): string => `{name: c, image: ${image}}`;

describe('the images of a rendered chart', () => {
  it('are found in every built-in kind that holds a pod spec', () => {
    const inTemplate = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job'];
    const bodies = inTemplate.map((kind) => {
      const spec = `{template: {spec: {containers: [${container(`r.example/${kind.toLowerCase()}:1`)}]}}}`;
      return `kind: ${kind}\nmetadata: {name: x}\nspec: ${spec}`;
    });
    const discovery = discovered(
      ...bodies,
      `kind: Pod\nspec: {containers: [${container('r.example/pod:1')}]}`,
      `kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [${container('r.example/cronjob:1')}]}}}}}`,
      `kind: PodTemplate\ntemplate: {spec: {containers: [${container('r.example/podtemplate:1')}]}}`,
    );
    const kinds = [...inTemplate, 'Pod', 'CronJob', 'PodTemplate'];
    expect(imagesOf(discovery)).toEqual(kinds.map((kind) => `certain r.example/${kind.toLowerCase()}:1`));
  });

  it('are found in containers of all sorts and in image volumes', () => {
    const discovery = discovered(`
kind: Pod
spec:
  initContainers: [${container('a:1')}]
  containers: [${container('b:1')}]
  ephemeralContainers: [${container('c:1')}]
  volumes:
    - {name: model, image: {reference: d:1, pullPolicy: Always}}
    - {name: other, emptyDir: {}}`);
    expect(imagesOf(discovery)).toEqual(['certain a:1', 'certain b:1', 'certain c:1', 'certain d:1']);
  });

  it('are found in lists, also in lists of lists, and named by their item', () => {
    const pod = `{kind: Pod, metadata: {name: inner}, spec: {containers: [${container('a:1')}]}}`;
    const discovery = discovered(`kind: List\nitems: [{kind: PodList, items: [${pod}]}]`);
    expect(discovery.images[0]?.uses[0]).toMatchObject({
      kind: 'Pod',
      name: 'inner',
      path: 'items[0].items[0].spec.containers[0].image',
    });
  });

  it('carry template, kind, name, path and line', () => {
    const text = `${document('kind: Service\nmetadata: {name: s}')}${document(
      'kind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n    - name: c\n      image: >-\n        r.example/folded:1\n',
      'shop/charts/sub/templates/b.yaml',
    )}`;
    expect(discover([rendered(text)]).images[0]?.uses).toEqual([
      {
        image: 'r.example/folded:1',
        chart: 'shop',
        chartPath: 'charts/shop',
        valueSets: ['default'],
        template: 'shop/charts/sub/templates/b.yaml',
        kind: 'Pod',
        name: 'p',
        path: 'spec.containers[0].image',
        line: text.split('\n').indexOf('        r.example/folded:1') + 1,
        rule: 'pod-spec',
        confidence: 'certain',
      },
    ]);
  });

  it('are followed through anchors, aliases and merge keys', () => {
    const discovery = discovered(`
kind: Pod
spec:
  containers:
    - &base {name: a, image: &img r.example/anchored:1}
    - {name: b, image: *img}
    - {<<: *base, name: c}
    - {<<: [*base], image: r.example/own:1}`);
    expect(imagesOf(discovery)).toEqual(['certain r.example/anchored:1', 'certain r.example/own:1']);
    expect(discovery.images[0]?.uses.map((use) => use.path)).toEqual([
      'spec.containers[0].image',
      'spec.containers[1].image',
      'spec.containers[2].image',
    ]);
  });

  it('are one image with all uses when several fields have the same text', () => {
    const discovery = discovered(
      `kind: Pod\nmetadata: {name: a}\nspec: {containers: [${container('a:1')}]}`,
      `kind: Pod\nmetadata: {name: b}\nspec: {containers: [${container('a:1')}]}`,
    );
    expect(discovery.images.map((image) => image.uses.map((use) => use.name))).toEqual([['a', 'b']]);
  });

  it('are one use with several value sets when each set renders the same', () => {
    const pod = (image: string): string => document(`kind: Pod\nspec: {containers: [${container(image)}]}`);
    const discovery = discover([
      rendered(pod('a:1'), { valueSet: 'small' }),
      rendered(pod('a:1'), { valueSet: 'large' }),
      rendered(pod('a:2'), { valueSet: 'edge' }),
    ]);
    expect(discovery.images.map((image) => [image.image, image.uses.map((use) => use.valueSets)])).toEqual([
      ['a:1', [['small', 'large']]],
      ['a:2', [['edge']]],
    ]);
  });

  it('keep charts of the same name apart and in the order of the user', () => {
    const pod = document(`kind: Pod\nspec: {containers: [${container('a:1')}]}`);
    const discovery = discover([rendered(pod, { displayPath: 'z' }), rendered(pod, { displayPath: 'b' })]);
    expect(discovery.images[0]?.uses.map((use) => use.chartPath)).toEqual(['z', 'b']);
  });

  it('are not looked for in custom resource definitions or in kinds of another group with a built-in name', () => {
    const discovery = discovered(
      'kind: CustomResourceDefinition\nspec: {containers: [{image: "a:1"}]}',
      'apiVersion: batch.example.com/v1\nkind: Job\nspec: {template: {spec: {containers: []}}}',
      'kind: List\nitems: [{kind: CustomResourceDefinition, spec: {image: "r.example/a:1"}}]',
    );
    expect(discovery.images).toEqual([]);
  });

  it('are in the last of duplicate keys, as Kubernetes reads them', () => {
    expect(imagesOf(discovered('kind: Pod\nspec:\n  containers:\n    - image: a:1\n      image: b:1'))).toEqual([
      'certain b:1',
    ]);
  });
});

describe('the findings of a rendered chart', () => {
  it('name a placeholder that was not replaced, with the template', () => {
    for (const text of [
      'auto',
      '{{ .Values.image }}',
      '[[ image ]]',
      '###IMAGE###',
      '<image>',
      `$${'{IMAGE}'}`,
      '$(IMAGE)',
    ]) {
      const discovery = discovered(`kind: Pod\nmetadata: {name: p}\nspec: {containers: [{image: "${text}"}]}`);
      expect(discovery.images).toEqual([]);
      expect(discovery.findings).toMatchObject([
        { code: 'placeholder', renderedAt: { template: 'shop/templates/a.yaml' } },
      ]);
      expect(discovery.findings[0]?.message).toContain(text);
    }
  });

  it('name a reference without tag and digest once, however often it is used', () => {
    const pod = (name: string): string => `kind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{image: nginx}]}`;
    expect(discovered(pod('a'), pod('b')).findings).toMatchObject([{ code: 'no-tag', image: 'nginx' }]);
  });

  it('name an image field that is no text, no reference or empty, by its path', () => {
    for (const value of ['[a]', '{repository: a, tag: b}', '12', '""', 'UPPER/Case:1', 'a:b:c', 'null']) {
      const discovery = discovered(`kind: Pod\nspec: {containers: [{image: ${value}}]}`);
      expect([value, discovery.images]).toEqual([value, []]);
      expect(discovery.findings).toMatchObject([{ code: 'unreadable', severity: 'error' }]);
      expect(discovery.findings[0]?.message).toContain('spec.containers[0].image');
    }
  });

  it('name a document that is not YAML, and the others are still read', () => {
    const discovery = discovered(
      'kind: Pod\nspec: {containers: [{image: a:1}',
      `kind: Pod\nspec: {containers: [${container('b:1')}]}`,
    );
    expect(imagesOf(discovery)).toContain('certain b:1');
    expect(discovery.findings).toMatchObject([
      { code: 'unreadable', renderedAt: { template: 'shop/templates/a.yaml' } },
    ]);
  });

  it('are reported once for several value sets', () => {
    const pod = document('kind: Pod\nspec: {containers: [{image: auto}]}');
    const discovery = discover([rendered(pod, { valueSet: 'a' }), rendered(pod, { valueSet: 'b' })]);
    expect(discovery.findings).toHaveLength(1);
  });
});
