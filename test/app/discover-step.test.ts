import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { discoverStep } from '../../src/app/discover-step.ts';
import { renderStep } from '../../src/app/render-step.ts';
import type { Finding } from '../../src/core/findings.ts';
import type { Report } from '../../src/report/model/report.ts';
import { type ChartFiles, podChart, writeFiles } from '../support/chart.ts';
import { startRun, terminalIn, workFolderWith } from './app-fixtures.ts';

afterEach(() => vi.unstubAllEnvs());

/** The report after the charts are rendered and searched, with the findings as they would be published. */
async function discover(chart: ChartFiles, flags: readonly string[] = [], configuration = ''): Promise<Report> {
  const work = await workFolderWith(chart);
  if (configuration !== '') await writeFiles(work, { 'chart-images.yaml': configuration });
  const { context, report } = await startRun(await terminalIn(work, '--charts=web', ...flags));
  onTestFinished(() => context.services.close());
  const { findings, grader } = await discoverStep(context, await renderStep(context, () => {}));
  const graded: readonly Finding[] = await grader.locate(grader.grade(findings));
  return { ...report(), findings: graded };
}

const imagesIn = ({ discovery }: Report): readonly string[] => discovery.images.map(({ image }) => image);

test('without lookups, every image of the report is unresolved', async () => {
  const report = await discover(podChart('nginx:1.25'), ['--resolve=false']);
  expect(report.resolutions.map(({ status, image }) => `${image.image} ${status}`)).toEqual(['nginx:1.25 unresolved']);
});

test('with lookups, the report has the images before the first registry is accessed', async () => {
  const report = await discover(podChart('nginx:1.25'));
  expect(imagesIn(report)).toEqual(['nginx:1.25']);
  expect(report.resolutions).toEqual([]);
});

test('a finding is an error only if fail-on names its code', async () => {
  const severities = async (...flags: readonly string[]) =>
    (await discover(podChart('nginx'), flags)).findings.map(({ code, severity }) => `${code} ${severity}`);
  expect(await severities()).toEqual(['no-tag warning']);
  expect(await severities('--fail-on=no-tag')).toEqual(['no-tag error']);
});

test('a finding about an image has the line of the template that renders it', async () => {
  const [finding] = (await discover(podChart('nginx'))).findings;
  expect(finding).toMatchObject({ code: 'no-tag', file: 'web/templates/pod.yaml', line: 11 });
});

test('an ignored image is reported as ignored, and has no findings', async () => {
  const rule = 'ignore:\n  - image: nginx\n    reason: It is only a test.\n';
  const report = await discover(podChart('nginx'), [], rule);
  expect(imagesIn(report)).toEqual([]);
  expect(report.ignored.flatMap(({ images }) => images.map(({ image }) => image))).toEqual(['nginx']);
  expect(report.findings).toEqual([]);
});

test('the comparison with az aosm is in the report only if it was requested', async () => {
  const chart = podChart('nginx:1.25');
  expect((await discover(chart)).aosm).toEqual([]);
  expect((await discover(chart, ['--explain-aosm'])).aosm).toMatchObject([{ chart: 'web' }]);
});

test('an image that only a toggle enables is in the report with optional-images', async () => {
  const sidecar = '{{ if .Values.sidecar.enabled }}\n{{ .Files.Get "sidecar.yaml" }}\n{{ end }}\n';
  const chart = podChart('nginx:1.25', {
    'values.yaml': 'sidecar:\n  enabled: false\n',
    [join('templates', 'sidecar.yaml')]: sidecar,
    'sidecar.yaml': (podChart('envoy:2')['templates/pod.yaml'] ?? '').replaceAll('"web"', '"sidecar"'),
  });
  expect(imagesIn(await discover(chart, ['--optional-images=false']))).toEqual(['nginx:1.25']);
  expect(imagesIn(await discover(chart, ['--optional-images=true']))).toEqual(['nginx:1.25', 'envoy:2']);
});
