/** The worked example of AOSM's documentation with one thing wrong: each finding has to be at the line to change. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Finding, ReferencePart } from '../../../src/core/findings.ts';
import type { ValueSet } from '../../../src/helm/charts/chart.ts';
import { locateAtValues } from '../../../src/values/provenance/locate-at-values.ts';
import { defaultSet } from '../../helm/cli/helm-fixtures.ts';
import { helms, writeFiles } from '../../support/charts.ts';
import { copyContoso } from '../../support/contoso.ts';
import { append, edit, packChart } from '../../support/edit-chart.ts';
import { inTurn } from '../../support/matrix.ts';
import { type Scene, sceneIn } from './provenance-fixtures.ts';

const chart = 'charts/contoso';
const values = `${chart}/values.yaml`;

describe.each(inTurn(helms))('in the worked example, with $title', ({ helm, it }) => {
  /** The example after a change of its files, rendered. */
  async function example(change: (work: string) => Promise<void>, ...valueSets: readonly ValueSet[]): Promise<Scene> {
    return await sceneIn(helm, chart, valueSets.length > 0 ? valueSets : [defaultSet], async (work) => {
      await copyContoso(work, ['registry.example']);
      await change(work);
    });
  }

  it('a wrong tag leads to the line of the tag', async () => {
    const contoso = await example(async (work) => {
      await edit(work, `${chart}/templates/a.yaml`, 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tags.a }}');
      await append(work, values, 'tags:\n  # The release of this quarter.\n  a: 1.0.1\n');
    });
    expect(await placeOf(contoso, 'repository/release/contoso-a:1.0.1', 'tag')).toEqual({ file: values, line: 9 });
  });

  it('a wrong namespace leads to the line of the namespace', async () => {
    const contoso = await example(async (work) => {
      await edit(work, `${chart}/templates/b.yaml`, '/release/contoso-b', '/{{ .Values.stage }}/contoso-b');
      await append(work, values, '\nstage: relase\n');
    });
    const image = 'repository/relase/contoso-b:1.0.0';
    expect(await placeOf(contoso, image, 'namespace')).toEqual({ file: values, line: 8 });
    expect(await placeOf(contoso, image, 'tag')).toEqual({ file: `${chart}/templates/b.yaml`, line: 28 });
  });

  it('a wrong registry leads to the line of the registry', async () => {
    const contoso = await example((work) =>
      edit(work, values, 'registryPath: repository', 'registryPath: myregistri.azurecr.io'),
    );
    const image = 'myregistri.azurecr.io/release/contoso-c:1.0.0';
    expect(await placeOf(contoso, image, 'registry')).toEqual({ file: values, line: 3 });
  });

  it('a single-quoted value leads to its line', async () => {
    const contoso = await example(async (work) => {
      await edit(
        work,
        `${chart}/templates/c.yaml`,
        '"{{ .Values.global.registryPath }}/release/contoso-c:1.0.0"',
        '{{ .Values.images.c | squote }}',
      );
      await append(work, values, "images:\n  c: 'repository/release/contoso-d:1.0.0'\n");
    });
    expect(await placeOf(contoso, 'repository/release/contoso-d:1.0.0', undefined)).toEqual({ file: values, line: 8 });
  });

  it('a value set by -f leads to the line of that file', async () => {
    const set = { name: 'default', valueFiles: ['team/values.yaml'], set: [] };
    const contoso = await example(async (work) => {
      await edit(work, `${chart}/templates/a.yaml`, 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tag }}');
      await append(work, values, 'tag: 1.0.0\n');
      await writeFiles(work, { 'team/values.yaml': '---\nreplicas: 3\ntag: 1.0.7\n' });
    }, set);
    expect(await placeOf(contoso, 'repository/release/contoso-a:1.0.7', 'tag')).toEqual({
      file: 'team/values.yaml',
      line: 3,
    });
  });

  it('a finding for a value of the input set is at the template, and the advice names the input', async () => {
    const set = { name: 'default', valueFiles: [], set: ['tag=1.0.8'] };
    const contoso = await example(async (work) => {
      await edit(work, `${chart}/templates/a.yaml`, 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tag }}');
    }, set);
    const finding = await placed(contoso, 'repository/release/contoso-a:1.0.8', 'tag');
    expect(finding).toMatchObject({ file: `${chart}/templates/a.yaml`, line: 23 });
    expect(finding?.advice).toBe('Fix it. It is set by the input set, as tag.');
  });

  it('a value in a subchart leads to the line of its values.yaml, or to the parent that sets it', async () => {
    const contoso = await example((work) => addSubchart(work));
    const file = `${chart}/charts/probe/values.yaml`;
    expect(await placeOf(contoso, 'repository/release/probe:2.0.0', 'tag')).toEqual({ file, line: 3 });
    const overridden = await example(async (work) => {
      await addSubchart(work);
      await append(work, values, 'probe:\n  image:\n    tag: 2.0.1\n');
    });
    expect(await placeOf(overridden, 'repository/release/probe:2.0.1', 'tag')).toEqual({ file: values, line: 9 });
  });

  it('a value in a packaged subchart leads to the line that asks for it', async () => {
    const contoso = await example(async (work) => {
      await addSubchart(work);
      await packChart(join(work, chart, 'charts/probe'), join(work, chart, 'charts'));
      await rm(join(work, chart, 'charts/probe'), { recursive: true });
    });
    const place = { file: `${chart}/Chart.yaml`, line: 9 };
    expect(await placeOf(contoso, 'repository/release/probe:2.0.0', 'tag')).toEqual(place);
    const { advice } = (await placed(contoso, 'repository/release/probe:2.0.0', 'tag')) ?? {};
    expect(advice).toBe('Fix it. Its location in probe-2.0.0.tgz is values.yaml:3.');
    // The template of a packaged chart is in no file of the user's either.
    expect(await placeOf(contoso, 'repository/release/probe:2.0.0', 'namespace')).toEqual(place);
  });

  it('a finding in a packaged chart is at the archive with the line in the advice, or at the line of a values file', async () => {
    const prepare = async (work: string): Promise<void> => {
      await copyContoso(work, ['registry.example']);
      await edit(work, `${chart}/templates/b.yaml`, 'contoso-b:1.0.0', 'contoso-b:{{ .Chart.AppVersion }}');
      await edit(work, `${chart}/Chart.yaml`, 'appVersion: ', 'appVersion: 9.');
      await packChart(join(work, chart), work);
      await rm(join(work, chart), { recursive: true });
      await writeFiles(work, { 'team.yaml': 'global:\n  registryPath: elsewhere\n' });
    };
    const packaged = await sceneIn(helm, 'contoso-1.0.0.tgz', [defaultSet], prepare);
    const archive = { file: 'contoso-1.0.0.tgz' };
    expect(await placeOf(packaged, 'repository/release/contoso-a:1.0.0', 'registry')).toEqual(archive);
    expect(await placeOf(packaged, 'repository/release/contoso-a:1.0.0', 'tag')).toEqual(archive);
    const adviceOf = async (part: 'registry' | 'tag') => {
      return (await placed(packaged, 'repository/release/contoso-a:1.0.0', part))?.advice;
    };
    expect(await adviceOf('registry')).toBe('Fix it. Its location in contoso-1.0.0.tgz is values.yaml:3.');
    expect(await adviceOf('tag')).toBe('Fix it. Its location in contoso-1.0.0.tgz is templates/a.yaml:23.');
    // Helm sorts the keys of Chart.yaml when it packs a chart.
    const versioned = await placed(packaged, 'repository/release/contoso-b:9.1.0.0', 'tag');
    expect(versioned).toMatchObject({
      ...archive,
      advice: 'Fix it. Its location in contoso-1.0.0.tgz is Chart.yaml:2.',
    });
    const set = { name: 'default', valueFiles: ['team.yaml'], set: [] };
    const given = await sceneIn(helm, 'contoso-1.0.0.tgz', [set], prepare);
    expect(await placeOf(given, 'elsewhere/release/contoso-a:1.0.0', 'registry')).toEqual({
      file: 'team.yaml',
      line: 2,
    });
  });

  it('a finding that does not fail the run is located without running helm', async () => {
    const contoso = await example((work) => edit(work, values, 'repository', 'elsewhere'));
    const image = 'elsewhere/release/contoso-a:1.0.0';
    const notice = async () => {
      const [finding] = await place(contoso, [{ ...absent(image), severity: 'notice' }], 'registry');
      return finding?.file;
    };
    expect(await notice()).toBe(`${chart}/templates/a.yaml`);
    await place(contoso, [absent(image)], 'registry');
    expect(await notice()).toBe(values);
  });

  it('the first 200 findings have a line, and later ones are reported without one', async () => {
    const contoso = await example(async () => {});
    const many = Array.from({ length: 201 }, () => absent('repository/release/contoso-a:1.0.0'));
    const located = await place(contoso, many, 'registry');
    expect(located.map(({ file }) => file)).toEqual([...Array(200).fill(values), undefined]);
  });

  it('a finding of an untraced value is at the template, and the advice has the reason', async () => {
    const contoso = await example(async (work) => {
      await edit(work, `${chart}/templates/a.yaml`, 'contoso-a:1.0.0', 'contoso-a:{{ .Values.tag }}');
      await append(work, values, 'tag: 1.0.1\n');
      await writeFiles(join(work, chart), {
        'values.schema.json': '{ "properties": { "tag": { "const": "1.0.1" } } }',
      });
    });
    const finding = await placed(contoso, 'repository/release/contoso-a:1.0.1', 'tag');
    expect(finding).toMatchObject({ file: `${chart}/templates/a.yaml`, line: 23 });
    expect(finding?.advice).toBe(
      'Fix it. The line is in the template: tag cannot be traced: when it is changed, the chart does not render.',
    );
  });
});

