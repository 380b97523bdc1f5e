import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import type { Rendering } from '../../../src/helm/cli/rendering.ts';
import type { OnExisting } from '../../../src/mirror/plan/plan.ts';
import type { Principal, StandInArtifactStore, StandInRegistry } from '../../azure/fake-azure.ts';
import type { StandIn } from '../../azure/fake-server.ts';
import { chartFiles, type Files, helms, packedChart, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';
import { makeImage, pushImage } from '../../support/images.ts';
import { outputOf } from '../../support/program.ts';
import { type Opened, open, startPublishing } from './destination-fixtures.ts';

let azure: StandIn;
let store: StandInArtifactStore;
let source: StandInRegistry;
let publisher: Principal;
const opened: Opened[] = [];

beforeEach(async () => {
  ({ azure, store, source, publisher } = await startPublishing());
  await pushImage(source.store.url, 'app', '1.0.0', await makeImage());
});

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await azure.stop();
});

/** One run that publishes a chart and its image. */
async function publish(kind: 'folder' | 'archive', files: Files, onExisting: OnExisting = 'fail') {
  const one = await open(azure, publisher, { publishCharts: true, onExisting });
  opened.push(one);
  const { work } = one.setting;
  if (kind === 'folder') await writeFiles(join(work, 'web'), files);
  else await writeFile(join(work, 'web.tgz'), await packedChart('web', files));
  const chart = await one.setting.chart(kind === 'folder' ? 'web' : 'web.tgz');
  const renderings = await one.setting.render(helms[0].helm, chart);
  const resolutions = await one.resolve(['registry.example/app:1.0.0'], [source.loginServer]);
  return { ...(await one.planAndCopy(resolutions, renderings)), log: one.setting.log };
}

