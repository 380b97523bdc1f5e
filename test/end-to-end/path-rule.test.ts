/** What stands before the path of an image, from chart to target over the bundle, with real helm and registries. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { RunOnHost } from '../support/host-run.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { runInTerminal } from '../support/terminal.ts';

type DemoRegistry = Awaited<ReturnType<typeof startDemoRegistry>>;

/** The part of images.json that is read here. */
interface ImagesJson {
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly image: string | null }[];
  readonly aosm: readonly { readonly right: number; readonly cases: readonly unknown[] }[] | null;
}

let source: DemoRegistry;

beforeAll(async () => {
  source = await startDemoRegistry();
  const stored = {
    'core/contoso-a': '1.0.0',
    'library/nginx': 'stable',
    contosoapp: '1.14.2',
    'release/app': '1.0',
    redis: '7.2',
    'bitnami/redis': '7.2',
  };
  for (const [repository, tag] of Object.entries(stored)) {
    await pushImage(source.url, repository, tag, await makeImage({ seed: repository }));
  }
});

afterAll(() => source?.stop());

interface Request {
  readonly files: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
}

async function copyOn(run: RunOnHost, { files, inputs }: Request) {
  const target = await startDemoRegistry();
  onTestFinished(async () => await target.stop());
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(work, files);
  const report = join(home, 'report');
  const result = await run({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { target: target.host, push: 'true', report, ...inputs },
    // The registry stands in for Docker Hub as the proxy of everything that is not on this machine.
    env: { HTTP_PROXY: source.url },
  });
  // The form of images.json is the contract's.
  const json = JSON.parse(await readFile(join(report, 'images.json'), 'utf8')) as ImagesJson;
  return { result, json, copied: [...target.storage.tagged()].sort(), codes: json.findings.map(textOf) };
}

function textOf({ code, severity, image }: ImagesJson['findings'][number]): string {
  return `${code} ${severity} ${image}`;
}

/** A chart that puts its values together as the publisher's documentation does. */
function chart(name: string, values: string, image: string): Readonly<Record<string, string>> {
  const files = podChart('unused', {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    'values.yaml': values,
    'templates/pod.yaml': `kind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n    - name: ${name}\n      image: "${image}"\n`,
  });
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
}

const placeholderFiles = {
  ...chart(
    'core',
    'image: { repository: core/contoso-a, tag: 1.0.0 }\n',
    '{{ .Values.image.repository }}:{{ .Values.image.tag }}',
  ),
  ...chart('nginxdemo', 'image: { repository: overwriteme }\n', '{{ .Values.image.repository }}/nginx:stable'),
  ...chart('sample', 'global: { registryPath: "" }\n', '{{ .Values.global.registryPath }}/contosoapp:1.14.2'),
  ...chart('capitals', 'registry: OVERWRITE_ME\n', '{{ .Values.registry }}/release/app:1.0'),
};

function cnfInput(sources: readonly string[]): string {
  const helm_packages = ['core', 'nginxdemo', 'sample', 'capitals'].map((name) => ({ name, path_to_chart: name }));
  return JSON.stringify({ nf_name: 'demo', version: '1.0.0', image_sources: sources, helm_packages });
}

describe.each<{ readonly host: string; readonly run: RunOnHost }>([
  { host: 'a terminal', run: runInTerminal },
  { host: 'the GitHub runner', run: runAsGitHubAction },
  { host: 'the Azure agent', run: runAsAzureTask },
])('on $host', ({ run }) => {
  test('with an AOSM input file, placeholders are left out, namespaces are kept, and az would publish the same', async () => {
    const { result, json, copied, codes } = await copyOn(run, {
      files: { ...placeholderFiles, 'cnf-input.jsonc': cnfInput(['docker.io', source.host]) },
      inputs: { 'input-file': 'cnf-input.jsonc', 'plain-http': 'docker.io', 'explain-aosm': 'true' },
    });
    expect(result.passed ? '' : result.log).toBe('');
    expect(copied).toEqual(['contosoapp:1.14.2', 'core/contoso-a:1.0.0', 'nginx:stable', 'release/app:1.0']);
    expect(codes).toEqual(expect.arrayContaining(['empty-registry notice /contosoapp:1.14.2']));
    expect(codes.filter((text) => text.includes(' error '))).toEqual([]);
    const explained = (json.aosm ?? []).map(({ right, cases }) => [right, cases]);
    expect(explained).toEqual(placeholderCharts.map(() => [1, []]));
  });

  test('without one, bitnami/redis is never copied as redis, and a wrong namespace fails', async () => {
    const files = {
      ...prefixed('web', podChart('bitnami/redis:7.2')),
      ...prefixed('bad', podChart('missingorg/redis:7.2')),
    };
    const right = await copyOn(run, { files, inputs: { charts: 'web', 'image-sources': source.host } });
    expect([right.result.passed, right.copied, right.codes]).toEqual([true, ['bitnami/redis:7.2'], []]);
    const wrong = await copyOn(run, { files, inputs: { charts: 'bad', 'image-sources': source.host } });
    expect([wrong.result.passed, wrong.copied]).toEqual([false, []]);
    expect(wrong.codes).toEqual(['absent error missingorg/redis:7.2']);
    expect(wrong.result.log).toMatch(/add missingorg to (--placeholder-registries|placeholder-?[rR]egistries)/);
    const told = await copyOn(run, {
      files,
      inputs: { charts: 'bad', 'image-sources': source.host, 'placeholder-registries': 'missingorg' },
    });
    expect([told.result.passed, told.copied]).toEqual([true, ['redis:7.2']]);
  });
});

const placeholderCharts = ['core', 'nginxdemo', 'sample', 'capitals'] as const;

function prefixed(folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}
