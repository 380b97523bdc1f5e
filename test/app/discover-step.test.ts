import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { discoverStep } from '../../src/app/discover-step.ts';
import { renderStep } from '../../src/app/render-step.ts';
import type { Report } from '../../src/report/model/report.ts';
import { type ChartFiles, podChart, writeFiles } from '../support/chart.ts';
import { startRun, terminalIn, workFolderWith } from './app-fixtures.ts';

afterEach(() => vi.unstubAllEnvs());

/** The report after the charts are rendered and searched. */
async function discover(chart: ChartFiles, flags: readonly string[] = [], configuration = '') {
  const work = await workFolderWith(chart);
  if (configuration !== '') await writeFiles(work, { 'chart-images.yaml': configuration });
  const { context, report } = await startRun(await terminalIn(work, '--charts=web', ...flags));
  onTestFinished(() => context.services.close());
  const discovered = await discoverStep(context, await renderStep(context, () => {}));
  return { report: report(), discovered };
}

const imagesIn = ({ discovery }: Report): readonly string[] => discovery.images.map(({ image }) => image);

test('without lookups, every image of the report is unresolved', async () => {
  const { report } = await discover(podChart('nginx:1.25'), ['--resolve=false']);
  expect(report.resolutions.map(({ status, image }) => `${image.image} ${status}`)).toEqual(['nginx:1.25 unresolved']);
});

test('with lookups, the report has the images before the first registry is accessed', async () => {
  const { report } = await discover(podChart('nginx:1.25'));
  expect(imagesIn(report)).toEqual(['nginx:1.25']);
  expect(report.resolutions).toEqual([]);
});

test('the findings of a chart are not graded yet: whether they fail the run is decided once, at its end', async () => {
  const { report, discovered } = await discover(podChart('nginx'), ['--fail-on=no-tag']);
  expect(discovered.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['no-tag warning']);
  expect(report.findings).toEqual([]);
});

test('an ignored image is reported as ignored, and has no findings', async () => {
  const rule = 'ignore:\n  - image: nginx\n    reason: It is only a test.\n';
  const { report, discovered } = await discover(podChart('nginx'), [], rule);
  expect(imagesIn(report)).toEqual([]);
  expect(report.ignored.flatMap(({ images }) => images.map(({ image }) => image))).toEqual(['nginx']);
  expect(discovered.findings).toEqual([]);
});

test('the comparison with az aosm is in the report only if it was requested', async () => {
  const chart = podChart('nginx:1.25');
  expect((await discover(chart)).report.aosm).toEqual([]);
  expect((await discover(chart, ['--explain-aosm'])).report.aosm).toMatchObject([{ chart: 'web' }]);
});

test('an image that only a toggle enables is in the report with optional-images', async () => {
  const sidecar = '{{ if .Values.sidecar.enabled }}\n{{ .Files.Get "sidecar.yaml" }}\n{{ end }}\n';
  const chart = podChart('nginx:1.25', {
    'values.yaml': 'sidecar:\n  enabled: false\n',
    [join('templates', 'sidecar.yaml')]: sidecar,
    'sidecar.yaml': (podChart('envoy:2')['templates/pod.yaml'] ?? '').replaceAll('"web"', '"sidecar"'),
  });
  expect(imagesIn((await discover(chart, ['--optional-images=false'])).report)).toEqual(['nginx:1.25']);
  expect(imagesIn((await discover(chart, ['--optional-images=true'])).report)).toEqual(['nginx:1.25', 'envoy:2']);
});
