/**
 * The AOSM documentation's worked example with one thing wrong in each chart of a repository: the run is red once for
 * each, at exactly the line that its author has to change, on GitHub and on Azure; from the bundle, with real helm and
 * registries.
 */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import { runInWorkflow } from '../support/act.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { type Files, writeFiles } from '../support/charts.ts';
import { contosoExample, fillWithContoso } from '../support/contoso.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { append, edit, packChart } from '../support/edit-chart.ts';
import { testFolder } from '../support/folder.ts';
import type { HostRequest, HostRun, RunOnHost } from '../support/host-run.ts';
import { inTurn } from '../support/matrix.ts';
import { podChart } from '../support/pod-chart.ts';
import { outputOf } from '../support/program.ts';
import { runInTerminal } from '../support/terminal.ts';

/** Nothing listens at a port that only the system's own programs may open. */
const closedRegistries = ['127.0.0.1:19', 'localhost:21'] as const;

let source: Distribution;

beforeAll(async () => {
  source = await startDistribution();
  await fillWithContoso(source.url);
});

afterAll(async () => await source?.stop());

/** One chart of the repository: the example after a change of its folder. */
interface Variant {
  readonly what: string;
  readonly name: string;
  readonly change: (chart: string) => Promise<void>;
  /** Files of the repository besides. */
  readonly files?: Files;
  /** Of the helm package in the input file; by default the chart's folder. */
  readonly path?: string;
  readonly values?: string;
  /** Where the one annotation is, and the reference that it is about. */
  readonly at: string;
  readonly image: string;
  /** What the annotation says where the line itself cannot be shown. */
  readonly says?: string;
}

const variants: readonly Variant[] = [
  {
    what: 'a wrong tag: the line of the tag',
    name: 'tag',
    async change(chart) {
      await edit(chart, 'templates/a.yaml', 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tags.a }}');
      await append(chart, 'values.yaml', 'tags:\n  # The release of this quarter.\n  a: 1.0.1\n');
    },
    at: 'charts/tag/values.yaml:9',
    image: 'repository/release/contoso-a:1.0.1',
  },
  {
    what: 'a wrong namespace: the line of the namespace, not that of the tag',
    name: 'namespace',
    async change(chart) {
      await edit(
        chart,
        'templates/b.yaml',
        '/release/contoso-b:1.0.0',
        '/{{ .Values.b.stage }}/contoso-b:{{ .Values.b.tag }}',
      );
      await append(chart, 'values.yaml', 'b:\n  tag: 1.0.0\n  stage: relase\n');
    },
    at: 'charts/namespace/values.yaml:9',
    image: 'repository/relase/contoso-b:1.0.0',
  },
  {
    what: 'a wrong name: the line of the name, not that of the tag',
    name: 'name',
    async change(chart) {
      await edit(chart, 'templates/b.yaml', 'release/contoso-b:1.0.0', '{{ .Values.b.image }}:{{ .Values.b.tag }}');
      await append(chart, 'values.yaml', 'b:\n  image: release/contosso-b\n  tag: 1.0.0\n');
    },
    at: 'charts/name/values.yaml:8',
    image: 'repository/release/contosso-b:1.0.0',
  },
  {
    what: 'a single-quoted value: its line',
    name: 'quoted',
    async change(chart) {
      const text = '"{{ .Values.global.registryPath }}/release/contoso-c:1.0.0"';
      await edit(chart, 'templates/c.yaml', text, '{{ .Values.images.c | squote }}');
      await append(chart, 'values.yaml', "images:\n  c: 'repository/release/contoso-c:1.0.2'\n");
    },
    at: 'charts/quoted/values.yaml:8',
    image: 'repository/release/contoso-c:1.0.2',
  },
  {
    what: 'a value set by -f: the line of that file',
    name: 'given',
    async change(chart) {
      await edit(chart, 'templates/a.yaml', 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tag }}');
      await append(chart, 'values.yaml', 'tag: 1.0.0\n');
    },
    files: { 'team/values.yaml': '---\nreplicas: 3\ntag: 1.0.3\n' },
    values: 'team/values.yaml',
    at: 'team/values.yaml:3',
    image: 'repository/release/contoso-a:1.0.3',
  },
  {
    what: 'a value in a subchart: the line of its values.yaml',
    name: 'subchart',
    change: (chart) => addSubchart(chart, '2.0.0'),
    at: 'charts/subchart/charts/probe/values.yaml:3',
    image: 'repository/release/contoso-c:2.0.0',
  },
  {
    what: 'a value of a subchart that the parent sets: the line of the parent',
    name: 'parent',
    async change(chart) {
      await addSubchart(chart, '1.0.0');
      await append(chart, 'values.yaml', 'probe:\n  image:\n    tag: 2.0.1\n');
    },
    at: 'charts/parent/values.yaml:9',
    image: 'repository/release/contoso-c:2.0.1',
  },
  {
    what: 'a packaged subchart: the line of Chart.yaml that asks for it',
    name: 'bundled',
    async change(chart) {
      await addSubchart(chart, '2.0.2');
      await pack(join(chart, 'charts/probe'), join(chart, 'charts'));
    },
    at: 'charts/bundled/Chart.yaml:9',
    says: 'Its location in probe-2.0.0.tgz is values.yaml:3.',
    image: 'repository/release/contoso-c:2.0.2',
  },
  {
    what: 'a value in a packaged chart: the archive, and the line in it',
    name: 'packaged',
    async change(chart) {
      await edit(chart, 'templates/b.yaml', 'contoso-b:1.0.0', 'contoso-b:{{ .Values.tag }}');
      await append(chart, 'values.yaml', 'tag: 3.0.1\n');
      await pack(chart, join(chart, '..'));
    },
    path: 'charts/packaged-1.0.0.tgz',
    at: 'charts/packaged-1.0.0.tgz',
    says: 'Its location in packaged-1.0.0.tgz is values.yaml:7.',
    image: 'repository/release/contoso-b:3.0.1',
  },
  {
    what: 'a packaged chart with a value file: the line of that file',
    name: 'laid',
    async change(chart) {
      await edit(chart, 'templates/a.yaml', 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tag }}');
      await append(chart, 'values.yaml', 'tag: 1.0.0\n');
      await pack(chart, join(chart, '..'));
    },
    path: 'charts/laid-1.0.0.tgz',
    files: { 'team/laid.yaml': '# For the field.\ntag: 1.0.4\n' },
    values: 'team/laid.yaml',
    at: 'team/laid.yaml:2',
    image: 'repository/release/contoso-a:1.0.4',
  },
];

