import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { run as start } from '../../src/app/run.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { chartFiles, writeFiles } from '../support/charts.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { inTurn } from '../support/matrix.ts';
import { recordingHost } from '../support/recording-host.ts';

async function registry() {
  const started = await startDemoRegistry();
  onTestFinished(async () => await started.stop());
  return started;
}

/** Runs in this process. */
async function runHere(work: string, inputs: Readonly<Record<string, string>>) {
  const log: string[] = [];
  const keep = (line: string) => void log.push(line);
  let summary = '';
  const { host, shown } = recordingHost(work, {
    inputs,
    log: { debug: keep, info: keep, warning: keep },
    folders: { work, temporary: await testFolder(), toolCache: await testFolder() },
  });
  const finish: typeof host.finish = (exit, reason) => {
    host.finish(exit, reason);
    summary = reason;
  };
  await start({ ...host, finish }, new AbortController().signal);
  const report: ImagesJson = JSON.parse(shown.json);
  return { exit: shown.exit, summary, report, log };
}

/** Six charts with an image each, all but that of `absent` in a source. */
async function sixCharts() {
  const [work, source] = [await testFolder(), await registry()];
  for (const name of ['absent', 'bad', 'c', 'd', 'e', 'f']) {
    await writeFiles(join(work, 'charts', name), chartFiles(name, { 'values.yaml': `image: team/${name}:1\n` }));
    if (name !== 'absent') await pushImage(source.url, `team/${name}`, '1', await makeImage({ seed: name }));
  }
  return { work, source, inputs: { charts: 'charts/*', 'image-sources': source.host } };
}

const badCharts: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  [
    'needs an unreachable dependency',
    {
      'Chart.yaml':
        'apiVersion: v2\nname: bad\nversion: 1.0.0\ndependencies:\n- { name: sub, version: 1.0.0, repository: "http://127.0.0.1:9/x" }\n',
    },
    'chart-pull',
  ],
  ['requires a value', { 'templates/pod.yaml': '{{ required "image is needed" .Values.none }}' }, 'chart-render'],
  [
    'has a schema that refuses its values',
    { 'values.schema.json': '{"properties":{"image":{"type":"integer"}}}' },
    'chart-render',
  ],
  ['has a broken Chart.yaml', { 'Chart.yaml': 'name: [' }, 'chart-invalid'],
  ['has an unreadable file', { 'values.yaml': '\0' }, 'chart-render'],
];

describe.each(inTurn([{ helm: 'helm-3' }, { helm: 'helm-4' }] as const))('with $helm', ({ helm, it }) => {
  beforeEach(() => {
    vi.stubEnv('PATH', `${toolFolder(helm)}:${process.env['PATH']}`);
    return () => vi.unstubAllEnvs();
  });

  it.each(badCharts)('a chart that %s does not hide the absent image of another chart', async (_, files, code) => {
    const { work, inputs } = await sixCharts();
    await writeFiles(join(work, 'charts/bad'), files);
    const run = await runHere(work, { ...inputs, 'plain-http': '127.0.0.1:9' });
    expect(run.report.errors.map((error) => error.code)).toEqual([code]);
    // Only the dependency is missing, not the rest of the chart.
    const images = code === 'chart-pull' ? 6 : 5;
    expect(run.report.images).toHaveLength(images);
    expect(run.report.findings).toMatchObject([{ code: 'absent', severity: 'error', image: 'team/absent:1' }]);
    expect(run.exit).toBe(code === 'chart-pull' ? 1 : 2);
    expect(run.summary).toContain(`1 of ${images} images was not found in any source`);
  });

  it('a chart that does not render ends a run with keep-going: false before a registry is asked', async () => {
    const { work, inputs } = await sixCharts();
    await writeFiles(join(work, 'charts/bad'), { 'templates/pod.yaml': '{{ fail "no" }}' });
    const run = await runHere(work, { ...inputs, 'keep-going': 'false' });
    expect([run.exit, run.report.images, run.report.findings]).toEqual([2, [], []]);
  });

  it('a chart that does not render stops a push, which still reports the other images', async () => {
    const { work, inputs } = await sixCharts();
    await writeFiles(join(work, 'charts/bad'), { 'templates/pod.yaml': '{{ fail "no" }}' });
    const target = await registry();
    const run = await runHere(work, { ...inputs, target: target.host, push: 'true' });
    expect(run.exit).toBe(2);
    expect(run.report.findings).toMatchObject([{ code: 'absent', image: 'team/absent:1' }]);
    expect(target.storage.tagged()).toEqual([]);
  });

  it('a push with keep-going: true copies every image that has no failing finding', async () => {
    const { work, inputs } = await sixCharts();
    await writeFiles(join(work, 'charts/bad'), { 'templates/pod.yaml': '{{ fail "no" }}' });
    const target = await registry();
    await pushImage(target.url, 'team/c', '1', await makeImage({ seed: 'other' }));
    const run = await runHere(work, { ...inputs, target: target.host, push: 'true', 'keep-going': 'true' });
    expect(run.exit).toBe(2);
    expect(target.storage.tagged()).toEqual(['team/c:1', 'team/d:1', 'team/e:1', 'team/f:1']);
    expect(run.report.totals).toMatchObject({ images: 5, found: 4, copied: 3 });
  });
});

