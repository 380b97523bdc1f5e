/** References that the AOSM documentation and az aosm's recorded publish name, from chart to target over the bundle. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { runInTerminal } from '../support/terminal.ts';

async function registry() {
  const started = await startDemoRegistry();
  onTestFinished(async () => await started.stop());
  return started;
}

interface Copying {
  readonly image: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Copies the one image of a chart to an empty target. */
async function copyChart({ image, inputs, env = {} }: Copying) {
  const target = await registry();
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(join(work, 'web'), podChart(image));
  const run = await runInTerminal({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    inputs: { charts: 'web', target: target.host, push: 'true', ...inputs },
    env,
  });
  expect(run.passed ? '' : run.log).toBe('');
  return target;
}

test('core/contoso-a:1.0.0, whose first part is a real namespace, is found and lands with it', async () => {
  const source = await registry();
  const image = await makeImage();
  await pushImage(source.url, 'core/contoso-a', '1.0.0', image);
  const target = await copyChart({ image: 'core/contoso-a:1.0.0', inputs: { 'image-sources': source.host } });
  expect(target.storage.tagged()).toEqual(['core/contoso-a:1.0.0']);
  expect(target.storage.manifest('core/contoso-a', '1.0.0').digest).toBe(image.digest);
});

test('overwriteme/nginx:stable, listed as a placeholder, is found below library/ of docker.io and lands without it', async () => {
  const source = await registry();
  const image = await makeImage();
  await pushImage(source.url, 'library/nginx', 'stable', image);
  const target = await copyChart({
    image: 'overwriteme/nginx:stable',
    // The registry stands in for Docker Hub as the proxy of everything that is not on this machine.
    inputs: { 'image-sources': 'docker.io', 'placeholder-registries': 'overwriteme', 'plain-http': 'docker.io' },
    env: { HTTP_PROXY: source.url },
  });
  expect(target.storage.tagged()).toEqual(['nginx:stable']);
  expect(target.storage.manifest('nginx', 'stable').digest).toBe(image.digest);
});

test('the word upstream finds an image in the registry that its own reference names', async () => {
  const source = await registry();
  await pushImage(source.url, 'team/app', '1', await makeImage());
  const target = await copyChart({ image: `${source.host}/team/app:1`, inputs: { 'image-sources': 'upstream' } });
  expect(target.storage.tagged()).toEqual(['team/app:1']);
});