const hosts = [
  { host: 'a GitHub workflow', run: runInWorkflow },
  { host: 'the Azure agent', run: runAsAzureTask },
] satisfies readonly { readonly host: string; readonly run: RunOnHost }[];

describe.each(inTurn(hosts))('on $host', ({ run, test }) => {
  test('each mistake of a repository is one annotation at the line to change', async () => {
    const work = await testFolder();
    for (const variant of variants) await writeVariant(work, variant);
    const result = await run(
      await requestIn(work, {
        'input-file': await writeInput(work, [source.host], variants),
      }),
    );
    expect(result.passed, result.log).toBe(false);
    const errors = result.annotations.filter(({ level }) => level === 'error');
    const placeOf = ({ image }: Variant) => {
      return errors.filter(({ message }) => message.includes(` ${image} (`)).map(placeOfAnnotation);
    };
    expect(variants.map((variant) => [variant.what, placeOf(variant)])).toEqual(
      variants.map(({ what, at }) => [what, [at]]),
    );
    expect(errors).toHaveLength(variants.length);
    for (const { says, image } of variants) {
      if (says !== undefined)
        expect(errors.find(({ message }) => message.includes(` ${image} (`))?.message).toContain(says);
    }
  });

  test('a wrong registry is one annotation at the line of the registry', async () => {
    const work = await testFolder();
    const [silent, closed] = closedRegistries;
    await copyChart(work, 'silent', async (chart) => {
      await edit(chart, 'values.yaml', 'registryPath: repository', `registryPath: ${silent}`);
    });
    await copyChart(work, 'partly', async (chart) => {
      const text = '{{ .Values.c.registry }}/{{ .Values.c.repository }}:{{ .Values.c.tag }}';
      await edit(chart, 'values.yaml', 'registryPath: repository', `registryPath: ${source.host}`);
      await edit(chart, 'templates/c.yaml', '{{ .Values.global.registryPath }}/release/contoso-c:1.0.0', text);
      await append(chart, 'values.yaml', `c:\n  registry: ${closed}\n  repository: release/contoso-c\n  tag: 1.0.0\n`);
    });
    const inputs = { charts: 'charts/silent\ncharts/partly', 'image-sources': 'upstream' };
    const result = await run(await requestIn(work, inputs));
    expect(placesOfErrors(result), result.log).toEqual(['charts/partly/values.yaml:8', 'charts/silent/values.yaml:3']);
  });
});

