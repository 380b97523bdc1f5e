import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import type { DestinationRequest } from '../../../src/mirror/destination/open-destination.ts';
import { layerBytes, lineOf } from '../../azure/exchange.ts';
import {
  type Artifact,
  type Principal,
  resourceGroup,
  type StandInArtifactStore,
  type StandInRegistry,
  subscription,
} from '../../azure/fake-azure.ts';
import type { StandIn } from '../../azure/fake-server.ts';
import { makeImage, pushImage, type TestImage } from '../../support/images.ts';
import { outputOf } from '../../support/program.ts';
import { type Opened, open, startPublishing, storeRequest } from './destination-fixtures.ts';

const manifestName = 'contoso-acr-manifest-1-0-0';

let azure: StandIn;
let store: StandInArtifactStore;
let source: StandInRegistry;
let publisher: Principal;
let images: Readonly<Record<'a' | 'b', TestImage>>;
const opened: Opened[] = [];

beforeEach(async () => {
  ({ azure, store, source, publisher } = await startPublishing());
  images = { a: await makeImage({ seed: 'a', layers: [1_000] }), b: await makeImage({ seed: 'b' }) };
  await pushImage(source.store.url, 'team/a', '1', images.a);
  await pushImage(source.store.url, 'team/b', '1', images.b);
});

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await azure.stop();
});

async function destination(request: Partial<DestinationRequest> = {}): Promise<Opened> {
  const one = await open(azure, publisher, request);
  opened.push(one);
  return one;
}

async function found(one: Opened, ...names: readonly string[]) {
  return await one.resolve(names, [source.loginServer]);
}

function makeManifest(...names: readonly string[]): void {
  const artifacts = names.map((name): Artifact => {
    const [artifactName = '', artifactVersion = ''] = name.split(':');
    return { artifactName, artifactVersion, artifactType: 'OCIArtifact' };
  });
  store.manifests.set(manifestName, { artifacts, state: 'Uploading', location: 'westeurope' });
}

function listed(): readonly string[] {
  return (store.manifests.get(manifestName)?.artifacts ?? []).map(
    ({ artifactName, artifactVersion }) => `${artifactName}:${artifactVersion}`,
  );
}

async function digestIn(place: string): Promise<string> {
  return await outputOf(toolPath('crane'), ['digest', `${store.registry.store.host}/${place}`]);
}

test('without an artifact manifest one is made that lists every image once, and then the images are there', async () => {
  const one = await destination();
  const { plan, outcomes } = await one.planAndCopy(
    await found(one, 'repository/team/a:1', 'team/b:1', 'other/team/a:1'),
  );
  expect(plan.copies.map(({ step }) => step.action)).toEqual(['copy', 'copy', 'copy']);
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'copied', 'copied']);
  expect(listed()).toEqual(['team/a:1', 'team/b:1']);
  expect([await digestIn('team/a:1'), await digestIn('team/b:1')]).toEqual([images.a.digest, images.b.digest]);
  expect(one.explained).toEqual(
    expect.arrayContaining([
      `Credentials for ${store.registry.loginServer}: user name and password`,
      `  created in this run: the credential of the artifact manifest ${manifestName}`,
    ]),
  );
  expect(one.setting.log.lines).toContain(`The store has all artifacts of the artifact manifest ${manifestName}.`);
});

test('what the store has of an earlier version is not copied again', async () => {
  await pushImage(store.registry.store.url, 'team/a', '1', images.a);
  const one = await destination();
  const { outcomes } = await one.planAndCopy(await found(one, 'team/a:1', 'team/b:1'));
  expect(outcomes.map(({ result }) => result)).toEqual(['present', 'copied']);
  expect(listed()).toEqual(['team/a:1', 'team/b:1']);
});

