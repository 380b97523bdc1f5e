import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import type { RegistryReference } from '../../../src/core/oci/registry-reference.ts';
import { createRegistryResources } from '../../../src/registry/azure/acr-resource-ids.ts';
import { createImporter, type Importer } from '../../../src/registry/azure/importer.ts';
import type { Credential } from '../../../src/registry/credentials/credential.ts';
import { type OpenedArm, openArm } from '../../azure/arm.ts';
import { layerBytes } from '../../azure/exchange.ts';
import { type Principal, type StandInRegistry, subscription } from '../../azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../../azure/fake-server.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { outputOf } from '../../support/program.ts';

let azure: StandIn;
let mover: Principal;
let opened: OpenedArm;
let source: StandInRegistry;
let target: StandInRegistry;
let image: TestImage;
let lines: string[];
let debugLines: string[];
let explained: string[];

beforeEach(async () => {
  azure = await startStandIn();
  mover = azure.addPrincipal();
  [source, target] = [await azure.addRegistry('source'), await azure.addRegistry('target')];
  opened = await openArm(azure, mover, { whenThrottled: 10_000 });
  image = await makeIndex([await makeImage({ layers: [10_000] })], { attestations: true });
  await pushImage(source.store.url, 'team/a', '1', image);
  lines = [];
  debugLines = [];
  explained = [];
});

afterEach(async () => {
  await opened.http.close();
  await azure.stop();
});

function importer(credential: Credential = { kind: 'none' }, mode: 'auto' | 'import' = 'import'): Importer {
  const log = {
    debug: (line: string) => debugLines.push(line),
    info: (line: string) => lines.push(line),
    warning: () => {},
  };
  return createImporter({
    arm: opened.arm,
    resources: createRegistryResources(opened.arm, subscription),
    credentials: { get: async () => credential },
    known: new Map(),
    mode,
    trace: traceOf({ explain: (line) => explained.push(line) }),
    log,
    signal: opened.signal,
  });
}

function allow(): void {
  for (const { resourceId } of [source, target]) {
    azure.assign(mover, 'Container Registry Data Importer and Data Reader', resourceId);
  }
}

function at(registry: string, repository: string, tag: string | undefined): RegistryReference {
  return { registry, repository, tag, digest: undefined };
}

function wanted(tag: string | undefined = '1', existing: 'keep' | 'replace' = 'keep') {
  const from = at(source.loginServer, 'team/a', '1');
  return { from, digest: image.digest, to: at(target.loginServer, 'a', tag), existing };
}

async function digestIn(registry: StandInRegistry, place: string): Promise<string> {
  return await outputOf(toolPath('crane'), ['digest', `${registry.store.host}/${place}`]);
}

test('an image goes from registry to registry with all that is in it, and no byte through the runner', async () => {
  allow();
  expect(await importer().import(wanted())).toEqual({ result: 'imported' });
  expect(await digestIn(target, 'a:1')).toBe(image.digest);
  expect(layerBytes(azure.recorded)).toBe(0);
});

test('an image without a tag arrives by its digest', async () => {
  allow();
  expect(await importer().import(wanted(undefined))).toEqual({ result: 'imported' });
  expect(await digestIn(target, `a@${image.digest}`)).toBe(image.digest);
});

test('a tag with other content is left alone, unless it may be replaced', async () => {
  allow();
  const other = await makeImage({ seed: 'other' });
  await pushImage(target.store.url, 'a', '1', other);
  expect(await importer().import(wanted())).toMatchObject({
    result: 'impossible',
    error: { code: 'azure-operation', message: expect.stringContaining('already exists in target registry') },
  });
  expect(await digestIn(target, 'a:1')).toBe(other.digest);
  expect(await importer().import(wanted('1', 'replace'))).toEqual({ result: 'imported' });
  expect(await digestIn(target, 'a:1')).toBe(image.digest);
});

test('a public registry is read by Azure without a login', async () => {
  allow();
  const hub = await azure.addRegistry('mcr', { loginServer: 'mcr.microsoft.com', anonymousPull: true });
  await pushImage(hub.store.url, 'oss/nginx', '1', image);
  const from = at('mcr.microsoft.com', 'oss/nginx', '1');
  expect(await importer().import({ ...wanted(), from })).toEqual({ result: 'imported' });
});