describe('a push', () => {
  beforeEach(() => {
    vi.stubEnv('PATH', `${toolFolder('helm-4')}:${process.env['PATH']}`);
    return () => vi.unstubAllEnvs();
  });

  it('with fail-on: none copies what can be copied, and exits with 1 because an image was not', async () => {
    const { work, inputs } = await sixCharts();
    const target = await registry();
    const run = await runHere(work, { ...inputs, target: target.host, push: 'true', 'fail-on': 'none' });
    expect(target.storage.tagged()).toHaveLength(5);
    expect(run.exit).toBe(1);
    expect(run.report.findings).toMatchObject([{ code: 'absent', severity: 'error' }]);
    expect(run.summary).toMatch(/^1 of 6 images was not found in any source; 5 copied/);
  });

  it('with fail-on: none exits with 1 for a tag of the target that has other content, and with 0 if it was to be kept', async () => {
    const { work, inputs } = await sixCharts();
    const target = await registry();
    await pushImage(target.url, 'team/c', '1', await makeImage({ seed: 'other' }));
    const push = { ...inputs, charts: 'charts/[b-f]*', target: target.host, push: 'true', 'fail-on': 'none' };
    expect((await runHere(work, push)).exit).toBe(1);
    expect((await runHere(work, { ...push, 'on-existing': 'skip' })).exit).toBe(0);
  });

  it('that leaves out nothing exits with 0, and a plan with an absent image and fail-on: none too', async () => {
    const { work, inputs } = await sixCharts();
    const target = await registry();
    const copying = { ...inputs, target: target.host, 'fail-on': 'none' };
    expect((await runHere(work, { ...copying, charts: 'charts/[b-f]*', push: 'true' })).exit).toBe(0);
    expect((await runHere(work, copying)).exit).toBe(0);
  });
});

describe('with a chart that does not render', () => {
  beforeEach(() => {
    vi.stubEnv('PATH', `${toolFolder('helm-4')}:${process.env['PATH']}`);
    return () => vi.unstubAllEnvs();
  });

  it('no lock file is written, and rules about images of all charts are not checked', async () => {
    const { work, inputs } = await sixCharts();
    await writeFiles(join(work, 'charts/bad'), { 'templates/pod.yaml': '{{ fail "no" }}' });
    await writeFiles(work, {
      'chart-images.yaml':
        'require: ["**/bad"]\nignore:\n- { image: team/bad, reason: old }\n- { image: team/absent, reason: known }\n',
    });
    const run = await runHere(work, { ...inputs, 'lock-file': 'images.lock' });
    expect(run.report.findings).toEqual([]);
    expect(run.log.join('\n')).toContain('Skipped images.lock: not every chart was rendered');
    await expect(readFile(join(work, 'images.lock'))).rejects.toThrow('ENOENT');
  });

  it('all errors are reported when no chart is left', async () => {
    const work = await testFolder();
    for (const name of ['a', 'b']) {
      await writeFiles(join(work, 'charts', name), chartFiles(name, { 'templates/pod.yaml': '{{ fail "no" }}' }));
    }
    const run = await runHere(work, { charts: 'charts/*', resolve: 'false' });
    expect([run.exit, run.report.errors.length]).toEqual([2, 2]);
  });
});
