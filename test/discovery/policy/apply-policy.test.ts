import { describe, expect, test } from 'vitest';
import { discover } from '../../../src/discovery/discover.ts';
import { applyPolicy } from '../../../src/discovery/policy/apply-policy.ts';
import { parsePathSteps } from '../../../src/discovery/policy/path-steps.ts';
import { type ConfiguredPath, type Ignore, noPolicy, type Policy } from '../../../src/discovery/policy/policy.ts';
import { referenceOf } from '../../support/discovered.ts';
import { document, rendered } from '../rendered.ts';

const place = { file: 'chart-images.yaml', line: 7, column: 5 };
const now = new Date('2027-01-31T23:59:59Z');

function pod(name: string, ...images: readonly string[]): string {
  const containers = images.map((image) => `  - image: ${image}\n`).join('');
  return `kind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n${containers}`;
}

function ruled(policy: Partial<Policy>, ...bodies: readonly string[]) {
  const renderings = [rendered(bodies.map((body) => document(body)).join(''))];
  const { discovery, findings, ignored } = applyPolicy(
    discover(renderings),
    renderings,
    { ...noPolicy, ...policy },
    now,
  );
  return {
    discovery,
    images: discovery.images.map(({ image, uses }) => `${image} ${uses.map(({ name }) => name).join(' ')}`.trim()),
    findings: findings.map(({ code, severity, file, line }) => [severity, code, file, line].join(' ')),
    messages: findings.map(({ message }) => message),
    ignored: ignored.map(({ ignore, images, findings: taken }) => [
      ignore.reason,
      ...images.map(({ image, uses }) => `${image} ${uses.map(({ name }) => name).join(' ')}`),
      ...taken.map(({ code }) => code),
    ]),
  };
}

function ignore(patterns: Ignore['patterns'], over: Partial<Ignore> = {}): Ignore {
  return { patterns, reason: 'not needed', until: undefined, location: place, ...over };
}

function configured(kind: string, path: string, apiVersion?: string): ConfiguredPath {
  const steps = parsePathSteps(path);
  if (!steps.ok) throw new Error(steps.reason);
  return { kind, apiVersion, path, steps: steps.value, location: place };
}

describe('an ignore', () => {
  test('takes an image away wherever it is used, and keeps its reason', () => {
    const { images, ignored, findings } = ruled(
      { ignores: [ignore({ image: 'r.example/test' }, { reason: 'only for tests' })] },
      pod('a', 'r.example/test:1', 'r.example/web:1'),
      pod('b', 'r.example/test:1'),
    );
    expect(images).toEqual(['r.example/web:1 a']);
    expect(ignored).toEqual([['only for tests', 'r.example/test:1 a b']]);
    expect(findings).toEqual([]);
  });

  test('by place leaves the image where it is used elsewhere', () => {
    const { images, ignored } = ruled(
      { ignores: [ignore({ kind: 'Pod', name: 'b-*' })] },
      pod('a', 'r.example/web:1'),
      pod('b-test', 'r.example/web:1'),
    );
    expect(images).toEqual(['r.example/web:1 a']);
    expect(ignored).toEqual([['not needed', 'r.example/web:1 b-test']]);
  });

  test.each([
    ['the chart by name', { chart: 'shop' }],
    ['the chart by path', { chart: 'charts/*' }],
    ['the template', { template: 'shop/templates/**' }],
    ['the kind', { kind: 'P*' }],
    ['the path', { path: 'spec.containers[*].image' }],
    ['all together', { chart: 'shop', template: 'shop/templates/a.yaml', kind: 'Pod', name: 'a', image: '**' }],
  ])('can say %s', (_, patterns) => {
    expect(ruled({ ignores: [ignore(patterns)] }, pod('a', 'r.example/web:1')).images).toEqual([]);
  });

  test('is about nothing when one of its patterns is not', () => {
    const { images, findings, messages } = ruled(
      { ignores: [ignore({ image: 'r.example/web', kind: 'Job' })] },
      pod('a', 'r.example/web:1'),
    );
    expect(images).toEqual(['r.example/web:1 a']);
    expect(findings).toEqual(['notice unused-rule chart-images.yaml 7']);
    expect(messages[0]).toContain('The ignore rule for image "r.example/web", kind "Job" matches no');
  });

  test('holds to the end of its last day, and then warns', () => {
    const until = (day: string) =>
      ruled({ ignores: [ignore({ image: '**' }, { until: day })] }, pod('a', 'r.example/web:1'));
    expect(until('2027-01-31').images).toEqual([]);
    expect(until('2027-01-30').images).toEqual(['r.example/web:1 a']);
    expect(until('2027-01-30').findings).toEqual(['warning expired-rule chart-images.yaml 7']);
  });

  test('that another one has come before is not unused', () => {
    const { ignored, findings } = ruled(
      {
        ignores: [ignore({ image: '**' }, { reason: 'first' }), ignore({ kind: 'Pod' }, { reason: 'second' })],
      },
      pod('a', 'r.example/web:1'),
    );
    expect(ignored).toEqual([['first', 'r.example/web:1 a']]);
    expect(findings).toEqual([]);
  });

  test('takes the findings of its images and places with it', () => {
    const { findings, ignored } = ruled(
      { ignores: [ignore({ image: 'r.example/web' }), ignore({ name: 'mesh' })] },
      pod('a', 'r.example/web'),
      pod('mesh', 'auto'),
      pod('other', 'auto'),
    );
    expect(findings.map((finding) => finding.split(' ').slice(0, 2).join(' '))).toEqual(['warning placeholder']);
    expect(ignored).toEqual([
      ['not needed', 'r.example/web a', 'no-tag'],
      ['not needed', 'placeholder'],
    ]);
  });
});

