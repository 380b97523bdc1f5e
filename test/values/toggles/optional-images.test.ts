import { describe, expect, test } from 'vitest';
import { defaultRenderings } from '../../../src/values/toggles/optional-images.ts';
import { pod, search, shop } from './toggle-fixtures.ts';

const exporter = pod('exporter', 'registry.example/exporter:2.0.0');

describe('an image that a toggle enables', () => {
  test.each(['helm-3', 'helm-4'] as const)('is found with its toggle, with %s', async (tool) => {
    const files = shop('metrics: { enabled: false }\ningress: { enabled: false }\n', {
      'templates/metrics.yaml': `{{ if .Values.metrics.enabled }}${exporter}{{ end }}`,
    });
    const { minimalSets, discovery } = await search(files, [], tool);
    expect(minimalSets).toEqual(['registry.example/exporter:2.0.0: metrics.enabled=true']);
    expect(discovery.images.map(({ image }) => image)).toEqual([
      'registry.example/shop:1.0.0',
      'registry.example/exporter:2.0.0',
    ]);
  });

  test('is reported with its location in the rendering with the toggle', async () => {
    const { discovery, renderings } = await search(
      shop('metrics: { enabled: false }\n', {
        'templates/metrics.yaml': `{{ if .Values.metrics.enabled }}${exporter}{{ end }}`,
      }),
    );
    const use = discovery.images[1]?.uses[0];
    expect(use).toMatchObject({ kind: 'Pod', name: 'exporter', template: 'shop/templates/metrics.yaml' });
    const rendering = renderings.find(({ valueSet }) => valueSet === use?.valueSets[0]);
    expect(rendering?.text.split('\n')[(use?.line ?? 0) - 1]).toContain('registry.example/exporter:2.0.0');
  });

  test('is found deep in the values, by a text that means off, by an unset value, and by null', async () => {
    const { minimalSets } = await search(
      shop('a: { b: { c: { create: false } } }\nmode: disable\nempty: {}\nnothing: { enabled: }\n', {
        'templates/a.yaml': `{{ if .Values.a.b.c.create }}${pod('a', 'registry.example/a:1')}{{ end }}`,
        'templates/b.yaml': `{{ if eq .Values.mode "enable" }}${pod('b', 'registry.example/b:1')}{{ end }}`,
        'templates/c.yaml': `{{ if .Values.empty.enabled }}${pod('c', 'registry.example/c:1')}{{ end }}`,
        'templates/d.yaml': `{{ if .Values.nothing.enabled }}${pod('d', 'registry.example/d:1')}{{ end }}`,
      }),
    );
    expect([...minimalSets].sort()).toEqual([
      'registry.example/a:1: a.b.c.create=true',
      'registry.example/b:1: mode=enable',
      'registry.example/c:1: empty.enabled=true',
      'registry.example/d:1: nothing.enabled=true',
    ]);
  });

  test('is found if it replaces another image when a toggle is off, or when a choice is set', async () => {
    const { minimalSets } = await search(
      shop('slim: true\nkind: small\n', {
        'templates/a.yaml': `{{ if .Values.slim }}${pod('a', 'registry.example/slim:1')}{{ else }}${pod('a', 'registry.example/fat:1')}{{ end }}`,
        'templates/b.yaml': `{{ if eq .Values.kind "large" }}${pod('b', 'registry.example/large:1')}{{ end }}`,
      }),
    );
    expect([...minimalSets].sort()).toEqual([
      'registry.example/fat:1: slim=false',
      'registry.example/large:1: kind=large',
    ]);
  });

  test('is not optional if the chart uses it without a toggle', async () => {
    const { minimalSets } = await search(
      shop('metrics: { enabled: false }\n', {
        'templates/metrics.yaml': `{{ if .Values.metrics.enabled }}${pod('two', 'registry.example/shop:1.0.0')}{{ end }}`,
      }),
    );
    expect(minimalSets).toEqual([]);
  });

  test('has all its toggles if several enable it', async () => {
    const { minimalSets } = await search(
      shop('first: { enabled: false }\nsecond: { enabled: false }\n', {
        'templates/a.yaml': `{{ if .Values.first.enabled }}${exporter}{{ end }}`,
        'templates/b.yaml': `{{ if .Values.second.enabled }}${exporter.replaceAll('exporter\n', 'other\n')}{{ end }}`,
      }),
    );
    expect(minimalSets).toEqual(['registry.example/exporter:2.0.0: first.enabled=true | second.enabled=true']);
  });
});