/** What real helm gets back, with the credential of the artifact manifest. */
async function pulled(helm: string): Promise<string> {
  const folder = await testFolder();
  const host = store.registry.loginServer;
  const [token] = store.registry.scopeMapTokens.slice(-1);
  const auth = Buffer.from(`${token?.username}:${token?.password}`).toString('base64');
  await mkdir(join(folder, 'docker'));
  await writeFile(join(folder, 'docker', 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    DOCKER_CONFIG: join(folder, 'docker'),
    HTTPS_PROXY: azure.proxy,
    SSL_CERT_FILE: azure.caFile,
  };
  return await outputOf(helm, ['show', 'all', `oci://${host}/web`, '--version', '1.0.0'], { env });
}

test.each(['folder', 'archive'] as const)(
  'a chart from a %s is pushed after its images as helm pushes it, and both helms read it',
  async (kind) => {
    const { outcomes, log } = await publish(kind, chartFiles('web', { 'README.md': '# Web\n' }));
    expect(outcomes.map(({ result }) => result)).toEqual(['copied']);
    expect(
      store.manifests.get('contoso-acr-manifest-1-0-0')?.artifacts.map(({ artifactName }) => artifactName),
    ).toEqual(['web', 'app']);
    for (const helm of ['helm-3', 'helm-4'] as const) {
      const shown = await pulled(toolPath(helm));
      expect(shown).toContain('name: web');
      expect(shown).toContain('# Web');
    }
    expect(log.lines).toContain('The store has all artifacts of the artifact manifest contoso-acr-manifest-1-0-0.');
  },
);

test('a chart that names no image is pushed all the same', async () => {
  const one = await open(azure, publisher, { publishCharts: true });
  opened.push(one);
  await writeFiles(join(one.setting.work, 'web'), chartFiles('web'));
  const renderings = await one.setting.render(helms[0].helm, await one.setting.chart('web'));
  expect((await one.planAndCopy([], renderings)).outcomes).toEqual([]);
  expect(await outputOf(toolPath('crane'), ['catalog', store.registry.store.host])).toBe('web');
});

test('what is pushed is of the kind that helm push makes', async () => {
  await publish('folder', chartFiles('web'));
  const host = store.registry.store.host;
  const ours = JSON.parse(await outputOf(toolPath('crane'), ['manifest', `${host}/web:1.0.0`]));
  const [work, env] = [await testFolder(), { PATH: process.env['PATH'], HOME: await testFolder() }];
  await writeFiles(join(work, 'web'), chartFiles('web'));
  await outputOf(toolPath('helm-4'), ['package', join(work, 'web'), '-d', work], { env });
  await outputOf(toolPath('helm-4'), ['push', '--plain-http', join(work, 'web-1.0.0.tgz'), `oci://${host}/helms`], {
    env,
  });
  const helms = JSON.parse(await outputOf(toolPath('crane'), ['manifest', `${host}/helms/web:1.0.0`]));
  const configOf = async (repository: string, { digest }: { digest: string }) =>
    JSON.parse(await outputOf(toolPath('crane'), ['blob', `${host}/${repository}@${digest}`]));
  expect(ours.config.mediaType).toBe(helms.config.mediaType);
  expect(await configOf('web', ours.config)).toEqual(await configOf('helms/web', helms.config));
  expect(ours.layers.map(({ mediaType }: { mediaType: string }) => mediaType)).toEqual(
    helms.layers.map(({ mediaType }: { mediaType: string }) => mediaType),
  );
});

test('a chart version with build metadata becomes a tag as helm makes it, and helm pulls it by its version', async () => {
  const { log } = await publish('folder', {
    ...chartFiles('web'),
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0+build.7\n',
  });
  const host = store.registry.store.host;
  expect(await outputOf(toolPath('crane'), ['ls', `${host}/web`])).toBe('1.0.0_build.7');
  expect(
    store.manifests.get('contoso-acr-manifest-1-0-0')?.artifacts.map(({ artifactVersion }) => artifactVersion),
  ).toContain('1.0.0_build.7');
  const env = { PATH: process.env['PATH'], HOME: await testFolder() };
  const shown = await outputOf(
    toolPath('helm-4'),
    ['show', 'chart', '--plain-http', `oci://${host}/web`, '--version', '1.0.0+build.7'],
    { env },
  );
  expect(shown).toContain('version: 1.0.0+build.7');
  expect(log.lines).toContain('The store has all artifacts of the artifact manifest contoso-acr-manifest-1-0-0.');
});

test('a chart blob whose upload breaks once is sent again', async () => {
  let broken = 0;
  azure.intercept(({ method, url }) => {
    if (method !== 'PUT' || !url.pathname.includes('/web/blobs/uploads/') || broken > 0) return undefined;
    broken += 1;
    return { status: 502 };
  });
  await publish('folder', chartFiles('web'));
  expect(broken).toBe(1);
  expect(await pulled(toolPath('helm-4'))).toContain('name: web');
});

test('images that were copied keep their outcome although the chart cannot be pushed after them', async () => {
  await publish('folder', chartFiles('web'));
  const one = await open(azure, publisher, { publishCharts: true });
  opened.push(one);
  await writeFiles(join(one.setting.work, 'web'), chartFiles('web', { 'README.md': '# Changed\n' }));
  const renderings = await one.setting.render(helms[0].helm, await one.setting.chart('web'));
  const plan = await one.destination.plan(
    await one.resolve(['registry.example/app:1.0.0'], [source.loginServer]),
    renderings,
  );
  const outcomes = await one.destination.copy(plan, {
    concurrency: 4,
    log: one.setting.log,
    signal: one.setting.access.signal,
  });
  expect(outcomes.map(({ result }) => result)).toEqual(['present']);
  await expect(one.destination.complete?.()).rejects.toMatchObject({ code: 'artifact-store' });
});

test('an existing chart with another packaging time counts as the same', async () => {
  await publish('folder', chartFiles('web'));
  const { log } = await publish('folder', chartFiles('web'));
  expect(log.lines).toContain(`The chart ${store.registry.loginServer}/web:1.0.0 already exists.`);
});

test('another chart under the same version is an error, unless it may be replaced', async () => {
  await publish('folder', chartFiles('web'));
  const changed = chartFiles('web', { 'README.md': '# Changed\n' });
  await expect(publish('folder', changed)).rejects.toMatchObject({
    code: 'artifact-store',
    message: expect.stringContaining('another chart has this name and version'),
  });
  expect(await pulled(toolPath('helm-4'))).not.toContain('# Changed');
  await publish('folder', changed, 'skip');
  expect(await pulled(toolPath('helm-4'))).not.toContain('# Changed');
  await publish('folder', changed, 'replace');
  expect(await pulled(toolPath('helm-4'))).toContain('# Changed');
});

test('a chart that is missing in the manifest is reported before the copy', async () => {
  const artifacts = [{ artifactName: 'app', artifactType: 'OCIArtifact', artifactVersion: '1.0.0' }];
  store.manifests.set('contoso-acr-manifest-1-0-0', { artifacts, state: 'Uploading', location: 'westeurope' });
  await expect(publish('folder', chartFiles('web'))).rejects.toMatchObject({
    code: 'artifact-store',
    message: expect.stringContaining('does not list the chart web:1.0.0'),
    location: { file: 'cnf-input.jsonc' },
  });
  expect(await outputOf(toolPath('crane'), ['catalog', store.registry.store.host])).toBe('');
});

test('a chart whose images did not all arrive is not pushed', async () => {
  const one = await open(azure, publisher, { publishCharts: true });
  opened.push(one);
  await pushImage(store.registry.store.url, 'app', '1.0.0', await makeImage({ seed: 'other' }));
  await writeFiles(join(one.setting.work, 'web'), chartFiles('web'));
  const renderings: readonly Rendering[] = await one.setting.render(helms[0].helm, await one.setting.chart('web'));
  const { outcomes } = await one.planAndCopy(
    await one.resolve(['registry.example/app:1.0.0'], [source.loginServer]),
    renderings,
  );
  expect(outcomes.map(({ result }) => result)).toEqual(['failed']);
  expect(await outputOf(toolPath('crane'), ['catalog', store.registry.store.host])).toBe('app');
});
