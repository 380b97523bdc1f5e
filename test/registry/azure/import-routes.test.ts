/** Which images Azure copies by itself, with which login, and what a refusal costs the other images. */
import { expect, test } from 'vitest';
import { ChartImagesError, cancelledError } from '../../../src/core/errors.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { importSource } from '../../../src/registry/azure/import-image.ts';
import { createImporter, type ImporterOptions } from '../../../src/registry/azure/importer.ts';
import type { Credential } from '../../../src/registry/credentials/credential.ts';
import { armError, json, me, scriptedArm } from '../../azure/scripted-arm.ts';
import { traceOf } from '../../support/credential-trace.ts';
import type { Reply } from '../../support/fault-server.ts';

const digest = computeDigest(Buffer.from('a'));
const entra: Credential = { kind: 'azure-access-token', token: 'entra', identity: 'the run' };
const login: Credential = { kind: 'basic', username: 'me', password: 'word' };
const none: Credential = { kind: 'none' };

interface Setting {
  readonly credentials?: Readonly<Record<string, Credential>>;
  readonly ids?: Readonly<Record<string, string>>;
  readonly known?: Readonly<Record<string, string>>;
  readonly mode?: ImporterOptions['mode'];
  readonly answer?: (count: number) => Reply;
}

async function importer({
  credentials = { 'to.azurecr.io': entra },
  ids = { 'to.azurecr.io': '/to', 'from.azurecr.io': '/from' },
  known = {},
  mode = 'auto',
  answer = () => json({}),
}: Setting = {}) {
  const scripted = await scriptedArm((_, count) => answer(count));
  const lookedUp: string[] = [];
  const [info, debug, explained]: string[][] = [[], [], []];
  const moving = createImporter({
    arm: scripted.arm,
    resources: {
      async idOf(host) {
        lookedUp.push(host);
        return ids[host];
      },
    },
    credentials: { get: async (host) => credentials[host] ?? none },
    known: new Map(Object.entries(known)),
    mode,
    trace: traceOf({ explain: (line) => explained?.push(line) }),
    log: { debug: (line) => debug?.push(line), info: (line) => info?.push(line), warning() {} },
    signal: scripted.signal,
  });
  const move = (
    from = 'from.azurecr.io',
    to = 'to.azurecr.io',
    tag: string | undefined = '1',
    existing: 'keep' | 'replace' = 'keep',
  ) =>
    moving.import({
      from: { registry: from, repository: 'team/a', tag: '9', digest: undefined },
      digest,
      to: { registry: to, repository: 'a', tag, digest: undefined },
      existing,
    });
  const bodies = () => scripted.server.requests.map(({ body }) => JSON.parse(body.toString()));
  return { ...scripted, moving, move, lookedUp, info, debug, explained, bodies };
}

test('Azure gets the exact content by its digest, and the order to keep a tag that is there', async () => {
  const { move, bodies, asked } = await importer();
  expect(await move()).toEqual({ result: 'imported' });
  expect(asked()).toEqual(['POST /to/importImage']);
  expect(bodies()).toEqual([
    { source: { resourceId: '/from', sourceImage: `team/a@${digest}` }, targetTags: ['a:1'], mode: 'NoForce' },
  ]);
});

test('a tag is replaced only where the user said so, and an image without a tag gets none', async () => {
  const { moving, bodies } = await importer();
  const image = { from: { registry: 'from.azurecr.io', repository: 'b', tag: undefined, digest }, digest };
  const to = { registry: 'to.azurecr.io', repository: 'b', tag: undefined, digest: undefined };
  await moving.import({ ...image, to, existing: 'replace' });
  expect(bodies()).toEqual([
    { source: { resourceId: '/from', sourceImage: `b@${digest}` }, untaggedTargetRepositories: ['b'], mode: 'Force' },
  ]);
});

test('a public registry is read without a login, and not looked for in Azure', async () => {
  const { move, bodies, lookedUp } = await importer();
  expect(await move('quay.io')).toEqual({ result: 'imported' });
  expect(bodies()[0].source).toEqual({ registryUri: 'quay.io', sourceImage: `team/a@${digest}` });
  expect(lookedUp).toEqual(['to.azurecr.io']);
  expect(await importSource('ghcr.io', { idOf: async () => '/x' })).toEqual({ registryUri: 'ghcr.io' });
});

test('the registry of an artifact store is known without a list, as target and as source', async () => {
  const { move, bodies, asked, lookedUp } = await importer({
    credentials: {},
    known: { 'to.azurecr.io': '/mine', 'from.azurecr.io': '/theirs' },
  });
  expect(await move()).toEqual({ result: 'imported' });
  expect([asked(), bodies()[0].source.resourceId, lookedUp]).toEqual([['POST /mine/importImage'], '/theirs', []]);
});

test('routes are looked for once for all images, and each identity is explained once', async () => {
  const { move, lookedUp, explained } = await importer();
  await Promise.all([move(), move(), move('from.azurecr.io', 'to.azurecr.io', '2')]);
  expect(lookedUp).toEqual(['to.azurecr.io', 'from.azurecr.io']);
  expect(explained).toEqual([`Import from from.azurecr.io into to.azurecr.io: as ${me}`]);
});

