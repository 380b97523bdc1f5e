import { describe, expect, it } from 'vitest';
import { discovered, imagesOf } from './rendered.ts';

/** A definition whose `spec` has these properties, in YAML at the margin. */
function definition(properties: string, version = 'v1'): string {
  const schema = `openAPIV3Schema:
  type: object
  properties:
    spec:
      type: object
      properties:
${properties.replace(/^/gm, '        ')}`;
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  versions:
    - name: ${version}
      served: true
      schema:
${schema.replace(/^/gm, '        ')}
`;
}
const images = (properties: string): readonly string[] => imagesOf(discovered(definition(properties)));

describe('the defaults of a custom resource definition', () => {
  it('are likely images where the property is named like one', () => {
    expect(images('image:\n  default: team/app:1\n  type: string')).toEqual(['likely team/app:1']);
    expect(
      images('sidecarImage:\n  description: "such as\n    r.example/a/doc:1"\n  default: "r.example/app:2"'),
    ).toEqual(['likely r.example/app:2']);
    expect(images('proxyImage: {type: string, default: "team/flow:1"}')).toEqual(['likely team/flow:1']);
  });

  it('are joined where registry, repository and tag have one each', () => {
    expect(
      images(`image:
  type: object
  properties:
    repository: {type: string, default: broker}
    registry:
      default: r.example.com/team
      type: string
    tag:
      type: string
      default: "3.7"`),
    ).toEqual(['likely r.example.com/team/broker:3.7']);
  });

  it('are read in maps and lists that are defaults as a whole, over those of their fields', () => {
    expect(images('db:\n  default:\n    image: team/db:1\n  type: object')).toEqual(['likely team/db:1']);
    expect(images('images:\n  default:\n  - team/a:1\n  - team/b:1\n  type: array')).toEqual([
      'likely team/a:1',
      'likely team/b:1',
    ]);
    expect(
      images(`db:
  type: object
  default: {image: {tag: "2"}}
  properties:
    image:
      properties: {repository: {default: team/db}, tag: {default: "1"}}`),
    ).toEqual(['likely team/db:2']);
    expect(
      images('containers:\n  type: array\n  items:\n    properties:\n      image:\n        default: busybox'),
    ).toEqual(['likely busybox']);
    expect(
      images('pools:\n  type: object\n  additionalProperties:\n    properties: {image: {default: team/pool:1}}'),
    ).toEqual(['likely team/pool:1']);
  });

  it('are none where they are examples, descriptions, enumerations or properties called default', () => {
    for (const properties of [
      'image: {type: string, example: "r.example.com/a/b:1.0", default: ""}',
      'image:\n  type: string\n  description: |-\n    The image.\n    default: r.example.com/a/b:1.0',
      'image: {type: string, enum: ["r.example.com/a/b:1.0"]}',
      'image:\n  type: object\n  properties:\n    default: {type: string, example: "r.example.com/a/b:1.0"}',
      'imagePullPolicy: {default: IfNotPresent}\nprotocol: {default: "tcp:80"}\npath: {default: /etc/ceph/keyring}',
      'imagePullSecret: {default: "team/secret:1"}\nurl: {default: "r.example.com/team/app:1.0"}',
      'image: {description: {default: "r.example.com/a/b:1.0"}}',
    ]) {
      expect([properties, images(properties)]).toEqual([properties, []]);
    }
  });

  it('are none where the tag is a field without a default: nothing says which image it is', () => {
    expect(images('image: {default: r.example/team/driver}\nversion: {type: string}')).toEqual([]);
    expect(images('image: {default: r.example/team/driver}\ntag: {type: string, default: ""}')).toEqual([]);
    expect(images('image: {default: r.example/team/driver}\nagentTag: {type: string}')).toEqual([
      'likely r.example/team/driver',
    ]);
    expect(images('image: {default: "r.example/team/driver:1"}\nversion: {type: string}')).toEqual([
      'likely r.example/team/driver:1',
    ]);
  });

  it('are read in each version that is served, and in definitions of the first API version', () => {
    const text = definition('image: {default: "team/app:1"}', 'v1');
    const second = text.slice(text.indexOf('    - name:')).replace('team/app:1', 'team/app:2');
    expect(imagesOf(discovered(text + second))).toEqual(['likely team/app:1', 'likely team/app:2']);
    expect(imagesOf(discovered(text + second.replace('served: true', 'served: false')))).toEqual(['likely team/app:1']);
    const old = `apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
spec:
  validation:
    openAPIV3Schema: {properties: {spec: {properties: {image: {default: "team/old:1"}}}}}
`;
    expect(imagesOf(discovered(old))).toEqual(['likely team/old:1']);
    expect(imagesOf(discovered(`kind: List\nitems:\n${old.replace(/^/gm, '    ').replace('    ', '  - ')}`))).toEqual([
      'likely team/old:1',
    ]);
  });

  it('are reported at the path of the field, and at the line of the default', () => {
    expect(discovered(definition('image:\n  type: string\n  default: team/app:1')).images[0]?.uses).toMatchObject([
      {
        kind: 'CustomResourceDefinition',
        name: 'widgets.example.com',
        path: 'spec.versions[0].schema.openAPIV3Schema > spec.image',
        rule: 'image-field',
        line: 20,
      },
    ]);
  });

  it('are unknown, and not searched as text, where the definition cannot be parsed', () => {
    const text = `${definition('image:\n  description: r.example.com/a/b:1.0\n  default: team/app:1')}  : [`;
    const { images: found, findings } = discovered(text);
    expect(found).toEqual([]);
    expect(findings).toMatchObject([{ code: 'unreadable' }]);
    expect(findings[0]?.message).toContain('Its images are unknown.');
  });
});
