/** A chart with an image that only a switch brings, mirrored by the bundle from a real registry. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { runInTerminal } from '../support/terminal.ts';

let registry: Distribution;
beforeAll(async () => {
  registry = await startDistribution();
  await pushImage(registry.url, 'team/web', '1.0.0', await makeImage({ seed: 'web' }));
  await pushImage(registry.url, 'team/exporter', '1.0.0', await makeImage({ seed: 'exporter' }));
});
afterAll(() => registry?.stop());

/** A run over a chart with two switches: one brings an image that is there, the other one that nobody has. */
async function run(inputs: Readonly<Record<string, string>>) {
  const [work, home] = [await testFolder(), await testFolder()];
  const part = (name: string) =>
    `{{ if .Values.${name}.enabled }}\n${(podChart(`team/${name}:1.0.0`)['templates/pod.yaml'] ?? '').replace('"web"', `"${name}"`)}{{ end }}\n`;
  const chart = podChart('team/web:1.0.0', {
    'values.yaml': 'exporter: { enabled: false }\ngone: { enabled: false }\n',
    'templates/exporter.yaml': part('exporter'),
    'templates/gone.yaml': part('gone'),
  });
  await writeFiles(join(work, 'web'), chart);
  const report = join(home, 'report');
  const all = { charts: 'web', 'image-sources': registry.host, report, ...inputs };
  const ended = await runInTerminal({ node: process.execPath, inputs: all, work, home, path: [toolFolder('helm-4')] });
  const json: {
    readonly images: readonly {
      readonly image: string;
      readonly status: string;
      readonly outcome: string | null;
      readonly uses: readonly { readonly optionalBy?: readonly string[] }[];
    }[];
    readonly aosm?: unknown;
    readonly findings: readonly { readonly code: string; readonly severity: string }[];
  } = JSON.parse(await readFile(join(report, 'images.json'), 'utf8'));
  return { ...ended, json };
}

test('optional images are copied with the others, and one that nobody has is a warning', async () => {
  const { code, json, log } = await run({
    'optional-images': 'true',
    target: `${registry.host}/mirror`,
    push: 'true',
  });
  const rows = json.images.map(({ image, status, outcome, uses }) => [image, status, outcome, uses[0]?.optionalBy]);
  expect(rows, log).toEqual([
    ['team/web:1.0.0', 'found', 'copied', undefined],
    ['team/exporter:1.0.0', 'found', 'copied', ['exporter.enabled=true']],
    ['team/gone:1.0.0', 'absent', null, ['gone.enabled=true']],
  ]);
  expect(json.findings).toMatchObject([{ code: 'absent', severity: 'warning' }]);
  expect(code).toBe(0);
});

test('what az aosm makes of the chart is explained for what is rendered by default', async () => {
  const { json, log } = await run({ 'optional-images': 'true', 'explain-aosm': 'true' });
  expect(JSON.stringify(json.aosm), log).toContain('team/web:1.0.0');
  expect(json.aosm, log).toEqual((await run({ 'explain-aosm': 'true' })).json.aosm);
});

test('nobody looks for them unasked', async () => {
  const { json } = await run({});
  expect(json.images.map(({ image }) => image)).toEqual(['team/web:1.0.0']);
});
