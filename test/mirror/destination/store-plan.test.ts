/** An artifact store as a target, by what Azure and the registry of the store answer. Takes milliseconds. */
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { attachmentFindings } from '../../../src/mirror/copy/attachment-findings.ts';
import type { CopyOptions } from '../../../src/mirror/copy/copy-images.ts';
import { type StoreDestinationOptions, storeDestination } from '../../../src/mirror/destination/store-destination.ts';
import type { Registries } from '../../../src/registry/client/registry.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { armError, json, scriptedArm } from '../../azure/scripted-arm.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import type { Reply } from '../../support/fault-server.ts';
import { makeImage } from '../../support/images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { chartNamed } from './charts-in-memory.ts';

const [image, other] = [await makeImage({ seed: 'a' }), await makeImage({ seed: 'b' })];
const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.HybridNetwork/publishers/p/artifactStores/store';
const versionLocation = { file: 'cnf-input.jsonc', line: 8, column: 14 };

interface Setting {
  /** `name:version` of each artifact of a manifest that is there. */
  readonly listed?: readonly string[];
  readonly registryId?: string;
  readonly over?: Partial<StoreDestinationOptions>;
  readonly manifestName?: string;
}

async function opened({ listed, registryId = '/registries/Backing', over = {}, manifestName = 'm' }: Setting = {}) {
  let manifest = listed;
  const artifact = (text: string) => {
    const [artifactName, artifactVersion] = text.split(':');
    return { artifactName, artifactVersion, artifactType: 'OCIArtifact' };
  };
  const answer = (method: string, path: string, body: Buffer): Reply => {
    if (path.startsWith('/subscriptions?')) return json({ value: [{ subscriptionId: 's' }] });
    if (path.includes('/listCredential')) {
      const expiry = new Date(Date.now() + 86_400_000).toISOString();
      const acrServerUrl = 'https://backing.azurecr.io';
      return json({
        credentialType: 'AzureContainerRegistryScopedToken',
        acrServerUrl,
        username: 'm',
        acrToken: 'secret',
        expiry,
      });
    }
    if (!path.includes('/artifactManifests/')) {
      return json({
        id,
        location: 'x',
        properties: { storeType: 'AzureContainerRegistry', storageResourceId: registryId },
      });
    }
    if (method === 'PUT') {
      const { properties } = JSON.parse(body.toString());
      manifest = properties.artifacts.map(
        (one: ReturnType<typeof artifact>) => `${one.artifactName}:${one.artifactVersion}`,
      );
      return json({});
    }
    return manifest === undefined
      ? armError(404, 'NotFound')
      : json({ properties: { artifacts: manifest.map(artifact) } });
  };
  const scripted = await scriptedArm(({ method, path, body }) => answer(method, path, body));
  const [source, store] = [memoryRegistry('s.io'), memoryRegistry('backing.azurecr.io')];
  for (const name of ['a', 'b']) source.add(name, '1', image);
  const registries = memoryRegistries(source, store);
  const [warnings, lines]: [string[], string[]] = [[], []];
  const credentials: string[] = [];
  const resourceIds: string[] = [];
  const destination = storeDestination({
    request: {
      publisher: 'p',
      resourceGroup: 'g',
      store: 'store',
      manifest: manifestName,
      versionLocation,
      storeLocation: undefined,
    },
    subscription: 's',
    onExisting: 'fail',
    missingManifest: 'create',
    publishCharts: undefined,
    arm: scripted.arm,
    registries,
    setCredential: (host) => credentials.push(host),
    setResourceId: (host, resource) => resourceIds.push(`${host} ${resource}`),
    copying: {
      access: 'pull',
      importImage: undefined,
      nonDistributable: undefined,
      planSizerFor: async () => undefined,
      sizerFor: async () => undefined,
    },
    trace: traceOf(),
    log: { debug() {}, info: (line) => lines.push(line), warning: (line) => warnings.push(line) },
    signal: scripted.signal,
    ...over,
  });
  const copy = async (names: readonly string[], options: Partial<CopyOptions> = {}, charts = renderings()) => {
    const plan = await destination.plan(await resolved(names, registries), charts);
    const log = { debug() {}, info() {}, warning() {} };
    const settings = { concurrency: 2, settleDelays: [], log, signal: scripted.signal };
    const outcomes = await destination.copy(plan, { ...settings, ...options });
    await destination.complete?.();
    return { plan, outcomes };
  };
  return {
    ...scripted,
    destination,
    registries,
    store,
    source,
    warnings,
    lines,
    credentials,
    resourceIds,
    copy,
    manifest: () => manifest,
  };
}

