/**
 * Microsoft's identity library is the largest part of the bundle: it is loaded where an Azure registry wants a login,
 * and nowhere else.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type DemoRegistry, startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { tenant } from '../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../azure/fake-server.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { root } from '../support/root.ts';
import { runInTerminal } from '../support/terminal.ts';

const dist = join(root, 'dist');

let azure: StandIn;
let plain: DemoRegistry;
beforeAll(async () => {
  azure = await startStandIn({ openStore: startDemoRegistry });
  const registry = await azure.addRegistry('contoso');
  plain = await startDemoRegistry();
  const image = await makeImage();
  for (const url of [registry.store.url, plain.url]) await pushImage(url, 'team/web', '1', image);
});
afterAll(async () => {
  await azure?.stop();
  await plain?.stop();
});

/** Files of the bundle that hold the library, by a name of its own that no minifier takes away. */
async function libraryFiles(): Promise<readonly string[]> {
  const files = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(files.map(async (name) => await readFile(join(dist, name), 'utf8')));
  return files.filter((_, index) => texts[index]?.includes('CredentialUnavailableError'));
}

/** Runs the bundle, logged in as an application, and tells which files of the library were loaded, by V8's coverage. */
async function loadedBy(inputs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const [work, home, coverage] = [await testFolder(), await testFolder(), await testFolder()];
  await writeFiles(join(work, 'web'), podChart('team/web:1'));
  const secret = azure.world.newSecret();
  const principal = azure.addPrincipal({ secret });
  azure.assign(principal, 'AcrPull', '/subscriptions');
  const run = await runInTerminal({
    node: process.execPath,
    work,
    home,
    path: [toolFolder('helm-4')],
    env: {
      NODE_V8_COVERAGE: coverage,
      HTTPS_PROXY: azure.proxy,
      AZURE_TENANT_ID: tenant,
      AZURE_CLIENT_ID: principal.clientId,
      AZURE_CLIENT_SECRET: secret,
    },
    inputs: { charts: 'web', 'ca-file': azure.caFile, ...inputs },
  });
  expect(run.passed ? '' : run.log).toBe('');
  const scripts = await Promise.all(
    (await readdir(coverage)).map(async (file) => JSON.parse(await readFile(join(coverage, file), 'utf8'))),
  );
  const urls = scripts.flatMap(({ result }: { result: readonly { url: string }[] }) => result.map(({ url }) => url));
  return (await libraryFiles()).filter((file) => urls.some((url) => url.endsWith(`/${file}`)));
}

test('the bundle holds it apart from the rest', async () => {
  const files = await libraryFiles();
  expect(files.length).toBeGreaterThan(0);
  expect(files).not.toContain('index.js');
});

test('a listing does without it', async () => {
  expect(await loadedBy({ resolve: 'false' })).toEqual([]);
});

test('registries that are not of Azure do without it, though the run has an identity there', async () => {
  const target = await startDemoRegistry();
  onTestFinished(() => target.stop());
  expect(await loadedBy({ 'image-sources': plain.host, target: target.host, push: 'true' })).toEqual([]);
});

test('a registry of Azure that has a login of its own does without it', async () => {
  const registry = azure.world.registries[0];
  const password = azure.world.newSecret();
  registry?.scopeMapTokens.push({ username: 'puller', password, repositories: ['web', 'team/web'] });
  expect(
    await loadedBy({
      'image-sources': 'contoso.azurecr.io',
      'registry-credentials': `contoso.azurecr.io puller ${password}`,
    }),
  ).toEqual([]);
});

test('a registry of Azure that wants a login is what it is for', async () => {
  expect(await loadedBy({ 'image-sources': 'contoso.azurecr.io' })).toEqual(await libraryFiles());
});
