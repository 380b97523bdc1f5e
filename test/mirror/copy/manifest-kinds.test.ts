/** What a chart may name besides ordinary images, over real registries: it arrives as it is. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import { planCopies } from '../../../src/mirror/plan/plan-copies.ts';
import { createSizeEstimator } from '../../../src/mirror/plan/plan-size.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { testFolder } from '../../support/folder.ts';
import { makeImage, pushImage } from '../../support/images.ts';
import { loopbackRegistries } from '../../support/loopback-registries.ts';
import { outputOf } from '../../support/program.ts';

let source: Distribution;
let target: Distribution;

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

/** Copies one image as a run does, and compares what crane finds at both ends. */
async function expectCopied(repository: string): Promise<void> {
  const signal = new AbortController().signal;
  const registries = await loopbackRegistries({ concurrency: 4, signal });
  try {
    const found = [discovered(`${source.host}/${repository}:1`)];
    const { resolutions } = await resolveImages(found, sourcesOf('upstream'), registries, { concurrency: 4 });
    const sizer = createSizeEstimator({ registries, foreignLayers: 'left out', purpose: 'copy' });
    const plan = await planCopies(resolutions, { registry: target.host, namespace: '' }, 'fail', registries, sizer);
    const outcomes = await copyImages(plan, registries, { concurrency: 4, log: silentLog, signal });
    expect(outcomes).toMatchObject([{ result: 'copied', bytes: plan.size?.bytes }]);
  } finally {
    await registries.close();
  }
  const manifestAt = (host: string) =>
    outputOf(toolPath('crane'), ['manifest', '--insecure', `${host}/${repository}:1`]);
  const manifest = await manifestAt(target.host);
  expect(manifest).toBe(await manifestAt(source.host));
  const { config, layers } = JSON.parse(manifest);
  for (const { digest, size } of [config, ...layers]) {
    const answer = await fetch(`${target.url}/v2/${repository}/blobs/${digest}`);
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, size]);
  }
}

test('an image without layers is copied', async () => {
  await pushImage(source.url, 'no-layers', '1', await makeImage({ layers: [] }));
  await expectCopied('no-layers');
});

test('an image with a layer of no bytes is copied', async () => {
  await pushImage(source.url, 'empty-layer', '1', await makeImage({ layers: [new Uint8Array(), 100] }));
  await expectCopied('empty-layer');
});

async function push(location: string, ...flags: readonly string[]): Promise<void> {
  const folder = await testFolder();
  await writeFile(join(folder, 'policy.wasm'), 'not really');
  await writeFile(join(folder, 'config.json'), '{"any":"thing"}');
  const file = 'policy.wasm:application/vnd.acme.policy.layer.v1+wasm';
  await outputOf(toolPath('oras'), ['push', '--plain-http', ...flags, location, file], { cwd: folder });
}

test('an artifact with a type of its own and the empty configuration is copied', async () => {
  await push(`${source.host}/artifact:1`, '--artifact-type', 'application/vnd.acme.policy.v1');
  await expectCopied('artifact');
});

test('an artifact with its type in the configuration, such as a chart, is copied', async () => {
  await push(`${source.host}/configured:1`, '--config', 'config.json:application/vnd.acme.config.v1+json');
  await expectCopied('configured');
});