async function resolved(names: readonly string[], registries: Registries) {
  const images = names.map((name) => discovered(name));
  return (await resolveImages(images, sourcesOf('s.io'), registries, { concurrency: 2 })).resolutions;
}

function renderings(...charts: readonly string[]) {
  return charts.flatMap((name) => {
    const chart = chartNamed(name, '1.0.0');
    // Two value sets of one chart.
    return ['default', 'other'].map((valueSet) => ({ chart, valueSet, text: '', helmVersion: '4.0.0' }));
  });
}

function tags(registry: MemoryRegistry): readonly string[] {
  return registry.names().filter((name) => !name.includes('@') && !name.includes(' '));
}

test('a new manifest lists images and charts once, and only then the images go to the registry of the store', async () => {
  const { copy, manifest, store, asked, credentials, resourceIds, lines } = await opened();
  const { plan, outcomes } = await copy(['a:1', 'b:1'], {}, renderings('web'));
  expect(plan.copies.map(({ to }) => to.registry)).toEqual(['backing.azurecr.io', 'backing.azurecr.io']);
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'copied']);
  expect(manifest()).toEqual(['web:1.0.0', 'a:1', 'b:1']);
  expect(tags(store)).toEqual(['a:1', 'b:1']);
  expect(asked().map((line) => line.replace(id, ''))).toEqual([
    'GET ',
    'GET /artifactManifests/m',
    'PUT /artifactManifests/m',
    'POST /artifactManifests/m/listCredential',
    'GET /artifactManifests/m',
  ]);
  expect([credentials, resourceIds]).toEqual([['backing.azurecr.io'], ['backing.azurecr.io /registries/Backing']]);
  expect(lines).toEqual([
    'Creating the artifact manifest m with 3 artifacts. This takes a minute or two.',
    'The artifact manifest m also lists the chart web:1.0.0. To push it, set publish-charts.',
  ]);
});

test('a dry run creates no manifest and gets no credential', async () => {
  const { destination, registries, asked } = await opened();
  await destination.plan(await resolved(['a:1'], registries), []);
  expect(asked().map((line) => line.replace(id, ''))).toEqual(['GET ', 'GET /artifactManifests/m']);
});

test('before there is a manifest the store counts as empty, whatever its registry would answer', async () => {
  const { destination, registries, store } = await opened();
  store.add('a', '1', other);
  const plan = await destination.plan(await resolved(['a:1'], registries), []);
  expect(plan.copies.map(({ step }) => step.action)).toEqual(['copy']);
  expect(store.calls).toEqual([]);
});

test('a store whose registry Azure does not name is shown by its own name, and has no ID for imports', async () => {
  const { destination, registries } = await opened({ registryId: '' });
  await expect(destination.plan(await resolved(['a:1'], registries), [])).rejects.toThrow('no registry store');
  const there = await opened({ registryId: '', listed: ['a:1'] });
  await there.destination.plan(await resolved(['a:1'], there.registries), []);
  expect(there.resourceIds).toEqual([]);
});

test('without a subscription of the user the only one of the identity is taken', async () => {
  const { copy, asked } = await opened({ over: { subscription: undefined } });
  await copy(['a:1']);
  expect(asked().slice(0, 2)).toEqual(['GET /subscriptions', `GET ${id}`]);
});

test('a missing manifest that may not be made is wrong input at the version, before anything is written', async () => {
  const { copy, asked } = await opened({ over: { missingManifest: 'fail' } });
  await expect(copy(['a:1'])).rejects.toMatchObject({
    code: 'artifact-store',
    location: versionLocation,
    advice: expect.stringContaining('create-artifact-manifest'),
  });
  expect(asked().filter((line) => !line.startsWith('GET'))).toEqual([]);
});

test.each([
  [64, false],
  [65, true],
])('a manifest name of %i signs is refused before anything is written: %s', async (length, isRefused) => {
  const { destination, registries } = await opened({ manifestName: 'm'.repeat(length) });
  const planned = destination.plan(await resolved(['a:1'], registries), []).then(
    () => '',
    (error: unknown) => String(error instanceof ChartImagesError ? error.advice : error),
  );
  expect(await planned).toBe(isRefused ? 'Shorten nf_name.' : '');
});