/** Of the example's chart, whose runs here have no input file of AOSM. */
const placeholder = { 'placeholder-registries': 'repository' } as const;

test('a value that the input set gives is shown as such in the table and in the report', async () => {
  const work = await testFolder();
  await copyChart(work, 'contoso', async (chart) => {
    await edit(chart, 'templates/a.yaml', 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tag }}');
  });
  const report = await testFolder();
  const inputs = { charts: 'charts/contoso', ...placeholder, 'image-sources': source.host, set: 'tag=1.0.0', report };
  const result = await runInTerminal(await requestIn(work, inputs));
  expect(result.passed, result.log).toBe(true);
  expect(result.stdout).toMatch(/contoso-a:1\.0\.0 .* input set: tag /);
  const { images } = JSON.parse(await readFile(join(report, 'images.json'), 'utf8'));
  expect(images[0].origin[0].values).toContainEqual({ parts: ['tag'], path: 'tag', file: null, line: null });
});

describe('values-overlay', () => {
  test('with the written file as its last one, helm takes every image from the target', async () => {
    const target = await startDistribution();
    onTestFinished(async () => await target.stop());
    const work = await testFolder();
    await copyChart(work, 'contoso', async (chart) => {
      await edit(chart, 'templates/c.yaml', 'release/contoso-c', '{{ .Values.c }}');
      await append(chart, 'values.yaml', 'c: release/contoso-c\n');
    });
    const result = await runInTerminal(
      await requestIn(work, {
        charts: 'charts/contoso',
        ...placeholder,
        'image-sources': source.host,
        target: `${target.host}/mirror`,
        push: 'true',
        'values-overlay': 'overlay.yaml',
      }),
    );
    expect(result.passed, result.log).toBe(true);
    expect(result.log).toContain(`it makes the chart use images from ${target.host}/mirror\n`);
    const named = await imagesOf(work, 'charts/contoso', '-f', 'overlay.yaml');
    expect(named).toEqual([
      `${target.host}/mirror/release/contoso-a:1.0.0`,
      `${target.host}/mirror/release/contoso-b:1.0.0`,
      `${target.host}/mirror/release/contoso-c:1.0.0`,
      `${target.host}/mirror/test-release/contoso-test:1.0.0`,
    ]);
    for (const image of named) await outputOf(toolPath('crane'), ['digest', image]);
  });

  test('where no value moves an image, the log says that there is no file', async () => {
    const work = await testFolder();
    await writeFiles(work, podChart('repository/release/contoso-a:1.0.0'));
    const inputs = {
      charts: 'charts/app',
      ...placeholder,
      'image-sources': source.host,
      target: `${source.host}/mirror`,
    };
    const result = await runInTerminal(await requestIn(work, { ...inputs, 'values-overlay': 'overlay.yaml' }));
    expect(result.log).toContain(`app has no values file: no value can set any of its images to ${source.host}/mirror`);
  });

  test('where no image was found, the log says that there is no file', async () => {
    const work = await testFolder();
    await copyChart(work, 'contoso', async () => {});
    const inputs = {
      charts: 'charts/contoso',
      'image-sources': `${source.host}/elsewhere`,
      target: `${source.host}/mirror`,
    };
    const result = await runInTerminal(await requestIn(work, { ...inputs, 'values-overlay': 'overlay.yaml' }));
    expect(result.log).toContain('Skipped values-overlay: none of the images was found in a source.');
  });

  test('an image that no value moves is reported with the reason, and the rest is moved', async () => {
    const target = await startDistribution();
    onTestFinished(async () => await target.stop());
    const work = await testFolder();
    await copyChart(work, 'contoso', async (chart) => {
      await edit(chart, 'templates/c.yaml', '{{ .Values.global.registryPath }}', 'repository');
    });
    const result = await runInWorkflow(
      await requestIn(work, {
        charts: 'charts/contoso',
        ...placeholder,
        'image-sources': source.host,
        target: target.host,
        'values-overlay': join(work, 'overlay.yaml'),
      }),
    );
    expect(result.passed, result.log).toBe(true);
    expect(result.annotations.map((told) => [told.level, placeOfAnnotation(told)])).toEqual([
      ['notice', 'charts/contoso/templates/c.yaml:23'],
    ]);
    expect(result.annotations[0]?.message).toContain('Cannot set repository/release/contoso-c:1.0.0 (used in');
    expect(await imagesOf(work, 'charts/contoso', '-f', 'overlay.yaml')).toEqual([
      `${target.host}/release/contoso-a:1.0.0`,
      `${target.host}/release/contoso-b:1.0.0`,
      `${target.host}/test-release/contoso-test:1.0.0`,
      'repository/release/contoso-c:1.0.0',
    ]);
  });
});

