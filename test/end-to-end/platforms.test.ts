/** Images held to the platforms that a cluster has, over the bundle and real registries. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import { writeFiles } from '../support/charts.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { testFolder } from '../support/folder.ts';
import type { HostRequest } from '../support/host-run.ts';
import { makeImage, makeIndex, pushImage } from '../support/images.ts';
import { podChart, podTemplate } from '../support/pod-chart.ts';
import { outputOf } from '../support/program.ts';
import { runInTerminal } from '../support/terminal.ts';

const amd64 = await makeImage({ seed: 'amd64', platform: 'linux/amd64' });
const arm64 = await makeImage({ seed: 'arm64', platform: 'linux/arm64' });
const both = await makeIndex([amd64, arm64], { attestations: true });

let source: Distribution;
let target: Distribution;
beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
  await pushImage(source.url, 'team/both', '1', both);
  await pushImage(source.url, 'team/one', '1', amd64);
  await pushImage(source.url, 'team/one', '1-arm64', arm64);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

async function requestOf(images: readonly string[], inputs: HostRequest['inputs']): Promise<HostRequest> {
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(work, podChart(...images));
  const platforms = { charts: 'charts/app', platforms: 'linux/amd64, linux/arm64', target: target.host, push: 'true' };
  return { node: process.execPath, work, home, path: [toolFolder('helm-4')], inputs: { ...platforms, ...inputs } };
}

test('an image that lacks one fails the run at its line with where that is, and nothing is copied', async () => {
  const inputs = { 'image-sources': source.host, 'fail-on': 'absent, platform' };
  const run = await runInTerminal(await requestOf(['team/both:1', 'team/one:1'], inputs));
  expect([run.code, run.annotations.length], run.log).toEqual([1, 1]);
  expect(run.annotations[0]).toMatchObject({
    level: 'error',
    title: 'chart-images: platform',
    file: podTemplate,
    line: 7,
  });
  expect(run.annotations[0]?.message).toContain('team/one:1-arm64 exists for linux/arm64: push an index of both as 1');
  expect(await outputOf(toolPath('crane'), ['catalog', target.host])).toBe('');
});

test('an index is read once, for its platforms and its copy, and its attestations are copied along', async () => {
  const counted = await startFaultProxy(source.host);
  onTestFinished(() => counted.stop());
  const run = await runInTerminal(await requestOf(['team/both:1'], { 'image-sources': counted.host }));
  expect(run.passed, run.log).toBe(true);
  const reads = counted.requests.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));
  // The index and each of what it names, once.
  expect(reads.map(({ path }) => path).sort()).toEqual(
    [both, ...both.children].map(({ digest }) => `/v2/team/both/manifests/${digest}`).sort(),
  );
  expect(await outputOf(toolPath('crane'), ['digest', `${target.host}/team/both:1`])).toBe(both.digest);
});
