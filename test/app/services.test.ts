import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { createServices, type Services } from '../../src/app/services.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { podChart } from '../support/chart.ts';
import { terminalIn, workFolderWith } from './app-fixtures.ts';

afterEach(() => vi.unstubAllEnvs());

async function servicesWith(...flags: readonly string[]): Promise<Services> {
  const { host } = await terminalIn(await workFolderWith(podChart('nginx:1')), '--charts=web', ...flags);
  const settings = await readSettings(host.inputs, { workFolder: host.folders.work, host: host.name });
  const services = createServices(settings, host, new AbortController().signal);
  onTestFinished(() => services.close());
  return services;
}

test('each service of a run is created once, however often it is requested', async () => {
  const services = await servicesWith('--target=registry.example/team');
  for (const create of [services.registries, services.helm, services.destination]) {
    const [first, second] = await Promise.all([create(), create()]);
    expect(second).toBe(first);
  }
});

test('a run without a target has no destination', async () => {
  expect(await (await servicesWith()).destination()).toBeUndefined();
});

test('the helm on PATH is known before its version is, unless another version is required', async () => {
  const program = join(toolFolder('helm-4'), process.platform === 'win32' ? 'helm.exe' : 'helm');
  expect(await (await servicesWith()).probeHelm()).toBe(program);
  expect(await (await servicesWith('--helm-version=4')).probeHelm()).toBeUndefined();
});

test('a chart repository at a private address is refused unless an input names it', async () => {
  const services = await servicesWith();
  const { downloads } = services.renderContext;
  await expect(downloads.index(new URL('https://127.0.0.1:9/charts'))).rejects.toMatchObject({ code: 'denied' });
});

test('a run that used no service closes at once', async () => {
  await expect((await servicesWith()).close()).resolves.toBeUndefined();
});
