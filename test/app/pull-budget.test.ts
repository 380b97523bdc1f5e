/** A push from a source that counts pulls, such as Docker Hub. */
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { run as start } from '../../src/app/run.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { writeFiles } from '../support/charts.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { podChart } from '../support/pod-chart.ts';
import { recordingHost } from '../support/recording-host.ts';

beforeEach(() => {
  vi.stubEnv('PATH', `${toolFolder('helm-4')}:${process.env['PATH']}`);
  return () => vi.unstubAllEnvs();
});

/** Pushes three images from a source that has so many pulls left. */
async function pushWith(remaining: number, inputs: Readonly<Record<string, string>> = {}) {
  const [work, behind, target] = [await testFolder(), await startDemoRegistry(), await startDemoRegistry()];
  await writeFiles(work, podChart('team/a:1', 'team/b:1', 'team/c:1'));
  for (const name of ['a', 'b', 'c']) await pushImage(behind.url, `team/${name}`, '1', await makeImage({ seed: name }));
  const source = await startFaultProxy(behind.host, {
    headers: () => ({ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': `${remaining};w=21600` }),
  });
  onTestFinished(async () => {
    await source.stop();
    await Promise.all([behind.stop(), target.stop()]);
  });
  const log: string[] = [];
  const keep = (line: string) => void log.push(line);
  const { host, shown } = recordingHost(work, {
    inputs: { charts: 'charts/*', 'image-sources': source.host, target: target.host, push: 'true', ...inputs },
    log: { debug: () => {}, info: keep, warning: keep },
    folders: { work, temporary: await testFolder(), toolCache: await testFolder() },
  });
  await start(host, new AbortController().signal);
  const report: ImagesJson = JSON.parse(shown.json);
  const pulls = source.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
  return { exit: shown.exit, report, log, pulls, source: source.host, tagged: target.storage.tagged() };
}

test('a push says how many pulls it needs and how many are left before it copies', async () => {
  const { exit, log, source, tagged } = await pushWith(61);
  expect(log).toContain(`${source}: 3 pulls needed, 61 of 100 left (limit for 6 hours)`);
  expect(log.findIndex((line) => line.includes('pulls needed'))).toBeLessThan(
    log.findIndex((line) => line.startsWith('copied')),
  );
  expect([exit, tagged]).toEqual([0, ['team/a:1', 'team/b:1', 'team/c:1']]);
});

test('a push that needs more pulls than are left ends before it reads a manifest, and says how to get past that', async () => {
  const { exit, report, pulls, source, tagged } = await pushWith(2);
  expect([exit, tagged]).toEqual([3, []]);
  expect(pulls.filter((path) => /manifests|blobs/.test(path))).toEqual([]);
  expect(report.errors).toMatchObject([
    {
      code: 'throttled',
      message: `Cannot copy 3 images from ${source}: 3 pulls needed, and 2 of 100 are left within 6 hours.`,
      advice: expect.stringMatching(/Set credentials of .* run again later: .* keep-going to true/),
    },
  ]);
  expect(report.images.map(({ outcome }) => outcome)).toEqual(['planned', 'planned', 'planned']);
});

test('a push with keep-going: true copies what fits into the pulls that are left', async () => {
  const { exit, log, tagged } = await pushWith(2, { 'keep-going': 'true' });
  expect(log.some((line) => line.endsWith('As many images as fit are copied.'))).toBe(true);
  // The source of this test refuses none.
  expect([exit, tagged.length]).toEqual([0, 3]);
});