test.each<[string, Setting, string, string, string]>([
  ['into a registry outside of Azure', {}, 'from.azurecr.io', 'ghcr.io', 'ghcr.io is not an Azure registry.'],
  [
    'into a registry with a login of the user',
    { credentials: { 'to.azurecr.io': login } },
    'from.azurecr.io',
    'to.azurecr.io',
    'pushes to to.azurecr.io use a login, not an Azure identity.',
  ],
  [
    "from a registry that needs the user's login",
    { credentials: { 'to.azurecr.io': entra, 'quay.io': login } },
    'quay.io',
    'to.azurecr.io',
    'quay.io requires the credentials of the user.',
  ],
  [
    'into a registry that the identity cannot see',
    { ids: { 'from.azurecr.io': '/from' } },
    'from.azurecr.io',
    'to.azurecr.io',
    'this identity has no access to the registry to.azurecr.io.',
  ],
  [
    'from a registry that the identity cannot see',
    { ids: { 'to.azurecr.io': '/to' } },
    'from.azurecr.io',
    'to.azurecr.io',
    'this identity has no access to the registry from.azurecr.io.',
  ],
])('%s nothing is imported: Azure is not asked, and the reason is shown once', async (_, setting, from, to, reason) => {
  const { move, server, explained } = await importer(setting);
  for (let image = 0; image < 2; image += 1) {
    expect(await move(from, to)).toMatchObject({
      result: 'impossible',
      affects: 'all',
      error: { code: 'denied', message: reason, advice: expect.stringContaining('copy-mode') },
    });
  }
  expect(explained).toEqual([`Import from ${from} into ${to}: skipped, ${reason}`]);
  expect(server.requests).toEqual([]);
});

test("an Azure source is read with Azure's identity, also when the user has a login for it", async () => {
  const { move } = await importer({ credentials: { 'to.azurecr.io': entra, 'from.azurecr.io': login } });
  expect(await move()).toEqual({ result: 'imported' });
});

test('with copy-mode import a login for the target is no obstacle', async () => {
  const { move, moving } = await importer({ credentials: { 'to.azurecr.io': login }, mode: 'import' });
  expect(await moving.mayImportInto('to.azurecr.io')).toBe(true);
  expect(await move()).toEqual({ result: 'imported' });
});

test('whether an import would be tried asks neither Azure nor its lists', async () => {
  const { moving, server, lookedUp } = await importer({ known: { 'store.azurecr.io': '/store' } });
  const hosts = ['to.azurecr.io', 'store.azurecr.io', 'from.azurecr.io', 'quay.io'];
  expect(await Promise.all(hosts.map((host) => moving.mayImportInto(host)))).toEqual([true, true, false, false]);
  expect([server.requests, lookedUp]).toEqual([[], []]);
});

test.each([
  ['denied', 403, 'AuthorizationFailed', 'all', 1],
  ['unauthorized', 401, 'InvalidAuthenticationToken', 'all', 1],
  ['azure-operation', 409, 'Conflict', 'this', 2],
  ['not-found', 404, 'SubscriptionNotFound', 'this', 2],
])(
  'a refusal of the kind %s is met for %s of the images that it concerns',
  async (code, status, reason, affects, requests) => {
    const { move, server, info } = await importer({ answer: () => armError(status, reason, 'No.') });
    expect(await move()).toMatchObject({ result: 'impossible', affects, error: { code } });
    expect(await move('from.azurecr.io', 'to.azurecr.io', '2')).toMatchObject({ result: 'impossible', affects });
    expect(server.requests).toHaveLength(requests);
    expect(info).toHaveLength(affects === 'all' ? 1 : 0);
  },
);

test('images of other registries are still imported after one pair of registries was refused', async () => {
  const { move } = await importer({
    answer: (count) => (count === 0 ? armError(403, 'AuthorizationFailed') : json({})),
  });
  expect(await move()).toMatchObject({ affects: 'all' });
  expect(await move('quay.io')).toEqual({ result: 'imported' });
});

test('the same obstacle of the target is one line for all sources, and one outside of Azure only for a debug log', async () => {
  const { move, info, debug } = await importer({ credentials: { 'to.azurecr.io': login } });
  for (const source of ['quay.io', 'ghcr.io']) await move(source);
  await move('quay.io', 'ghcr.io');
  expect(info).toEqual([
    'Cannot import from quay.io into to.azurecr.io inside of Azure: pushes to to.azurecr.io use a login, not an Azure identity.',
  ]);
  expect(debug).toEqual(['Cannot import from quay.io into ghcr.io inside of Azure: ghcr.io is not an Azure registry.']);
});

test('an interrupt and a fault of ours are not taken for an obstacle', async () => {
  for (const thrown of [cancelledError(), new TypeError('ours')]) {
    const moving = createImporter({
      ...(await optionsOf()),
      resources: { idOf: () => Promise.reject(thrown) },
    });
    const from = { registry: 'from.azurecr.io', repository: 'a', tag: '1', digest: undefined };
    await expect(
      moving.import({ from, digest, to: { ...from, registry: 'to.azurecr.io' }, existing: 'keep' }),
    ).rejects.toBe(thrown);
  }
});

test('lists of Azure that fail are an obstacle for all images, found once', async () => {
  let asked = 0;
  const error = new ChartImagesError('timeout', 'Azure did not answer.', { advice: 'Run again.' });
  const moving = createImporter({
    ...(await optionsOf()),
    resources: {
      idOf() {
        asked += 1;
        return Promise.reject(error);
      },
    },
  });
  const from = { registry: 'from.azurecr.io', repository: 'a', tag: '1', digest: undefined };
  for (const tag of ['1', '2']) {
    const to = { ...from, registry: 'to.azurecr.io', tag };
    expect(await moving.import({ from, digest, to, existing: 'keep' })).toEqual({
      result: 'impossible',
      affects: 'all',
      error,
    });
  }
  expect(asked).toBe(1);
});

async function optionsOf(): Promise<Omit<ImporterOptions, 'resources'>> {
  const { arm, signal } = await scriptedArm(() => json({}));
  return {
    arm,
    credentials: { get: async () => entra },
    known: new Map(),
    mode: 'auto',
    trace: traceOf(),
    log: { debug() {}, info() {}, warning() {} },
    signal,
  };
}