describe('toggles that depend on each other', () => {
  test('are reported together if an image needs two of them, and no third', async () => {
    const { minimalSets } = await search(
      shop('metrics: { enabled: false, deep: false }\nother: { enabled: false }\n', {
        'templates/metrics.yaml': `{{ if .Values.metrics.enabled }}{{ if .Values.metrics.deep }}${exporter}{{ end }}{{ end }}`,
      }),
    );
    const [minimal = ''] = minimalSets;
    expect(minimalSets).toHaveLength(1);
    expect(minimal.split(': ')[1]?.split(',').sort()).toEqual(['metrics.deep=true', 'metrics.enabled=true']);
  });

  test('do not hide images when one breaks the chart', async () => {
    const { minimalSets, findings } = await search(
      shop('tls: { enabled: false, secret: "" }\nmetrics: { enabled: false }\n', {
        'templates/tls.yaml':
          '{{ if .Values.tls.enabled }}{{ required "a secret is needed" .Values.tls.secret }}{{ end }}',
        'templates/metrics.yaml': `{{ if .Values.metrics.enabled }}${exporter}{{ end }}`,
      }),
    );
    expect(minimalSets).toEqual(['registry.example/exporter:2.0.0: metrics.enabled=true']);
    expect(findings.map(({ code, severity, message }) => `${code} ${severity} ${message}`)).toEqual([
      expect.stringMatching(/^unexplored notice Skipped 1 toggle of shop .*: tls\.enabled\.$/),
    ]);
  });

  test('do not hide images that only a rendering of some of them had', async () => {
    const { minimalSets } = await search(
      shop('a: { enabled: false }\nb: { enabled: false }\n', {
        'templates/a.yaml': `{{ if .Values.a.enabled }}${pod('a', 'registry.example/a:1')}{{ end }}`,
        'templates/b.yaml': `{{ if .Values.b.enabled }}${pod('b', 'registry.example/b:1')}{{ end }}`,
        'templates/c.yaml': `{{ if and .Values.a.enabled (not .Values.b.enabled) }}${pod('c', 'registry.example/c:1')}{{ end }}`,
      }),
    );
    expect([...minimalSets].sort()).toEqual([
      'registry.example/a:1: a.enabled=true',
      'registry.example/b:1: b.enabled=true',
      'registry.example/c:1: a.enabled=true',
    ]);
  });

  test('do not hide images when two exclude each other without a word of which', async () => {
    const { minimalSets } = await search(
      shop('a: { enabled: false }\nb: { enabled: false }\n', {
        'templates/check.yaml': '{{ if and .Values.a.enabled .Values.b.enabled }}{{ fail "one of them" }}{{ end }}',
        'templates/a.yaml': `{{ if .Values.a.enabled }}${pod('a', 'registry.example/a:1')}{{ end }}`,
        'templates/b.yaml': `{{ if .Values.b.enabled }}${pod('b', 'registry.example/b:1')}{{ end }}`,
      }),
    );
    expect([...minimalSets].sort()).toEqual([
      'registry.example/a:1: a.enabled=true',
      'registry.example/b:1: b.enabled=true',
    ]);
  });

  test('do not hide images that appear only if all previous toggles are off', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const branches = names.map((name, index) => {
      return `{{ ${index === 0 ? '' : 'else '}if .Values.${name}.enabled }}${pod('one', `registry.example/${name}:1`)}`;
    });
    const { minimalSets, count } = await search(
      shop(names.map((name) => `${name}: { enabled: false }\n`).join(''), {
        'templates/one.yaml': `${branches.join('')}{{ end }}`,
      }),
    );
    expect([...minimalSets].sort()).toEqual(names.map((name) => `registry.example/${name}:1: ${name}.enabled=true`));
    expect(count).toBeLessThan(defaultRenderings);
  });

  test('are all tried although they exclude each other, and reported beyond the limit', async () => {
    const choices = ['b', 'c', 'd', 'e'];
    const files = shop(
      'mode: a\n',
      Object.fromEntries(
        choices.map((name) => [
          `templates/${name}.yaml`,
          `{{ if eq .Values.mode "${name}" }}${pod(name, `registry.example/${name}:1`)}{{ end }}`,
        ]),
      ),
    );
    const all = await search(files);
    expect([all.minimalSets.length, all.findings]).toEqual([4, []]);
    const { minimalSets, findings } = await search(files, [], 'helm-4', 3);
    expect(minimalSets).toHaveLength(3);
    expect(findings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^unexplored Skipped 1 toggle of shop .*: mode=[bcde]\.$/),
    ]);
  });

  test('do not hide images when one displaces what others add to', async () => {
    const { minimalSets } = await search(
      shop('external: { enabled: false }\nsidecar: { enabled: false }\n', {
        'templates/db.yaml': `{{ if not .Values.external.enabled }}${pod('db', 'registry.example/db:1')}{{ if .Values.sidecar.enabled }}    - name: sidecar
      image: registry.example/sidecar:1
{{ end }}{{ end }}`,
      }),
    );
    expect(minimalSets).toEqual(['registry.example/sidecar:1: sidecar.enabled=true']);
  });
});