test('an image that the manifest does not list is a conflict, and an other one is copied', async () => {
  const { copy, store } = await opened({ listed: ['a:1'] });
  const { plan, outcomes } = await copy(['a:1', 'b:1']);
  expect(plan.findings).toMatchObject([{ code: 'conflict', image: 'b:1' }]);
  expect(outcomes.map(({ result }) => result)).toEqual(['copied', 'skipped']);
  expect(tags(store)).toEqual(['a:1']);
});

test('a chart that the manifest does not list stops a run that publishes charts, and warns another one', async () => {
  const said = 'The artifact manifest m exists and does not list the chart web:1.0.0.';
  const publishing = await opened({ listed: ['a:1'], over: { publishCharts: async () => {} } });
  await expect(publishing.copy(['a:1'], {}, renderings('web'))).rejects.toMatchObject({
    code: 'artifact-store',
    message: said,
    location: versionLocation,
  });
  expect(tags(publishing.store)).toEqual([]);
  const other = await opened({ listed: ['a:1'] });
  await other.copy(['a:1'], {}, renderings('web'));
  expect(other.warnings).toEqual([expect.stringContaining(`${said} Increase "version" in cnf-input.jsonc`)]);
});

test('a manifest that lists everything warns of nothing', async () => {
  const { copy, warnings, lines } = await opened({ listed: ['a:1'] });
  await copy(['a:1']);
  expect([warnings, lines]).toEqual([[], ['The store has all artifacts of the artifact manifest m.']]);
});

test('what a new manifest leaves out for good is named before it is made', async () => {
  const { copy, warnings, manifest } = await opened();
  await copy(['a:1', 'gone:1', 'lost:2']);
  expect(manifest()).toEqual(['a:1']);
  expect(warnings).toEqual([
    'The artifact manifest m will not list the images that were not found, and cannot be changed later: gone:1, lost:2.',
  ]);
});

test('a tag with other content that is found only after the manifest was made fails its image alone', async () => {
  const { copy, store } = await opened();
  store.add('a', '1', other);
  const { outcomes } = await copy(['a:1', 'b:1']);
  expect(outcomes).toMatchObject([
    {
      result: 'failed',
      error: {
        code: 'artifact-store',
        message: expect.stringMatching(/^backing\.azurecr\.io\/a:1 cannot be written: /),
      },
    },
    { result: 'copied' },
  ]);
  expect(store.bytesOf('a:1')).toEqual(Buffer.from(other.bytes));
});

test('a tag that is moved is a warning, in the plan where there is one, else in the log', async () => {
  const known = await opened({ listed: ['a:1'], over: { onExisting: 'replace' } });
  known.store.add('a', '1', other);
  expect((await known.copy(['a:1'])).plan.findings).toMatchObject([{ code: 'moved-tag', image: 'a:1' }]);
  expect(known.warnings).toEqual([]);
  const late = await opened({ over: { onExisting: 'replace' } });
  late.store.add('a', '1', other);
  expect((await late.copy(['a:1'])).plan.findings).toEqual([]);
  expect(late.warnings).toEqual([expect.stringContaining('on-existing: replace moves ')]);
});

test('signatures that must be copied are refused before anything is written, and others are a finding that lists them', async () => {
  const required = await opened();
  await expect(required.copy(['a:1'], { attachments: 'required' })).rejects.toMatchObject({ code: 'invalid-input' });
  expect(required.asked().filter((line) => line.startsWith('PUT'))).toEqual([]);
  const all = await opened({ listed: ['a:1'] });
  const signature = `${image.digest.replace(':', '-')}.sig`;
  all.source.add('a', signature, other);
  for (const result of ['copied', 'present']) {
    const { outcomes } = await all.copy(['a:1'], { attachments: 'all' });
    expect(outcomes).toMatchObject([{ result }]);
    expect(attachmentFindings(outcomes)).toMatchObject([
      {
        severity: 'notice',
        message: expect.stringContaining(`Cannot copy ${signature} of a:1`),
        advice:
          'Copy them to a registry if they are needed, or set attachments to none. The image itself is in the target.',
        attachments: [{ image: 'a:1', name: signature }],
      },
    ]);
  }
  expect(all.store.names().filter((name) => name.includes('.sig'))).toEqual([]);
  const none = await opened({ listed: ['a:1'] });
  none.source.add('a', signature, other);
  expect(attachmentFindings((await none.copy(['a:1'], { attachments: 'none' })).outcomes)).toEqual([]);
});

