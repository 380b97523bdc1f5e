/** Two charts of one name in one run: every text and line has to say which of them it is about. */
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { run } from '../../src/app/run.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { chartFiles, type Files, writeFiles } from '../support/charts.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { recordingHost } from '../support/recording-host.ts';

beforeEach(() => {
  vi.stubEnv('PATH', [toolFolder('helm-4'), process.env['PATH']].join(delimiter));
  return () => vi.unstubAllEnvs();
});

const pod = (image: string) => `kind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n  - image: ${image}\n`;

/** Runs with the charts `one/web` and `two/web`, whose images are in a registry. */
async function runTwo(charts: (host: string) => readonly [Files, Files], inputs: Readonly<Record<string, string>>) {
  const registry = await startDemoRegistry();
  onTestFinished(async () => await registry.stop());
  await pushImage(registry.url, 'team/app', '1', await makeImage());
  const work = await testFolder();
  const [one, two] = charts(registry.host);
  await writeFiles(join(work, 'one/web'), chartFiles('web', one));
  await writeFiles(join(work, 'two/web'), chartFiles('web', two));
  const packages = ['one', 'two'].map((name) => ({ name, path_to_chart: `${name}/web` }));
  const cnfInput = JSON.stringify({ image_sources: [registry.host], helm_packages: packages });
  await writeFiles(work, { 'cnf-input.jsonc': cnfInput });
  const log: string[] = [];
  const keep = (line: string) => void log.push(line);
  const { host, shown } = recordingHost(work, {
    inputs,
    log: { debug: keep, info: keep, warning: keep },
    folders: { work, temporary: await testFolder(), toolCache: await testFolder() },
  });
  await run(host, new AbortController().signal);
  const report: ImagesJson = JSON.parse(shown.json);
  return { work, log, report, tests: shown.tests, summary: shown.summary, registry };
}

test('the values overlay of each is named by its path, and each image that no value moves is at its own line', async () => {
  const { work, log, report, registry } = await runTwo(
    (host) => [
      { 'values.yaml': `registry: ${host}\n`, 'templates/pod.yaml': pod('{{ .Values.registry }}/team/app:1') },
      { 'templates/pod.yaml': pod(`${host}/team/app:1`) },
    ],
    { charts: 'one/web\ntwo/web', target: 'localhost:1/mirror', 'values-overlay': 'overlay.yaml' },
  );
  const fixed = report.findings.filter(({ code }) => code === 'fixed-registry');
  expect(fixed.map(({ file, line }) => [file, line])).toEqual([['two/web/templates/pod.yaml', 5]]);
  expect(fixed[0]?.message).toContain(`Cannot set ${registry.host}/team/app:1 (used in two/web/templates/pod.yaml`);
  expect(fixed[0]?.message).toContain('with a value of two/web: the template hard-codes');
  const lines = log.join('\n');
  expect(lines).toMatch(/Wrote .*overlay-web\.yaml: as the last values file, it makes one\/web use images from/);
  expect(lines).toContain('two/web has no values file: no value can set any of its images');
  expect(await readFile(join(work, 'overlay-web.yaml'), 'utf8')).toContain('the last values file of one/web, it makes');
});

test('what AOSM and az aosm make of each is shown with its path, and so are the suites of JUnit', async () => {
  const { report, tests, summary } = await runTwo(
    (host) => [
      { 'values.yaml': 'a: 1\n', 'templates/pod.yaml': pod(`${host}/team/app:1`) },
      { 'values.yaml': 'a: 1\n', 'templates/pod.yaml': pod(`${host}/team/app`) },
    ],
    { 'input-file': 'cnf-input.jsonc', 'explain-aosm': 'true' },
  );
  const fixed = report.findings.filter(({ code }) => code === 'fixed-registry');
  expect(fixed.map(({ message, file }) => [/with a value of (\S+):/.exec(message)?.[1], file])).toEqual([
    ['one/web', 'one/web/templates/pod.yaml'],
    ['two/web', 'two/web/templates/pod.yaml'],
  ]);
  expect(tests).toContain(' name="one/web" ');
  expect(tests).toContain(' name="two/web" ');
  expect(summary).toContain('two/web/templates/pod.yaml, rendered line');
});