describe('a subchart', () => {
  const sub = (name: string, files: Readonly<Record<string, string>>) =>
    Object.fromEntries([
      [`charts/${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`],
      ...Object.entries(files).map(([path, text]) => [`charts/${name}/${path}`, text]),
    ]);
  const chartYaml = (dependency: string) =>
    `apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - { name: db, version: 1.0.0, ${dependency} }\n`;

  test('is enabled by its condition with any name', async () => {
    const { minimalSets } = await search({
      ...shop('withDatabase: false\n', sub('db', { 'templates/db.yaml': pod('db', 'registry.example/db:1') })),
      'Chart.yaml': chartYaml('condition: withDatabase'),
    });
    expect(minimalSets).toEqual(['registry.example/db:1: withDatabase=true']);
  });

  test('is enabled by a tag', async () => {
    const { minimalSets } = await search({
      ...shop('tags: { storage: false }\n', sub('db', { 'templates/db.yaml': pod('db', 'registry.example/db:1') })),
      'Chart.yaml': chartYaml('tags: [storage]'),
    });
    expect(minimalSets).toEqual(['registry.example/db:1: tags.storage=true']);
  });

  test('has its own toggles, below its alias', async () => {
    const { minimalSets } = await search({
      ...shop(
        '',
        sub('db', {
          'values.yaml': 'metrics: { enabled: false }\n',
          'templates/db.yaml': `{{ if .Values.metrics.enabled }}${exporter}{{ end }}`,
        }),
      ),
      'Chart.yaml': chartYaml('alias: store'),
    });
    expect(minimalSets).toEqual(['registry.example/exporter:2.0.0: store.metrics.enabled=true']);
  });

  test('is enabled by a global toggle', async () => {
    const { minimalSets } = await search({
      ...shop(
        'global: { metrics: { enabled: false } }\n',
        sub('db', { 'templates/db.yaml': `{{ if .Values.global.metrics.enabled }}${exporter}{{ end }}` }),
      ),
      'Chart.yaml': chartYaml('condition: db.enabled'),
    });
    expect(minimalSets).toEqual(['registry.example/exporter:2.0.0: global.metrics.enabled=true']);
  });
});