test('an image that has changed under the same version is a conflict, and nothing is overwritten', async () => {
  makeManifest('team/a:1');
  await pushImage(store.registry.store.url, 'team/a', '1', images.b);
  const one = await destination();
  const plan = await one.destination.plan(await found(one, 'team/a:1'), []);
  expect(plan.findings).toMatchObject([
    { code: 'conflict', severity: 'error', message: expect.stringContaining('has other content') },
  ]);
  expect(await digestIn('team/a:1')).toBe(images.b.digest);
});

test('a tag that on-existing: replace moves in the store is a warning, because clusters do not download it again', async () => {
  makeManifest('team/a:1', 'team/b:1');
  await pushImage(store.registry.store.url, 'team/a', '1', images.b);
  const one = await destination({ onExisting: 'replace' });
  const { plan } = await one.planAndCopy(await found(one, 'team/a:1', 'team/b:1'));
  expect(plan.findings).toMatchObject([
    {
      code: 'moved-tag',
      severity: 'warning',
      image: 'team/a:1',
      message: expect.stringContaining('Clusters that have pulled the tag do not download it again.'),
      advice: 'Use a new tag in the chart and a new version in the input file.',
    },
  ]);
  expect(await digestIn('team/a:1')).toBe(images.a.digest);
});

test('a tag of another version that is moved after the manifest is created is a warning of the log', async () => {
  await pushImage(store.registry.store.url, 'team/a', '1', images.b);
  const one = await destination({ onExisting: 'replace' });
  await one.planAndCopy(await found(one, 'team/a:1'));
  expect(one.setting.log.warnings).toEqual([expect.stringContaining('on-existing: replace moves ')]);
});

test('an image that the manifest of its version does not list is a conflict whose remedy is a new version', async () => {
  makeManifest('team/a:1');
  const one = await destination();
  const { plan, outcomes } = await one.planAndCopy(await found(one, 'team/a:1', 'team/b:1'));
  expect(plan.findings).toMatchObject([
    {
      code: 'conflict',
      image: 'team/b:1',
      message: expect.stringContaining(`the artifact manifest ${manifestName} exists and does not list team/b:1`),
      advice: 'Increase "version" in cnf-input.jsonc: an artifact manifest cannot be changed after it is created.',
    },
  ]);
  // What `fail-on: none` lets through is left alone.
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'skipped']);
});

test('other content of another version that is found after the manifest is created is not overwritten', async () => {
  await pushImage(store.registry.store.url, 'team/a', '1', images.b);
  const one = await destination();
  const { plan, outcomes } = await one.planAndCopy(await found(one, 'team/a:1', 'team/b:1'));
  expect(plan.findings).toEqual([]);
  expect(outcomes).toMatchObject([
    { result: 'failed', error: { code: 'artifact-store', message: expect.stringContaining('has other content') } },
    { result: 'copied' },
  ]);
  expect(await digestIn('team/a:1')).toBe(images.b.digest);
});

test('with create-artifact-manifest: false a missing one is wrong input, at the version', async () => {
  const one = await destination({ missingManifest: 'fail' });
  await expect(one.destination.plan(await found(one, 'team/a:1'), [])).rejects.toMatchObject({
    code: 'artifact-store',
    location: { file: 'cnf-input.jsonc', line: 8 },
    advice: expect.stringContaining('create-artifact-manifest'),
  });
});

test('a manifest name that is too long is reported before anything is created', async () => {
  const request = { ...storeRequest.artifactStore, manifest: `${'long-'.repeat(12)}acr-manifest-1-0-0` };
  const one = await destination({ artifactStore: request as NonNullable<DestinationRequest['artifactStore']> });
  await expect(one.destination.plan(await found(one, 'team/a:1'), [])).rejects.toMatchObject({
    advice: 'Shorten nf_name.',
  });
});

test('an image that is referenced by digest alone gets a tag, because artifacts have versions', async () => {
  const one = await destination();
  const { outcomes } = await one.planAndCopy(await found(one, `team/a@${images.a.digest}`));
  const tag = images.a.digest.replace('sha256:', '');
  expect(outcomes).toMatchObject([{ result: 'copied', copy: { to: { repository: 'team/a', tag } } }]);
  expect(listed()).toEqual([`team/a:${tag}`]);
  expect(await digestIn(`team/a:${tag}`)).toBe(images.a.digest);
});

