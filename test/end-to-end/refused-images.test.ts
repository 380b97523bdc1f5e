/** Charts with images that Kubernetes refuses, or with none, over the bundle with real helm and registries. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { type ChartFiles, podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { runInTerminal } from '../support/terminal.ts';

/** Copies a chart with the image `team/app:1` of the source, which `%` in a template stands for. */
async function copy(files: (host: string) => ChartFiles, inputs: Readonly<Record<string, string>> = {}) {
  const [source, target] = await Promise.all([startDemoRegistry(), startDemoRegistry()]);
  onTestFinished(async () => {
    await Promise.all([source.stop(), target.stop()]);
  });
  await pushImage(source.url, 'team/app', '1', await makeImage());
  await pushImage(source.url, 'team/app', 'latest', await makeImage());
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(join(work, 'web'), files(source.host));
  const report = join(home, 'report');
  const run = await runInTerminal({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { charts: 'web', target: target.host, push: 'true', report, ...inputs },
  });
  // The form of images.json is the contract's.
  const { findings } = JSON.parse(await readFile(join(report, 'images.json'), 'utf8')) as {
    readonly findings: readonly { readonly code: string; readonly severity: string }[];
  };
  const codes = findings.map(({ code, severity }) => `${code} ${severity}`);
  return { code: run.code, log: run.log, codes, copied: target.storage.tagged() };
}

/** One pod with an image of the source, and one with the image of values. */
function twoPods(host: string, image: string, values: string): ChartFiles {
  const second = `kind: Pod\nmetadata: {name: second}\nspec:\n  containers: [{name: c, image: "${image}"}]\n`;
  return podChart(`${host}/team/app:1`, { 'values.yaml': values, 'templates/second.yaml': second });
}

test.each([
  [
    'a number that helm prints in another form',
    'r.example/x:{{ .Values.tag }}',
    'tag: 20240101\n',
    'write it in quotes, "20240101"',
  ],
  [
    'an empty tag',
    'r.example/x:{{ .Values.tag }}',
    'tag: ""\n',
    '"r.example/x:" is not a reference, because its tag is empty',
  ],
  [
    'a template that was not evaluated',
    '{{ .Values.image }}',
    'image: "r.example/x:{{ .Chart.Version }}"\n',
    '{{ .Chart.Version }}',
  ],
])('%s fails the run and copies nothing', async (_, image, values, reason) => {
  const { code, log, codes, copied } = await copy((host) => twoPods(host, image, values));
  expect([code, copied]).toEqual([1, []]);
  expect(codes).toEqual([expect.stringMatching(/^(unreadable|placeholder) error$/)]);
  expect(log).toContain(reason);
});

test('the same text in a custom resource warns, fail-on raises it, and fail-on without it copies the rest', async () => {
  const fleet = `apiVersion: ops.example/v1\nkind: Fleet\nmetadata: {name: f}\nspec: {image: "$(Image)"}\n`;
  const files = (host: string) => podChart(`${host}/team/app:1`, { 'templates/fleet.yaml': fleet });
  expect(await copy(files)).toMatchObject({ code: 0, codes: ['placeholder warning'], copied: ['team/app:1'] });
  expect(await copy(files, { 'fail-on': 'placeholder' })).toMatchObject({ code: 1, copied: [] });
  const refused = (host: string) => twoPods(host, 'r.example/x:', '');
  const options = { 'fail-on': 'absent, unknown, conflict' };
  expect(await copy(refused, options)).toMatchObject({
    code: 0,
    codes: ['unreadable warning'],
    copied: ['team/app:1'],
  });
});

test('a chart without images is no plain pass of a run that copies', async () => {
  const none = await copy(() => podChart('', { 'templates/pod.yaml': 'kind: ConfigMap\nmetadata: {name: c}\n' }));
  expect(none).toMatchObject({ code: 0, codes: ['no-images warning'], copied: [] });
  expect(none.log).toContain('Passed with warnings');
  const unread = await copy(() =>
    podChart('', { 'templates/pod.yaml': 'kind: Fleet\napiVersion: ops.example/v1\nspec: {image: "$(Image)"}\n' }),
  );
  expect(unread).toMatchObject({ code: 1, codes: ['no-images error', 'placeholder warning'], copied: [] });
});

test('a floating tag warns', async () => {
  const floating = await copy((host) => podChart(`${host}/team/app:latest`));
  expect(floating).toMatchObject({ code: 0, codes: ['floating-tag warning'], copied: ['team/app:latest'] });
});
