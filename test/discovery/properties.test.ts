import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseReference } from '../../src/core/oci/reference.ts';
import { discover } from '../../src/discovery/discover.ts';
import { templateLine } from '../../src/discovery/templates/template-line.ts';
import { document, rendered } from './rendered.ts';

const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,6})?$/);
const host = fc.constantFrom('r.example.com', 'localhost:5000', 'registry:5000', '10.0.0.1', 'docker.io');
const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `@sha256:${hex}`);
const reference = fc
  .tuple(fc.option(host), fc.array(component, { minLength: 1, maxLength: 3 }), fc.option(tag), fc.option(digest))
  .map(([registry, path, name, hash]) => {
    return [registry === null ? '' : `${registry}/`, path.join('/'), name === null ? '' : `:${name}`, hash ?? ''].join(
      '',
    );
  })
  // A word that injection replaces is a placeholder.
  .filter((text) => text !== 'auto');

const clutter = fc.jsonValue({ maxDepth: 3 });
const kinds = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'PodTemplate',
] as const;

type Json = { readonly [key: string]: unknown };

function holder(kind: (typeof kinds)[number], spec: Json): Json {
  switch (kind) {
    case 'Pod':
      return { kind, spec };
    case 'PodTemplate':
      return { kind, template: { spec } };
    case 'CronJob':
      return { kind, spec: { jobTemplate: { spec: { template: { spec } } } } };
    default:
      return { kind, spec: { template: { spec } } };
  }
}

const pod = fc
  .record({
    kind: fc.constantFrom(...kinds),
    initContainers: fc.array(reference, { maxLength: 3 }),
    containers: fc.array(reference, { minLength: 1, maxLength: 4 }),
    ephemeralContainers: fc.array(reference, { maxLength: 2 }),
    volumes: fc.array(reference, { maxLength: 2 }),
    clutter: fc.dictionary(fc.string(), clutter),
    inList: fc.boolean(),
    style: fc.record({
      lineWidth: fc.constantFrom(0, 40),
      defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL'),
      collectionStyle: fc.constantFrom('any', 'flow'),
    } as const),
  })
  .map(({ kind, initContainers, containers, ephemeralContainers, volumes, clutter: rest, inList, style }) => {
    const held = (images: readonly string[]): readonly Json[] =>
      images.map((image, index) => ({ name: `c${index}`, image, env: [rest] }));
    const spec = {
      initContainers: held(initContainers),
      containers: held(containers),
      ephemeralContainers: held(ephemeralContainers),
      volumes: volumes.map((image) => ({ name: 'v', image: { reference: image } })),
    };
    const object = { metadata: { name: 'x', annotations: rest }, ...holder(kind, spec) };
    const planted = [...initContainers, ...containers, ...ephemeralContainers, ...volumes];
    return { text: stringify(inList ? { kind: 'List', items: [object] } : object, style), planted };
  });

describe('discovery, whatever the texts are', () => {
  it('never loses an image of a pod spec, and knows the line of each', () => {
    fc.assert(
      fc.property(fc.array(pod, { minLength: 1, maxLength: 3 }), (pods) => {
        const text = pods.map((one) => document(one.text)).join('');
        const discovery = discover([rendered(text)]);
        const certain = discovery.images.filter((image) => image.confidence === 'certain');
        const planted = new Set(pods.flatMap((one) => one.planted));
        expect(new Set(certain.map((image) => image.image))).toEqual(planted);
        const lines = text.split('\n');
        for (const { image, uses } of certain) {
          for (const use of uses)
            if (use.rule === 'pod-spec') expect(lines[use.line - 1]).toContain(image.slice(0, 20));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never throws, and names only references that parse, in places inside the text', () => {
    const shaped = fc.record({
      kind: fc.constantFrom('Pod', 'Widget', 'ConfigMap', 'Secret', 'List'),
      spec: clutter,
      data: clutter,
      items: clutter,
    });
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(
          fc.constantFrom(
            'image',
            ': ',
            '- ',
            '\n',
            '  ',
            '---',
            '|',
            '>',
            '{',
            '}',
            '[',
            ']',
            '"',
            "'",
            '#',
            '&a',
            '*a',
            '\t',
            'a/b:1',
            '!!x',
            '\0',
            '?',
          ),
          { maxLength: 60 },
        )
        .map((parts) => parts.join('')),
      shaped.map((object) => stringify(object)),
      shaped.map((object) => JSON.stringify(object)),
    );
    fc.assert(
      fc.property(text, (body) => {
        const stream = `# image\n${body}`;
        const { images, findings } = discover([rendered(stream)]);
        const lines = stream.split('\n').length;
        for (const { image, uses } of images) {
          expect(parseReference(image).ok).toBe(true);
          for (const use of uses) expect(use.line).toBeGreaterThan(0);
          for (const use of uses) expect(use.line).toBeLessThanOrEqual(lines);
        }
        for (const finding of findings) expect(finding.message).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds the same images regardless of other documents', () => {
    fc.assert(
      fc.property(pod, fc.string({ unit: 'binary', maxLength: 200 }), (one, noise) => {
        const alone = discover([rendered(document(one.text))]).images.map((image) => image.image);
        const noisy = discover([rendered(document(one.text) + document(noise.replaceAll(/^---/gm, '')))]);
        expect(noisy.images.map((image) => image.image)).toEqual(expect.arrayContaining(alone));
      }),
      { numRuns: 200 },
    );
  });
});

it('aligning a template with a rendering never throws and stays inside the template', () => {
  const line = fc.constantFrom(
    'image: {{ .Values.image }}',
    'kind: Pod',
    '{{- end }}',
    '{{ toYaml . }}',
    '',
    '{{/*',
    '*/}}',
    '  a: b',
    '{{',
    '}}',
    'image: x:1',
  );
  const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, fc.integer({ min: -1, max: 40 }), (template, output, wanted) => {
      const found = templateLine(template, output, wanted);
      if (found === undefined) return;
      expect(found).toBeGreaterThanOrEqual(1);
      expect(found).toBeLessThanOrEqual(template.split('\n').length);
    }),
  );
});