describe('the number of renderings', () => {
  test('grows with the number of images and not of toggles', async () => {
    const toggles = Array.from({ length: 120 }, (_, index) => `s${index}: { enabled: false }`).join('\n');
    const { minimalSets, count } = await search(
      shop(`${toggles}\nmetrics: { enabled: false }\n`, {
        'templates/metrics.yaml': `{{ if .Values.metrics.enabled }}${exporter}{{ end }}`,
      }),
    );
    expect(minimalSets).toEqual(['registry.example/exporter:2.0.0: metrics.enabled=true']);
    expect(count).toBeLessThanOrEqual(4);
  });

  test('has a limit, and incomplete searches are reported', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `part${index}`);
    const { minimalSets, count, findings, discovery } = await search(
      shop(
        names.map((name) => `${name}: { enabled: false }`).join('\n'),
        Object.fromEntries(
          names.map((name) => {
            const own = pod(name, `registry.example/${name}:1`);
            return [`templates/${name}.yaml`, `{{ if .Values.${name}.enabled }}${own}{{ end }}`];
          }),
        ),
      ),
    );
    expect(count).toBe(defaultRenderings);
    // All are found; of those that the renderings sufficed for it is known by what.
    expect(discovery.images).toHaveLength(1 + names.length);
    const known = minimalSets.filter((minimal) => /: part\d+\.enabled=true$/.test(minimal)).length;
    expect(known).toBeGreaterThan(10);
    // One more says that other toggles of the images were not looked for.
    expect(findings).toHaveLength(names.length - known + 1);
    expect(findings[0]).toMatchObject({ code: 'unexplored', severity: 'notice' });
  });

  test('is raised by optional-budget, until every toggle of every image is known', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `part${index}`);
    const files = shop(
      names.map((name) => `${name}: { enabled: false }`).join('\n'),
      Object.fromEntries(
        names.map((name) => {
          const own = pod(name, `registry.example/${name}:1`);
          return [`templates/${name}.yaml`, `{{ if .Values.${name}.enabled }}${own}{{ end }}`];
        }),
      ),
    );
    const few = await search(files, [], 'helm-4', 5);
    expect(few.count).toBe(5);
    expect(few.findings.at(-1)?.advice).toContain('optional-budget');
    const many = await search(files, [], 'helm-4', 200);
    expect(many.minimalSets).toHaveLength(names.length);
    expect(many.minimalSets.every((minimal) => /: part\d+\.enabled=true$/.test(minimal))).toBe(true);
    expect(many.findings).toEqual([]);
  });

  test('is said to end before alternative toggles were looked for', async () => {
    const files = shop('a: { enabled: false }\nb: { enabled: false }\n', {
      'templates/a.yaml': `{{ if or .Values.a.enabled .Values.b.enabled }}${pod('a', 'registry.example/a:1')}{{ end }}`,
    });
    const whole = await search(files);
    expect(whole.minimalSets).toEqual(['registry.example/a:1: a.enabled=true | b.enabled=true']);
    expect(whole.findings).toEqual([]);
    const short = await search(files, [], 'helm-4', 2);
    expect(short.minimalSets).toEqual(['registry.example/a:1: a.enabled=true']);
    expect(short.findings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'unexplored Other toggles of shop that enable the same optional images were not looked for: the limit of 2 renderings was reached.',
    ]);
  });

  test('is zero for a chart without toggles', async () => {
    const { count, minimalSets } = await search(shop('replicas: 1\n', {}));
    expect({ count, minimalSets }).toEqual({ count: 0, minimalSets: [] });
  });
});

test('the same chart gives the same answer', async () => {
  const files = shop('a: { enabled: false }\nb: { enabled: false }\nc: false\n', {
    'templates/a.yaml': `{{ if or .Values.a.enabled .Values.c }}${pod('a', 'registry.example/a:1')}{{ end }}`,
    'templates/b.yaml': `{{ if and .Values.b.enabled .Values.c }}${pod('b', 'registry.example/b:1')}{{ end }}`,
  });
  const [one, two] = [await search(files), await search(files)];
  expect(one.minimalSets).toEqual(two.minimalSets);
  expect(one.count).toBe(two.count);
});