const probe = {
  'Chart.yaml': 'apiVersion: v2\nname: probe\nversion: 2.0.0\n',
  'values.yaml': 'image:\n  repository: release/probe\n  tag: 2.0.0\n',
  'templates/pod.yaml': [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: { name: probe }',
    'spec:',
    '  containers:',
    '    - name: probe',
    '      image: repository/{{ trimPrefix "release/" .Values.image.repository | printf "release/%s" }}:{{ .Values.image.tag }}',
    '',
  ].join('\n'),
};

async function addSubchart(work: string): Promise<void> {
  await writeFiles(join(work, chart, 'charts/probe'), probe);
  await append(work, `${chart}/Chart.yaml`, 'dependencies:\n  - name: probe\n    version: 2.0.0\n');
}

function absent(image: string): Finding {
  return { code: 'absent', severity: 'error', message: `No source has ${image}.`, advice: 'Fix it.', image };
}

async function place(
  { discovery, renderings, finder }: Scene,
  findings: readonly Finding[],
  part: ReferencePart | undefined,
) {
  const about = findings.map((finding) => (part === undefined ? finding : { ...finding, part }));
  return await locateAtValues(about, discovery, renderings, finder);
}

async function placed(contoso: Scene, image: string, part: ReferencePart | undefined): Promise<Finding | undefined> {
  expect(contoso.discovery.images.map((one) => one.image)).toContain(image);
  const [finding] = await place(contoso, [absent(image)], part);
  return finding;
}

async function placeOf(contoso: Scene, image: string, part: ReferencePart | undefined) {
  const { file, line } = (await placed(contoso, image, part)) ?? {};
  return { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}