test("a registry that is read with the user's own login is not: his password is not for Azure to hand on", async () => {
  allow();
  const mine: Credential = { kind: 'basic', username: 'me', password: 'mine' };
  const outcome = await importer(mine).import({ ...wanted(), from: at('ghcr.io', 'a', '1') });
  expect(outcome).toMatchObject({ result: 'impossible', affects: 'all' });
  expect(lines).toEqual([
    'Cannot import from ghcr.io into target.azurecr.io inside of Azure: ghcr.io requires the credentials of the user.',
  ]);
  expect(explained).toEqual([
    'Import from ghcr.io into target.azurecr.io: skipped, ghcr.io requires the credentials of the user.',
  ]);
  expect(azure.recorded.filter(({ url }) => url.pathname.endsWith('/importImage'))).toEqual([]);
});

test('a missing permission for an import is logged once for all images, with the role', async () => {
  azure.assign(mover, 'AcrPush', target.resourceId);
  azure.assign(mover, 'Reader', `/subscriptions/${subscription}`);
  const moving = importer();
  const outcomes = [await moving.import(wanted()), await moving.import(wanted('2'))];
  expect(outcomes.map(({ result }) => result)).toEqual(['impossible', 'impossible']);
  expect(outcomes[0]).toMatchObject({
    error: {
      code: 'denied',
      advice: expect.stringContaining('"Container Registry Data Importer and Data Reader" on the registry'),
    },
  });
  expect(azure.recorded.filter(({ url }) => url.pathname.endsWith('/importImage'))).toHaveLength(1);
  expect(explained).toEqual([
    `Import from source.azurecr.io into target.azurecr.io: as the application ${mover.clientId}`,
  ]);
  expect(lines).toEqual([
    expect.stringContaining('Cannot import from source.azurecr.io into target.azurecr.io inside of Azure'),
  ]);
});

test('more manifests than Azure imports at once are left to the copy, and others still go', async () => {
  allow();
  const many = await makeIndex(
    await Promise.all(Array.from({ length: 51 }, (_, seed) => makeImage({ seed: `${seed}`, layers: [1] }))),
  );
  await pushImage(source.store.url, 'team/many', '1', many);
  const moving = importer();
  const from = at(source.loginServer, 'team/many', '1');
  expect(await moving.import({ ...wanted(), from, digest: many.digest })).toMatchObject({
    result: 'impossible',
    affects: 'this',
  });
  expect(lines).toEqual([]);
  expect(await moving.import(wanted())).toEqual({ result: 'imported' });
});

test('two hundred images go through 10 % of throttled answers', { timeout: 120_000 }, async () => {
  allow();
  azure.world.behavior.throttleEvery = 10;
  azure.world.behavior.polls = 1;
  const moving = importer();
  const outcomes = await Promise.all(Array.from({ length: 200 }, (_, tag) => moving.import(wanted(`t${tag}`))));
  expect(outcomes.filter(({ result }) => result === 'imported')).toHaveLength(200);
  expect(layerBytes(azure.recorded)).toBe(0);
  expect(azure.recorded.filter(({ status }) => status === 429).length).toBeGreaterThan(40);
});

test('a target with a login is logged once for all sources, and a target outside of Azure only in debug mode', async () => {
  const moving = importer({ kind: 'basic', username: 'me', password: 'word' }, 'auto');
  for (const registry of ['ghcr.io', 'quay.io', source.loginServer]) {
    const from = at(registry, 'team/a', '1');
    expect(await moving.import({ ...wanted(), from })).toMatchObject({ result: 'impossible', affects: 'all' });
  }
  const said = [
    'Cannot import from ghcr.io into target.azurecr.io inside of Azure: pushes to target.azurecr.io use a login, not an Azure identity.',
  ];
  expect(lines).toEqual(said);
  await moving.import({ ...wanted(), to: at('ghcr.io', 'a', '1') });
  expect([lines, debugLines.length]).toEqual([said, 1]);
});

test('registries that cannot be listed prevent the import of all images, which is logged once', async () => {
  azure.intercept(({ url }) =>
    url.pathname.endsWith('/registries') ? { status: 500, headers: {}, body: '' } : undefined,
  );
  const moving = importer();
  const outcomes = [await moving.import(wanted()), await moving.import(wanted('2'))];
  expect(outcomes).toMatchObject([{ affects: 'all' }, { affects: 'all' }]);
  expect(lines).toHaveLength(1);
});

test('whether an import would be tried is known without asking anyone', async () => {
  const token: Credential = { kind: 'azure-access-token', token: 'entra', identity: 'the run' };
  const login: Credential = { kind: 'basic', username: 'me', password: 'word' };
  const azurecr = 'target.azurecr.io';
  const asked = await Promise.all([
    importer(token, 'auto').mayImportInto(azurecr),
    importer(login, 'auto').mayImportInto(azurecr),
    importer(login, 'import').mayImportInto(azurecr),
    importer(token, 'auto').mayImportInto('ghcr.io'),
  ]);
  expect(asked).toEqual([true, false, true, false]);
  expect(lines).toEqual([]);
});
