/** Three shards and `merge` do what one run does, with real helm and real registries; crane reads what landed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Front, startFront } from '../../scripts/bench-scale/front.ts';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { writeFiles } from '../support/chart.ts';
import { type Distribution, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRequest } from '../support/host-run.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { podChart } from '../support/pod-chart.ts';
import { outputOf, runProgram } from '../support/program.ts';
import { bundle } from '../support/root.ts';
import { runInTerminal } from '../support/terminal.ts';

const shards = [1, 2, 3] as const;
/** Two images on each of three bases. */
const names = ['a/one', 'a/two', 'b/one', 'b/two', 'c/one', 'c/two'];

let source: Distribution;
let whole: Distribution;
let parts: Distribution;
let front: Front;
/** Before the source. */
let origin: Front;

beforeAll(async () => {
  [source, whole, parts] = await Promise.all([startDistribution(), startDistribution(), startDistribution()]);
  [front, origin] = await Promise.all([startFront(parts.host), startFront(source.host)]);
  for (const name of names) {
    const base = await makeImage({ seed: name.slice(0, 1), layers: [30_000] });
    const layers = [...base.blobs.slice(1).map(({ bytes }) => bytes), 500];
    await pushImage(source.url, name, '1', await makeImage({ seed: name, layers }));
  }
});
afterAll(async () => {
  await Promise.all([front?.stop(), origin?.stop()]);
  await Promise.all([source, whole, parts].map(async (registry) => await registry?.stop()));
});

/** A chart of a pod with all images, and what a run over it needs. */
async function request(inputs: Readonly<Record<string, string>>, images = names): Promise<HostRequest> {
  const work = await testFolder();
  await writeFiles(work, podChart(...images.map((name) => `${origin.host}/${name}:1`)));
  const given = { charts: 'charts/app', 'image-sources': 'upstream', push: 'true', ...inputs };
  return { node: process.execPath, inputs: given, work, home: await testFolder(), path: [toolFolder('helm-4')] };
}

async function reportIn(folder: string): Promise<ImagesJson> {
  // Written by the program, which holds its own types.
  return JSON.parse(await readFile(join(folder, 'images.json'), 'utf8')) as ImagesJson;
}

/** Which of two images brings the base that they share is a matter of which comes first; the sum is not. */
function withoutBytes(report: ImagesJson): unknown {
  return { ...report, images: report.images.map(({ bytes: _, ...image }) => image) };
}

async function merge(folders: readonly string[], ...more: readonly string[]) {
  const home = await testFolder();
  return await runProgram(process.execPath, [bundle, 'merge', ...folders, ...more], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home },
  });
}

function manifests(registry: Distribution): Promise<readonly string[]> {
  const read = (name: string) => outputOf(toolPath('crane'), ['manifest', '--insecure', `${registry.host}/${name}:1`]);
  return Promise.all(names.map(read));
}

describe('three shards', () => {
  test('and merge make the report and the target of one run, without a blob sent or a manifest read twice', async () => {
    const reports = await testFolder();
    const folders = shards.map((shard) => join(reports, `shard-${shard}`));
    for (const [at, shard] of shards.entries()) {
      const report = folders[at] ?? '';
      const inputs = { target: front.host, shard: `${shard}/3`, report };
      const run = await runInTerminal(await request(inputs));
      expect(run.log).toContain(`Shard ${shard} of 3 copies 2 of 6 images`);
      expect(run.code).toBe(0);
      const copied = (await reportIn(report)).images.filter(({ outcome }) => outcome === 'copied');
      expect(copied.map((image) => image.shard)).toEqual([shard, shard]);
    }
    // Dividing the plan, measuring a part and copying it need the same manifests.
    const read = [...origin.asked].filter(([line]) => /^GET .*\/manifests\/sha256:/.test(line));
    expect(read.map(([, often]) => often)).toEqual(names.map(() => shards.length));
    const one = join(reports, 'one');
    expect((await runInTerminal(await request({ target: whole.host, report: one }))).code).toBe(0);

    const joined = await merge([join(reports, 'shard-*')], '--report', join(reports, 'all'));
    expect(joined.code).toBe(0);
    expect(joined.stdout).toContain('6 of 6 images found, 6 copied');
    const [ofShards, ofOne] = [await reportIn(join(reports, 'all')), await reportIn(one)];
    const told = JSON.stringify(ofShards).replaceAll(front.host, whole.host);
    expect(withoutBytes(JSON.parse(told))).toEqual(withoutBytes(ofOne));
    for (const file of ['images.junit.xml', 'images.sarif']) {
      const [left, right] = await Promise.all(
        ['all', 'one'].map((name) => readFile(join(reports, name, file), 'utf8')),
      );
      expect(left?.replace(/timestamp="[^"]*"/g, '').replaceAll(front.host, whole.host)).toBe(
        right?.replace(/timestamp="[^"]*"/g, ''),
      );
    }
    expect(await manifests(parts)).toEqual(await manifests(whole));
    const sent = [...front.asked.keys()].flatMap((line) => /^PUT .*[?&]digest=([^&]+)/.exec(line)?.[1] ?? []);
    expect(sent.length).toBeGreaterThan(0);
    expect(new Set(sent).size).toBe(sent.length);
  }, 120_000);

  test('fail together when an image is missing, copy nothing, and one of them reports it', async () => {
    const folders: string[] = [];
    const annotations: number[] = [];
    const target = await startDistribution();
    for (const index of [0, 1, 2]) {
      const report = await testFolder();
      folders.push(report);
      // As the runner evaluates the default of the input.
      const inputs = { target: target.host, shard: 'auto', 'job-position': `${index}/3`, report };
      const run = await runAsGitHubAction(await request(inputs, [...names, 'gone/away']));
      expect(run.passed).toBe(false);
      annotations.push(run.annotations.length);
    }
    expect(annotations).toEqual([1, 0, 0]);
    const catalogue = await outputOf(toolPath('crane'), ['catalog', '--insecure', target.host]);
    await target.stop();
    expect(catalogue).toBe('');
    const joined = await merge(folders);
    expect(joined.code).toBe(1);
    expect(joined.stdout).toContain('1 of 7 images was not found in any source');
    expect((await merge(folders.slice(1))).output).toContain('the report of shard 1 of 3 is missing');
  }, 120_000);
});

test('merge reads nothing but reports, and says what is wrong with them', async () => {
  const alone = await merge(['nowhere'], '--target', 'registry.example');
  expect(alone.code).toBe(2);
  expect(alone.output).toContain('cannot be combined with: target');
  const nowhere = await merge(['nowhere']);
  expect(nowhere.code).toBe(2);
  expect(nowhere.output).toContain('Cannot find a report in nowhere');
});

test('merge takes no offence at a default that a form of a runner writes by itself', async () => {
  const run = await merge(['nowhere'], '--no-fail-on-new');
  expect(run.output).toContain('Cannot find a report in nowhere');
});