test('charts are published after all images, and not when one is missing', async () => {
  const published: string[] = [];
  const publishCharts: StoreDestinationOptions['publishCharts'] = async (charts, registry, onExisting) => {
    published.push(`${charts.length} ${registry.host} ${onExisting}`);
  };
  const whole = await opened({ listed: ['a:1', 'web:1.0.0'], over: { publishCharts } });
  await whole.copy(['a:1'], {}, renderings('web'));
  expect(published).toEqual(['2 backing.azurecr.io fail']);
  const broken = await opened({ over: { publishCharts } });
  broken.store.add('a', '1', other);
  await broken.copy(['a:1'], {}, renderings('web'));
  expect(published).toHaveLength(1);
  expect(broken.lines.slice(1)).toEqual([]);
});

test('at the end the log names what the manifest lists and the store has not, and what could not be checked', async () => {
  const error = new ChartImagesError('timeout', 'No answer.', { advice: '' });
  const setting = await opened({ listed: ['a:1', 'lost:2', 'quiet:3', 'web:1.0.0'] });
  const { store, registries, warnings, lines } = setting;
  const busy: Registries = {
    ...registries,
    get: (host) =>
      host === store.host
        ? {
            ...store,
            headManifest: async (name, key) =>
              name === 'quiet' ? { result: 'unknown', error } : store.headManifest(name, key),
          }
        : registries.get(host),
  };
  const again = await opened({
    listed: ['a:1', 'lost:2', 'quiet:3', 'web:1.0.0'],
    over: {
      registries: busy,
      log: { debug() {}, info: (line) => lines.push(line), warning: (line) => warnings.push(line) },
    },
  });
  await again.copy(['a:1'], {}, renderings('web'));
  expect(warnings).toEqual([
    'Cannot check whether the store has quiet:3.',
    'The artifact manifest m also lists artifacts that are not in the store: lost:2.',
  ]);
  expect(lines).toEqual(['The artifact manifest m also lists the chart web:1.0.0. To push it, set publish-charts.']);
});

test('what follows the images is done once, and its errors take nothing from their outcomes', async () => {
  let published = 0;
  const error = new ChartImagesError('artifact-store', 'Another chart is there.', { advice: '' });
  const publishCharts = async () => {
    published += 1;
    throw error;
  };
  const { destination, registries, signal } = await opened({ listed: ['a:1'], over: { publishCharts } });
  const plan = await destination.plan(await resolved(['a:1'], registries), []);
  const log = { debug() {}, info() {}, warning() {} };
  const outcomes = await destination.copy(plan, { concurrency: 1, log, signal });
  expect(outcomes.map(({ result }) => result)).toEqual(['copied']);
  await expect(destination.complete?.()).rejects.toBe(error);
  await destination.complete?.();
  expect(published).toBe(1);
});

test('a manifest that cannot be read at the end is a warning, not a failure of what was copied', async () => {
  let reads = 0;
  const setting = await opened({ listed: ['a:1'] });
  const read: StoreDestinationOptions['arm']['read'] = async (target, operation) => {
    if (target.includes('/artifactManifests/')) reads += 1;
    if (reads > 1) throw new ChartImagesError('timeout', 'No answer.', { advice: '' });
    return await setting.arm.read(target, operation);
  };
  const { copy, warnings } = await opened({ listed: ['a:1'], over: { arm: { ...setting.arm, read } } });
  expect((await copy(['a:1'])).outcomes).toMatchObject([{ result: 'copied' }]);
  expect(warnings).toEqual(['Cannot check whether the store has all artifacts of the manifest m: No answer.']);
});

test('a plan is carried out only by the destination that made it', async () => {
  const { destination, signal } = await opened();
  const log = { debug() {}, info() {}, warning() {} };
  await expect(destination.copy({ copies: [], findings: [] }, { concurrency: 1, log, signal })).rejects.toThrow(
    'the plan was not made by this destination',
  );
});