async function requestIn(work: string, inputs: HostRequest['inputs']): Promise<HostRequest> {
  const home = await testFolder();
  return { node: process.execPath, work, home, path: [toolFolder('helm-4')], inputs };
}

/** The example's chart under another name. */
async function copyChart(work: string, name: string, change: (chart: string) => Promise<void>): Promise<void> {
  const chart = join(work, 'charts', name);
  await cp(join(contosoExample, 'charts', 'contoso'), chart, { recursive: true });
  if (name !== 'contoso') await edit(chart, 'Chart.yaml', 'name: contoso', `name: ${name}`);
  await change(chart);
}

async function writeVariant(work: string, { name, change, files = {} }: Variant): Promise<void> {
  await copyChart(work, name, change);
  await writeFiles(work, files);
}

/** The input file of `az aosm nfd build` with a helm package for each chart. */
async function writeInput(work: string, sources: readonly string[], charts: readonly Variant[]): Promise<string> {
  const packages = charts.map(({ name, path = `charts/${name}`, values = '' }) => {
    return { name, path_to_chart: path, default_values: values, depends_on: [] };
  });
  await writeFile(join(work, 'cnf-input.jsonc'), JSON.stringify({ image_sources: sources, helm_packages: packages }));
  return 'cnf-input.jsonc';
}

/** A subchart `probe` whose one image has this tag, in line 3 of its values. */
async function addSubchart(chart: string, tag: string): Promise<void> {
  await writeFiles(join(chart, 'charts/probe'), {
    'Chart.yaml': 'apiVersion: v2\nname: probe\nversion: 2.0.0\n',
    'values.yaml': `image:\n  repository: release/contoso-c\n  tag: ${tag}\n`,
    'templates/pod.yaml': [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: { name: probe }',
      'spec:',
      '  containers:',
      '    - name: probe',
      '      image: {{ .Values.global.registryPath }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}',
      '',
    ].join('\n'),
  });
  await append(chart, 'Chart.yaml', 'dependencies:\n  - name: probe\n    version: 2.0.0\n');
}

/** Leaves the archive alone: what was packed is gone. */
async function pack(folder: string, to: string): Promise<void> {
  await packChart(folder, to);
  await rm(folder, { recursive: true });
}

/** What helm itself prints where an image belongs, sorted, each once. */
async function imagesOf(work: string, chart: string, ...flags: readonly string[]): Promise<readonly string[]> {
  const text = await outputOf(toolPath('helm-4'), ['template', 'release', chart, ...flags], { cwd: work });
  const images = [...text.matchAll(/^[ -]*image: *"?([^"\s]+)"?$/gm)].map(([, image = '']) => image);
  return [...new Set(images)].sort();
}

function placesOfErrors({ annotations }: HostRun): readonly string[] {
  return annotations
    .filter(({ level }) => level === 'error')
    .map(placeOfAnnotation)
    .sort();
}

function placeOfAnnotation({ file, line }: HostRun['annotations'][number]): string {
  return [file ?? '', ...(line === undefined ? [] : [line])].join(':');
}
