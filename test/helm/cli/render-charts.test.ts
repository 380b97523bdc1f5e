import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { discover } from '../../../src/discovery/discover.ts';
import { renderCharts } from '../../../src/helm/cli/render-charts.ts';
import { chartFiles, helms, packedChart, writeFiles } from '../../support/charts.ts';
import { faultOf, faultsOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { inTurn } from '../../support/matrix.ts';
import { defaultSet, helmSetting, noOptions } from './helm-fixtures.ts';

describe.each(inTurn(helms))('rendering with $title', ({ helm, it }) => {
  it('prints folders and archives alike, with hooks, tests and the files in crds/', async () => {
    const { work, chart, access } = await helmSetting();
    const hook = (name: string, kind: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, annotations: { helm.sh/hook: ${kind} } }\nspec: {}\n`;
    const files = chartFiles('contoso', {
      'templates/hook.yaml': hook('hook', 'pre-install'),
      'templates/tests/test.yaml': hook('test', 'test'),
      'crds/crd.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: crd }\n',
      'crds/job.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: job }\nspec: {containers: [{image: "a/job:1"}]}\n',
    });
    await writeFiles(join(work, 'folder'), files);
    await writeFile(join(work, 'packed.tgz'), await packedChart('contoso', files));
    const charts = [await chart('folder'), await chart('packed.tgz')];
    const [folder, packed] = await renderCharts(helm, charts, noOptions, access);
    expect(folder?.text).toBe(packed?.text);
    expect(folder).toMatchObject({ valueSet: 'default', helmVersion: helm.version });
    expect(folder?.text.match(/^# Source: .*$/gm)).toEqual([
      '# Source: contoso/crds/crd.yaml',
      '# Source: contoso/crds/job.yaml',
      '# Source: contoso/templates/pod.yaml',
      '# Source: contoso/templates/hook.yaml',
      '# Source: contoso/templates/tests/test.yaml',
    ]);
  });

  it('gives one rendering for each value set, in order, later value files and set winning', async () => {
    const { work, chart, access } = await helmSetting();
    await writeFiles(work, {
      ...Object.fromEntries(Object.entries(chartFiles('a')).map(([path, text]) => [`a/${path}`, text])),
      ...Object.fromEntries(Object.entries(chartFiles('b')).map(([path, text]) => [`b/${path}`, text])),
      'one.yaml': 'image: one\n',
      'a comma, and "quotes".yaml': 'image: two\n',
    });
    const [one, two] = [join(work, 'one.yaml'), join(work, 'a comma, and "quotes".yaml')];
    const sets = [
      defaultSet,
      { name: 'files', valueFiles: [one, two], set: [] },
      { name: 'set', valueFiles: [one], set: ['image=three'] },
    ];
    const charts = [await chart('b', ...sets), await chart('a')];
    const renderings = await renderCharts(helm, charts, noOptions, access);
    const imageOf = (text: string) => /image: "(.*?)"/.exec(text)?.[1];
    expect(renderings.map((each) => [each.chart.metadata.name, each.valueSet, imageOf(each.text)])).toEqual([
      ['b', 'default', 'registry.example/app:1.0.0'],
      ['b', 'files', 'two'],
      ['b', 'set', 'three'],
      ['a', 'default', 'registry.example/app:1.0.0'],
    ]);
  });

  it('hands over release name, namespace, Kubernetes version and API versions', async () => {
    const { work, chart, render } = await helmSetting();
    const template =
      'r: {{ .Release.Name }} {{ .Release.Namespace }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}\n';
    await writeFiles(join(work, 'c'), chartFiles('c', { 'templates/pod.yaml': template }));
    const [rendering] = await render(helm, await chart('c'), {
      releaseName: 'shop',
      namespace: 'prod',
      kubeVersion: '1.31',
      apiVersions: ['monitoring.coreos.com/v1'],
    });
    expect(rendering?.text).toContain('r: shop prod v1.31 true');
  });

  it('cannot be influenced by the helm, kube and plugin settings of the runner', async () => {
    const outer = await writeFiles(await testFolder(), {
      'kube/config': [
        'apiVersion: v1',
        'kind: Config',
        'current-context: c',
        'contexts: [{ name: c, context: { cluster: c, user: u, namespace: leaked-by-kubeconfig } }]',
        'clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]',
        'users: [{ name: u, user: {} }]',
        '',
      ].join('\n'),
      'plugins/evil/plugin.yaml':
        'name: evil\nversion: 0.1.0\nusage: x\ndescription: x\ncommand: "$HELM_PLUGIN_DIR/run"\n',
    });
    const run = join(outer, 'plugins/evil/run');
    await writeFile(run, `#!/bin/sh\necho ran > "${outer}/ran"\n`);
    await chmod(run, 0o755);
    const environment = {
      ...process.env,
      HELM_NAMESPACE: 'leaked-by-variable',
      KUBECONFIG: join(outer, 'kube/config'),
      HELM_PLUGINS: join(outer, 'plugins'),
      HELM_DATA_HOME: outer,
      HELM_DEBUG: 'true',
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: '1',
      POD_NAMESPACE: 'leaked-by-pod',
      SECRET_TOKEN: 'leaked-secret',
    };
    const { work, chart, render, log } = await helmSetting({ environment });
    const template = 'n: {{ .Release.Namespace }}\n';
    await writeFiles(join(work, 'c'), chartFiles('c', { 'templates/pod.yaml': template }));
    const [rendering] = await render(helm, await chart('c'));
    expect(rendering?.text).toContain('n: default');
    expect([...log.lines, ...log.warnings].join('\n')).not.toContain('leaked');
    expect(await readdir(outer)).toEqual(['kube', 'plugins']);
  });

  it('leaves nothing behind, in the chart or in the temporary folder', async () => {
    const { work, chart, render, access } = await helmSetting();
    await writeFiles(join(work, 'c'), chartFiles('c'));
    await render(helm, await chart('c'));
    expect((await readdir(join(work, 'c'))).sort()).toEqual(['Chart.yaml', 'templates', 'values.yaml']);
    expect(await readdir(access.temporary)).toEqual([]);
  });

  it('makes a finding of each hook that helm does not know, for its manifests vanish', async () => {
    const { work, chart, render, log } = await helmSetting();
    const lost = 'apiVersion: v1\nkind: Pod\nmetadata: { name: lost, annotations: { helm.sh/hook: pre-magic } }\n';
    await writeFiles(join(work, 'c'), chartFiles('c', { 'templates/lost.yaml': `${lost}spec: {}\n` }));
    const other = { name: 'other', valueFiles: [], set: ['image=other'] };
    const renderings = await render(helm, await chart('c', defaultSet, other));
    expect(renderings.map(({ text }) => text).join()).not.toContain('lost');
    expect(log.warnings).toEqual([]);
    const vanished = {
      code: 'unreadable',
      message: expect.stringContaining('the unknown hook "pre-magic"'),
      file: 'c/Chart.yaml',
    };
    const findings = discover(renderings).findings.filter(({ code }) => code === 'unreadable');
    expect(findings).toEqual([expect.objectContaining(vanished)]);
  });

  it('hands on helm’s own warnings', async () => {
    const { work, chart, render, log } = await helmSetting();
    await writeFiles(join(work, 'c'), chartFiles('c', { 'values.yaml': 'app: { image: { a: 1 } }\n' }));
    await writeFile(join(work, 'v.yaml'), 'app: { image: text }\n');
    const values = { name: 'default', valueFiles: [join(work, 'v.yaml')], set: [] };
    await render(helm, await chart('c', values));
    expect(log.warnings).toEqual([expect.stringMatching(/^c: helm reports: .*image/)]);
  });
});

describe.each(helms)('a chart that does not render with $title', ({ helm }) => {
  const broken: readonly [string, Record<string, string>, object][] = [
    [
      'fail',
      { 'templates/x.yaml': 'a: 1\nb: {{ fail "no way" }}\n' },
      { file: 'c/templates/x.yaml', line: 2, column: 6 },
    ],
    [
      'required',
      { 'templates/x.yaml': '{{ required "give x" .Values.x }}' },
      { file: 'c/templates/x.yaml', line: 1, column: 3 },
    ],
    [
      'a template that is not one',
      { 'templates/x.yaml': 'a: 1\n\nb: {{ .Values.x' },
      { file: 'c/templates/x.yaml', line: 3 },
    ],
    [
      'a value that is not there',
      { 'templates/x.yaml': 'a: {{ .Values.x.y }}' },
      { file: 'c/templates/x.yaml', line: 1, column: 13 },
    ],
    [
      'a value that a helper misses',
      {
        'templates/x.yaml': 'a: {{ include "h" . }}',
        'templates/_h.tpl': '{{ define "h" }}\n{{ .Values.x.y }}{{ end }}',
      },
      { file: 'c/templates/_h.tpl', line: 2, column: 10 },
    ],
    ['text that is not YAML', { 'templates/x.yaml': 'kind: X\na: b: c\n' }, { file: 'c/templates/x.yaml' }],
    ['broken values.yaml', { 'values.yaml': 'a: 1\nb: [\n' }, { file: 'c/values.yaml', line: expect.any(Number) }],
    [
      'a subchart',
      {
        'Chart.yaml': 'apiVersion: v2\nname: other-name\nversion: 1.0.0\n',
        'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
        'charts/sub/templates/x.yaml': '\n{{ fail "sub" }}',
      },
      { file: 'c/charts/sub/templates/x.yaml', line: 2, column: 3 },
    ],
    ['a schema', { 'values.schema.json': '{"required":["x"]}' }, { file: 'c/Chart.yaml' }],
  ];

  it.each(broken)('because of %s is reported at its position', async (_, files, place) => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'c'), chartFiles('c', files));
    const fault = await faultOf(render(helm, await chart('c')));
    expect(fault).toMatchObject({
      code: 'chart-render',
      location: place,
      message: expect.stringMatching(/^Cannot render c: /),
    });
    expect(fault.message).not.toContain('--debug');
    expect(fault.advice).not.toBe('');
  });

  it('because of a values file is reported at its line, with the name of the value set', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(work, { 'values/prod.yaml': 'a: 1\nb: c: d\n', ...prefixed('c', chartFiles('c')) });
    const set = { name: 'prod', valueFiles: [join(work, 'values/prod.yaml')], set: [] };
    const fault = await faultOf(render(helm, await chart('c', set)));
    expect(fault).toMatchObject({ code: 'chart-render', location: { file: 'values/prod.yaml', line: 2 } });
    expect(fault.message).toContain('with the values "prod"');
  });

  it('because of the Kubernetes version says which input helps', async () => {
    const { work, chart, render } = await helmSetting();
    const text = 'apiVersion: v2\nname: c\nversion: 1.0.0\nkubeVersion: ">=1.99.0"\n';
    await writeFiles(join(work, 'c'), chartFiles('c', { 'Chart.yaml': text }));
    const fault = await faultOf(render(helm, await chart('c')));
    expect(fault).toMatchObject({ code: 'chart-render', advice: expect.stringContaining('kube-version') });
    expect(await render(helm, await chart('c'), { kubeVersion: '1.99' })).toHaveLength(1);
  });

  it('is reported at the archive when it is packaged', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFile(
      join(work, 'c.tgz'),
      await packedChart('c', chartFiles('c', { 'templates/x.yaml': '{{ fail "no" }}' })),
    );
    const fault = await faultOf(render(helm, await chart('c.tgz')));
    expect(fault).toMatchObject({ code: 'chart-render', location: { file: 'c.tgz' } });
    expect(fault.message).toContain('c/templates/x.yaml:1:3');
  });

  it('does not hide other charts: all errors are reported together', async () => {
    const { work, chart, access } = await helmSetting();
    for (const name of ['a', 'b', 'c']) {
      const files: Record<string, string> = name === 'b' ? {} : { 'templates/x.yaml': `{{ fail "${name}" }}` };
      await writeFiles(join(work, name), chartFiles(name, files));
    }
    const charts = [await chart('a'), await chart('b'), await chart('c')];
    const faults = await faultsOf(renderCharts(helm, charts, noOptions, access));
    expect(faults.map((fault) => fault.location?.file)).toEqual(['a/templates/x.yaml', 'c/templates/x.yaml']);
  });
});

