/** Targets that refuse a tag or a manifest, and what the copy does then. */
import { expect, onTestFinished, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { silentLog } from '../../../src/core/log.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { OnExisting } from '../../../src/mirror/plan/plan.ts';
import { type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { makeForeignImage } from '../../support/foreign-image.ts';
import { makeImage, makeIndex, type TestImage } from '../../support/images.ts';
import { memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { planOf } from '../../support/planned.ts';
import { openRegistries } from '../../support/registries.ts';

const image = await makeImage({ seed: 'one', layers: [100, 200] });
const other = await makeImage({ seed: 'two' });

/** A registry in memory behind HTTP, of which the test can override answers. */
async function target(override: (request: SeenRequest, held: Held) => Reply | undefined) {
  const held: Held = { manifests: new Map(), blobs: new Set() };
  const server = await startFaultServer((request) => override(request, held) ?? answer(request, held));
  const { registries } = await openRegistries();
  onTestFinished(async () => {
    await registries.close();
    await server.stop();
  });
  return { held, server, registry: registries.get(server.host) };
}

interface Held {
  readonly manifests: Map<string, Buffer>;
  readonly blobs: Set<string>;
}

function answer({ method, path, headers, body }: SeenRequest, { manifests, blobs }: Held): Reply {
  const url = new URL(path, 'http://target');
  const [, kind, key = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (method === 'POST') return { status: 202, headers: { location: '/v2/a/blobs/uploads/1' } };
  if (method === 'PUT' && kind === 'manifests') {
    manifests.set(key, body).set(computeDigest(body), body);
    return { status: 201 };
  }
  if (method === 'PUT') {
    blobs.add(url.searchParams.get('digest') ?? '');
    return { status: 201 };
  }
  const bytes = manifests.get(key);
  if (kind === 'manifests' && bytes !== undefined) {
    const type = headers.accept?.includes('index') && bytes.includes('"manifests"') ? 'index' : 'manifest';
    return {
      status: 200,
      headers: {
        'content-type': `application/vnd.oci.image.${type}.v1+json`,
        'docker-content-digest': computeDigest(bytes),
        'content-length': String(bytes.length),
      },
      ...(method === 'GET' ? { body: bytes } : {}),
    };
  }
  return { status: kind === undefined || (kind === 'blobs' && blobs.has(key)) ? 200 : 404 };
}

const isTagPut = ({ method, path }: SeenRequest) => method === 'PUT' && path.endsWith('/manifests/1');

interface Setting {
  readonly of?: TestImage;
  readonly onExisting?: OnExisting;
  readonly replacing?: boolean;
  readonly settleDelays?: readonly number[];
}

async function copyTo(registry: Awaited<ReturnType<typeof target>>['registry'], setting: Setting = {}) {
  const { of = image, onExisting = 'fail', replacing = false, settleDelays = [1, 1, 1] } = setting;
  const source = memoryRegistry('s.io');
  source.add('a', '1', of);
  const step = { action: 'copy', replacing } as const;
  const plan = planOf({ image: of, from: 's.io/a:1', to: `${registry.host}/a:1`, step });
  const [outcome] = await copyImages(plan, memoryRegistries(source, registry), {
    concurrency: 2,
    onExisting,
    settleDelays,
    log: silentLog,
    signal: new AbortController().signal,
  });
  return outcome;
}

test.each([
  [
    400,
    '{"errors":[{"code":"TAG_INVALID","message":"The image tag already exists in a repository with immutable tags"}]}',
  ],
  [409, '{}'],
  [412, '{"errors":[{"code":"PRECONDITION","message":"matched immutable rule"}]}'],
  [500, '{}'],
])(
  'an immutable tag that has the image already is done, although the registry returns %i to it',
  async (status, body) => {
    const { registry } = await target((request, held) => {
      if (!isTagPut(request)) return undefined;
      // Another job was faster.
      held.manifests.set('1', request.body).set(image.digest, request.body);
      return { status, body };
    });
    expect(await copyTo(registry)).toMatchObject({ result: 'copied' });
  },
);

test.each([400, 403, 409, 412])(
  'an immutable tag with other content is a conflict that suggests a new tag (%i)',
  async (status) => {
    const { registry } = await target((request, held) => {
      if (!isTagPut(request)) return undefined;
      held.manifests.set('1', Buffer.from(other.bytes)).set(other.digest, Buffer.from(other.bytes));
      return { status, body: '{"errors":[{"code":"DENIED","message":"tag is immutable"}]}' };
    });
    expect(await copyTo(registry, { replacing: true })).toMatchObject({
      result: 'failed',
      error: {
        code: 'copy-failed',
        message: expect.stringContaining(
          `the tag has other content (${other.digest}), and the registry does not replace it`,
        ),
        advice: expect.stringContaining('Use a new tag'),
      },
    });
  },
);

test('a tag that cannot be pushed and does not exist is reported as the registry reported it', async () => {
  const { registry } = await target((request) => (isTagPut(request) ? { status: 403, body: '{}' } : undefined));
  expect(await copyTo(registry)).toMatchObject({ result: 'failed', error: { code: 'denied' } });
});

test.each(['fail', 'skip'] as const)(
  'a tag that another job pushes after the plan is not overwritten with on-existing: %s',
  async (onExisting) => {
    const { registry, held } = await target(() => undefined);
    held.manifests.set('1', Buffer.from(other.bytes));
    expect(await copyTo(registry, { onExisting })).toMatchObject({
      result: 'failed',
      error: { message: expect.stringContaining('the tag has other content') },
    });
    expect(held.manifests.get('1')).toEqual(Buffer.from(other.bytes));
  },
);

test('a tag with other content that the plan replaces is replaced', async () => {
  const { registry, held } = await target(() => undefined);
  held.manifests.set('1', Buffer.from(other.bytes));
  expect(await copyTo(registry, { onExisting: 'replace', replacing: true })).toMatchObject({ result: 'copied' });
  expect(held.manifests.get('1')).toEqual(Buffer.from(image.bytes));
});

const unknownBlob = (digest: string): Reply => ({
  status: 400,
  body: JSON.stringify({ errors: [{ code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown', detail: digest }] }),
});

test('a blob that the registry lost between its upload and the manifest is uploaded again', async () => {
  const lost = image.blobs[1]?.digest ?? '';
  let refusals = 0;
  const { registry, held } = await target((request) => {
    if (!isTagPut(request)) return undefined;
    if (refusals === 0) held.blobs.delete(lost);
    if (held.blobs.has(lost)) return undefined;
    refusals += 1;
    return unknownBlob(lost);
  });
  expect(await copyTo(registry)).toMatchObject({ result: 'copied' });
  expect([refusals, held.blobs.has(lost)]).toEqual([1, true]);
});

test('a registry that knows a blob only a moment later gets the manifest again', async () => {
  let refusals = 0;
  const { registry } = await target((request) => {
    if (!isTagPut(request) || refusals === 3) return undefined;
    refusals += 1;
    return unknownBlob(image.digest);
  });
  expect(await copyTo(registry)).toMatchObject({ result: 'copied' });
});

test('a registry that never knows a blob fails the image after some tries', async () => {
  const { registry, server } = await target((request) => (isTagPut(request) ? unknownBlob(image.digest) : undefined));
  expect(await copyTo(registry)).toMatchObject({
    result: 'failed',
    error: { message: expect.stringContaining('MANIFEST_BLOB_UNKNOWN') },
  });
  expect(server.requests.filter(isTagPut)).toHaveLength(4);
});

test('a platform that the registry lost between its push and the index is pushed again', async () => {
  const index = await makeIndex([image, other]);
  let refusals = 0;
  const { registry, held } = await target((request) => {
    if (!isTagPut(request)) return undefined;
    if (refusals === 0) {
      held.manifests.delete(other.digest);
      for (const { digest } of other.blobs) held.blobs.delete(digest);
    }
    if (held.manifests.has(other.digest)) return undefined;
    refusals += 1;
    return unknownBlob(other.digest);
  });
  expect(await copyTo(registry, { of: index })).toMatchObject({ result: 'copied' });
  expect(other.blobs.every(({ digest }) => held.blobs.has(digest))).toBe(true);
});

test('a tag that a replica knows only 0.7 seconds after its push arrives', async () => {
  let pushedAt = 0;
  const { registry } = await target((request) => {
    if (isTagPut(request)) pushedAt = performance.now();
    const isKnown = pushedAt > 0 && performance.now() - pushedAt > 700;
    return request.method === 'HEAD' && request.path.endsWith('/manifests/1') && !isKnown ? { status: 404 } : undefined;
  });
  expect(await copyTo(registry, { settleDelays: [300, 700, 1_500] })).toMatchObject({ result: 'copied' });
});

test('a target that refuses an image for its foreign layers is reported with the layers and include-foreign', async () => {
  const { image: windows, layer } = await makeForeignImage({ layers: [100, 100], urls: () => ['https://x.example/l'] });
  const { registry } = await target((request) => (isTagPut(request) ? unknownBlob(layer.digest) : undefined));
  const outcome = await copyTo(registry, { of: windows });
  expect(outcome).toMatchObject({
    result: 'failed',
    error: {
      message: expect.stringContaining(`without its foreign layers (${layer.digest})`),
      advice: expect.stringContaining('include-foreign'),
    },
  });
});

test('an image by sha512 has arrived although the target reports sha256', async () => {
  const digest = computeDigest(image.bytes, 'sha512');
  const { registry } = await target(() => undefined);
  const source = memoryRegistry('s.io');
  source.add('a', '1', { ...image, digest });
  const plan = planOf({ image: { ...image, digest }, from: 's.io/a', to: `${registry.host}/a:1` });
  const outcomes = await copyImages(plan, memoryRegistries(source, registry), {
    concurrency: 2,
    log: silentLog,
    signal: new AbortController().signal,
  });
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
});

test('a platform that the source lost is named with its digest, and what deletes platforms', async () => {
  const arm = await makeImage({ seed: 'arm', platform: 'linux/arm64' });
  const index = await makeIndex([image, arm]);
  const { registry } = await target(() => undefined);
  const source = memoryRegistry('s.io');
  source.add('a', '1', { ...index, children: [image] });
  const plan = planOf({ image: index, from: 's.io/a', to: `${registry.host}/a:1` });
  const without = {
    ...source,
    getManifest: async (repository: string, key: string) => {
      if (key !== arm.digest) return await source.getManifest(repository, key);
      throw new ChartImagesError('not-found', `Cannot read the manifest s.io/a@${key}: s.io returned 404.`, {
        advice: '',
      });
    },
  };
  const [outcome] = await copyImages(plan, memoryRegistries(without, registry), {
    concurrency: 2,
    log: silentLog,
    signal: new AbortController().signal,
  });
  expect(outcome).toMatchObject({
    result: 'failed',
    error: {
      code: 'not-found',
      message: expect.stringContaining(`the source no longer has its linux/arm64 (${arm.digest})`),
      advice: expect.stringContaining('Cleanup jobs'),
    },
  });
});