describe('a required image', () => {
  test('is found by its pattern among those that the charts name, ignored ones too', () => {
    const policy = {
      required: [{ pattern: '**/web', location: place }],
      ignores: [ignore({ image: '**' })],
    };
    expect(ruled(policy, pod('a', 'r.example/web:1')).findings).toEqual([]);
  });

  test('that no chart names is an error at its line', () => {
    const { findings, messages } = ruled(
      {
        required: [{ pattern: 'r.example/proxy:*', location: place }],
        extraImages: [{ reference: referenceOf('r.example/proxy:1'), path: 'extra-images[0]', location: place }],
      },
      pod('a', 'r.example/web:1'),
    );
    expect(findings).toEqual(['error required chart-images.yaml 7']);
    expect(messages[0]).toContain('"r.example/proxy:*"');
  });
});

describe('an extra image', () => {
  test('comes after those of the charts, declared, with its line', () => {
    const { discovery } = ruled(
      { extraImages: [{ reference: referenceOf('r.example/agent:1'), path: 'extra-images[0]', location: place }] },
      pod('a', 'r.example/web:1'),
    );
    expect(discovery.images.map(({ image, confidence }) => [confidence, image])).toEqual([
      ['certain', 'r.example/web:1'],
      ['declared', 'r.example/agent:1'],
    ]);
    expect(discovery.images[1]?.uses).toMatchObject([
      { chartPath: 'chart-images.yaml', path: 'extra-images[0]', rule: 'extra-images', line: 7, declaredAt: place },
    ]);
  });

  test('that a chart names too is one image, and one without a tag is reported', () => {
    const { images, messages } = ruled(
      {
        extraImages: ['r.example/web:1', 'r.example/agent'].map((text, index) => ({
          reference: referenceOf(text),
          path: `extra-images[${index}]`,
          location: place,
        })),
      },
      pod('a', 'r.example/web:1'),
    );
    expect(images).toEqual(['r.example/web:1 a', 'r.example/agent']);
    expect(messages).toEqual([
      'r.example/agent has no tag or digest, so it resolves to the current "latest" (extra-images, extra-images[1]).',
    ]);
  });
});

describe('a path for a kind', () => {
  const body = `apiVersion: ops.example/v1
kind: Fleet
metadata:
  name: f
spec:
  boxes:
    - source: nginx:1.25
    - source: ""
    - source: auto
    - source: [a]
  split: { repository: r.example/split, tag: "2" }
`;

  test('reads the fields that it leads to', () => {
    const { discovery, findings } = ruled(
      { paths: [configured('Fleet', 'spec.boxes[*].source', 'ops.example/*'), configured('Fleet', 'spec.split')] },
      pod('z', 'r.example/web:1'),
      body,
    );
    const read = discovery.images.filter(({ uses }) => uses[0]?.rule === 'configured-path');
    expect(read.map(({ image, confidence, uses }) => [image, confidence, uses[0]?.path, uses[0]?.line])).toEqual([
      ['nginx:1.25', 'likely', 'spec.boxes[0].source', 17],
    ]);
    expect(discovery.images.map(({ image }) => image)).toContain('r.example/split:2');
    expect(findings.map((finding) => finding.split(' ')[1])).toEqual(['placeholder', 'unreadable']);
  });

  test('takes a place that a rule has read already only once', () => {
    const { images } = ruled({ paths: [configured('Pod', 'spec.containers[*].image')] }, pod('a', 'r.example/web:1'));
    expect(images).toEqual(['r.example/web:1 a']);
  });

  test.each([
    ['another kind', configured('Flee', 'spec.boxes[*].source')],
    ['another group', configured('Fleet', 'spec.boxes[*].source', 'ops.test/v1')],
    ['a field that is not there', configured('Fleet', 'spec.boxes[*].image')],
  ])('that leads to %s is reported', (_, path) => {
    const { findings } = ruled({ paths: [path] }, body);
    expect(findings).toContain('notice unused-rule chart-images.yaml 7');
  });

  test('is read strictly', () => {
    const steps = (text: string) => {
      const parsed = parsePathSteps(text);
      return parsed.ok ? parsed.value.length : parsed.reason;
    };
    expect(steps('spec.a-b["c.d"][0].*[*]')).toBe(6);
    expect(steps('')).toBe('it is empty');
    expect(steps('spec..a')).toBe('it is invalid from character 5');
    expect(steps('spec[x]')).toBe('it is invalid from character 5');
    expect(steps('.spec')).toBe(1);
  });
});

test('no rules change nothing', () => {
  const renderings = [rendered(document(pod('a', 'r.example/web', 'auto')))];
  const discovery = discover(renderings);
  expect(applyPolicy(discovery, renderings, noPolicy, now)).toEqual({
    named: discovery,
    discovery,
    findings: discovery.findings,
    ignored: [],
  });
});