describe('a chart that makes helm print without end', () => {
  it.runIf(process.platform !== 'win32')('is named with its values', async () => {
    const program = join(await testFolder(), 'helm');
    await writeFile(program, '#!/bin/sh\nwhile :; do head -c 1000000 /dev/zero; done\n', { mode: 0o755 });
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'c'), chartFiles('c'));
    const set = { name: 'big', valueFiles: [], set: [] };
    expect(await faultOf(render({ path: program, version: '4.2.4' }, await chart('c', set)))).toMatchObject({
      code: 'process-output',
      message: expect.stringMatching(/^Cannot render c with the values "big": helm printed more than \d+ bytes/),
      location: { file: 'c/Chart.yaml' },
    });
  });
});

describe.each(helms)('a chart that makes $title grow without end', ({ helm }) => {
  it.runIf(process.platform === 'linux')(
    'is named with the bound, and helm is ended long before the machine is full',
    async () => {
      const { work, chart, render } = await helmSetting();
      const template = `{{- $text := "0123456789abcdef" }}{{- range until 18 }}{{- $text = printf "%s%s" $text $text }}{{- end }}
{{- $all := list }}{{- range until 100000 }}{{- $all = append $all (printf "%s%d" $text .) }}{{- end }}
x: {{ len $all }}
`;
      await writeFiles(join(work, 'c'), chartFiles('c', { 'templates/x.yaml': template }));
      expect(await faultOf(render(helm, await chart('c')))).toMatchObject({
        code: 'process-memory',
        message: 'Cannot render c: helm used more than 1.1 GB of memory.',
        advice: expect.stringContaining('Find the template'),
        location: { file: 'c/Chart.yaml' },
      });
    },
  );
});

describe('a cancelled run', () => {
  it.runIf(process.platform !== 'win32')('ends helm and what it started, and leaves no temporary file', async () => {
    const folder = await testFolder();
    const program = join(folder, 'helm');
    // A stand-in for a helm that hangs: it ignores the soft signal, as a program stuck in a loop would.
    await writeFile(program, `#!/bin/sh\ntrap '' TERM\necho $$ > "${folder}/pid"\nwhile :; do sleep 1; done\n`, {
      mode: 0o755,
    });
    const controller = new AbortController();
    const { work, chart, render, access } = await helmSetting({ signal: controller.signal });
    await writeFiles(join(work, 'c'), chartFiles('c'));
    const running = faultOf(render({ path: program, version: '4.2.4' }, await chart('c')));
    let pid = '';
    while (pid === '') {
      await wait(20);
      pid = await readFile(join(folder, 'pid'), 'utf8').catch(() => '');
    }
    controller.abort();
    expect(await running).toMatchObject({ code: 'cancelled' });
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    expect(await readdir(access.temporary)).toEqual([]);
  });
});

function prefixed(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}