test('a credential that expires during the run is renewed', async () => {
  makeManifest('team/a:1', 'team/b:1');
  // A third of a second.
  azure.world.behavior.credentialHours = 0.0001;
  const one = await destination();
  const resolutions = await found(one, 'team/a:1', 'team/b:1');
  await one.destination.plan(resolutions, []);
  await new Promise((resolve) => setTimeout(resolve, 400));
  // The stand-in's registry takes only the newest.
  store.registry.scopeMapTokens.length = 0;
  azure.world.behavior.accessTokenLife = 1;
  const { outcomes } = await one.planAndCopy(resolutions);
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'copied']);
  expect(azure.recorded.filter((each) => lineOf(each).endsWith('/listCredential')).length).toBeGreaterThan(1);
  expect(one.masked).toEqual(expect.arrayContaining(store.registry.scopeMapTokens.map(({ password }) => password)));
});

test('artifacts of the manifest that are not in the store are reported at the end', async () => {
  makeManifest('team/a:1', 'nobody/knows:2');
  const one = await destination();
  await one.planAndCopy(await found(one, 'team/a:1'));
  expect(one.setting.log.warnings).toEqual([
    `The artifact manifest ${manifestName} also lists artifacts that are not in the store: nobody/knows:2.`,
  ]);
});

test('an image that was not found and may be missing is reported before the manifest is created without it', async () => {
  const one = await destination();
  await one.planAndCopy(await found(one, 'team/a:1', 'team/nobody:1'));
  expect(listed()).toEqual(['team/a:1']);
  expect(one.setting.log.warnings).toEqual([
    `The artifact manifest ${manifestName} will not list the images that were not found, and cannot be changed later: team/nobody:1.`,
  ]);
});

test('a look at the manifest that fails after the copy is a warning, and the images are copied', async () => {
  makeManifest('team/a:1');
  const one = await destination();
  const plan = await one.destination.plan(await found(one, 'team/a:1'), []);
  const { log, access } = one.setting;
  const outcomes = await one.destination.copy(plan, { concurrency: 4, log, signal: access.signal });
  expect(outcomes.map(({ result }) => result)).toEqual(['copied']);
  azure.intercept(({ url }) => (url.pathname.includes('/artifactManifests/') ? { status: 403 } : undefined));
  await one.destination.complete?.();
  expect(log.warnings).toEqual([expect.stringContaining('Cannot check whether the store has all artifacts')]);
});

test('an artifact that cannot be checked at the end is not reported as missing', async () => {
  makeManifest('team/a:1', 'nobody/knows:2');
  azure.intercept(({ url }) => (url.pathname.includes('/nobody/knows/') ? { status: 500 } : undefined));
  const one = await destination();
  await one.planAndCopy(await found(one, 'team/a:1'));
  expect(one.setting.log.warnings).toEqual(['Cannot check whether the store has nobody/knows:2.']);
});

test('an identity that may import lets Azure copy into the store, and no layer passes through here', async () => {
  azure.assign(publisher, 'Contributor', `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`);
  const one = await destination();
  const resolutions = await found(one, 'team/a:1', 'team/b:1');
  const { outcomes } = await one.planAndCopy(resolutions);
  expect(outcomes).toMatchObject([
    { result: 'copied', bytes: 0 },
    { result: 'copied', bytes: 0 },
  ]);
  expect(layerBytes(azure.recorded)).toBe(0);
  expect(await digestIn('team/a:1')).toBe(images.a.digest);
});

test('a manifest that cannot be made leaves nothing behind', async () => {
  azure.world.behavior.operations = 'fail';
  const one = await destination();
  await expect(one.planAndCopy(await found(one, 'team/a:1'))).rejects.toMatchObject({ code: 'azure-operation' });
  expect(await outputOf(toolPath('crane'), ['catalog', store.registry.store.host])).toBe('');
});
