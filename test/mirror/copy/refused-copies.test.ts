/** Copies into a real registry behind a door that refuses them as public registries and proxies do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/findings.ts';
import { silentLog } from '../../../src/core/log.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import { copyFailures } from '../../../src/mirror/copy/copy-summary.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { type Fault, type Passing, startFaultProxy } from '../../support/fault-proxy.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { planOf } from '../../support/planned.ts';
import { openRegistries } from '../../support/registries.ts';

let source: Distribution;
let target: Distribution;
let images: readonly TestImage[];

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
  images = await Promise.all(['a', 'b', 'c'].map((seed) => makeImage({ seed, layers: [1000, 300_000] })));
  for (const [at, image] of images.entries()) await pushImage(source.url, `image-${at}`, '1', image);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

type Refuse = (request: Passing) => Fault | undefined;
let runs = 0;

interface Doors {
  readonly atSource?: Refuse;
  readonly atTarget?: Refuse;
}

/** The findings of a copy of all images. */
async function findingsOf({
  atSource = () => undefined,
  atTarget = () => undefined,
}: Doors): Promise<readonly Finding[]> {
  runs += 1;
  const from = await startFaultProxy(source.host, { fault: atSource });
  const to = await startFaultProxy(target.host, { fault: atTarget });
  const { registries } = await openRegistries();
  const copies = images.map((image, at) => ({
    image,
    from: `${from.host}/image-${at}:1`,
    to: `${to.host}/run-${runs}/image-${at}:1`,
  }));
  const signal = new AbortController().signal;
  const outcomes = await copyImages(planOf(...copies), registries, { concurrency: 2, log: silentLog, signal });
  await registries.close();
  await Promise.all([from.stop(), to.stop()]);
  return copyFailures(outcomes);
}

function refusal(status: number, code: string, message: string, headers?: Record<string, string>): Fault {
  return { kind: 'status', status, body: JSON.stringify({ errors: [{ code, message }] }), ...(headers && { headers }) };
}

const blobs: (fault: Fault) => Refuse = (fault) => (request) =>
  /PUT|PATCH/.test(request.method) && /uploads/.test(request.path) ? fault : undefined;
const uploads: (fault: Fault) => Refuse = (fault) => (request) => (request.method === 'POST' ? fault : undefined);
const tags: (fault: Fault) => Refuse =
  (fault) =>
  ({ method, path }) =>
    method === 'PUT' && path.endsWith('manifests/1') ? fault : undefined;

const nginxPage =
  '<html><head><title>413 Request Entity Too Large</title></head><body><hr><center>nginx</center></body></html>';

describe('three images that the target refuses for one reason are one finding whose advice names it:', () => {
  test.each<readonly [string, Refuse, RegExp]>([
    [
      "Harbor's quota (403), whose text differs for each layer",
      ({ method, path }) =>
        method === 'PUT' && path.includes('uploads')
          ? refusal(
              403,
              'DENIED',
              `adding ${path.length}.${path.slice(-9)} MiB of storage resource, which when updated to current usage of 1 GiB will exceed the configured upper limit of 1.0 GiB.`,
            )
          : undefined,
      /^Raise the storage quota/,
    ],
    [
      "Quay's quota (403)",
      uploads(refusal(403, 'DENIED', 'Quota has been exceeded on namespace')),
      /^Raise the storage quota/,
    ],
    [
      'a quota of Artifactory (413 of a blob)',
      blobs(refusal(413, 'SIZE_INVALID', 'Storage quota limit has been reached')),
      /^Raise the storage quota/,
    ],
    ['a full disk (507)', blobs({ kind: 'status', status: 507 }), /^Free space on the storage of the registry/],
    [
      'a full disk (500), as distribution reports it',
      uploads({
        kind: 'status',
        status: 500,
        body: '{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":{"DriverName":"filesystem","Enclosed":{"Op":"mkdir","Path":"/x","Err":28}}}]}',
      }),
      /^Free space on the storage of the registry/,
    ],
    [
      'a registry in read-only mode (405), such as distribution',
      uploads(refusal(405, 'UNSUPPORTED', 'The operation is unsupported.')),
      /^Wait until the target registry is writable/,
    ],
    [
      "Harbor's read-only mode (403)",
      uploads(refusal(403, 'DENIED', 'The system is in read only mode. Any modification is prohibited.')),
      /^Wait until the target registry is writable/,
    ],
    [
      'a repository to create first (404)',
      uploads(refusal(404, 'NAME_UNKNOWN', 'The repository does not exist')),
      /^Create these repositories .*run-\d+\/image-0, run-\d+\/image-1, run-\d+\/image-2\.$/,
    ],
    [
      'client_max_body_size of nginx (413)',
      blobs({
        kind: 'status',
        status: 413,
        headers: { server: 'nginx', 'content-type': 'text/html' },
        body: nginxPage,
      }),
      /client_max_body_size/,
    ],
    [
      'the limit of Cloudflare (413)',
      blobs({ kind: 'status', status: 413, headers: { server: 'cloudflare' } }),
      /Cloudflare/,
    ],
    [
      'a limit without a name (413)',
      blobs({ kind: 'status', status: 413 }),
      /^Raise the limit for the size of a request/,
    ],
    [
      "ECR's immutable tags (400)",
      tags(
        refusal(
          400,
          'TAG_INVALID',
          "The image tag '1' already exists in the 'a' repository and cannot be overwritten because the repository is immutable.",
        ),
      ),
      /^Use a new tag/,
    ],
    [
      "Harbor's immutable tags (412)",
      tags(refusal(412, 'PRECONDITION', "Failed to process request due to 'a:1' configured as immutable.")),
      /^Use a new tag/,
    ],
    ['immutable tags (409)', tags(refusal(409, 'TAG_IMMUTABLE', '')), /^Use a new tag/],
    [
      'a target for OCI manifests only (415)',
      tags({ kind: 'status', status: 415 }),
      /^Check which manifests the target accepts/,
    ],
    [
      'a cache rule of Azure',
      uploads(refusal(403, 'DENIED', "The repository is part of the cache rule 'mcr'.")),
      /^Set another namespace in target/,
    ],
    [
      'a proxy project of Harbor',
      uploads(refusal(405, 'UNSUPPORTED', 'can not push artifact to a proxy project')),
      /^Set another namespace in target/,
    ],
  ])('%s', async (_, atTarget, advice) => {
    const findings = await findingsOf({ atTarget });
    expect(findings.map(({ images: all }) => all?.length)).toEqual([3]);
    expect(findings[0]?.advice).toMatch(advice);
  });
});

test('a layer that the source deleted is named, with the advice to push the image again', async () => {
  const gone = images[1]?.blobs[2]?.digest ?? '';
  const findings = await findingsOf({
    atSource: ({ path }) =>
      path.includes(gone) ? refusal(404, 'BLOB_UNKNOWN', 'blob unknown to registry') : undefined,
  });
  expect(findings).toMatchObject([
    { message: expect.stringContaining(gone), advice: expect.stringMatching(/^Push the image to its source again/) },
  ]);
});

test('a layer that always breaks is named with its bytes and the tries, and the other images arrive', async () => {
  const broken = images[1]?.blobs[2];
  const findings = await findingsOf({
    atSource: ({ path }) => (path.includes(broken?.digest ?? '') ? { kind: 'half' } : undefined),
  });
  expect(findings.map(({ image, images: all }) => all ?? [image])).toEqual([[expect.stringContaining('image-1')]]);
  expect(findings[0]?.message).toMatch(
    new RegExp(`${broken?.digest}: \\d+ of ${broken?.bytes.length} bytes arrived in 6 tries\\.`),
  );
});

test('an index that is served under the type of an image says so', async () => {
  const index = await makeIndex([await makeImage({ seed: 'child' })]);
  const bytes = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(index.bytes).toString()), mediaType: undefined }),
  );
  const { registries } = await openRegistries();
  const digest = computeDigest(bytes);
  const from = await startFaultProxy(source.host, {
    fault: ({ path }) =>
      path.includes('/wrong/manifests/')
        ? {
            kind: 'status',
            status: 200,
            headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
            body: bytes.toString(),
          }
        : undefined,
  });
  const plan = planOf({ image: { digest, bytes }, from: `${from.host}/wrong:1`, to: `${target.host}/wrong:1` });
  const outcomes = await copyImages(plan, registries, {
    concurrency: 1,
    log: silentLog,
    signal: new AbortController().signal,
  });
  await registries.close();
  await from.stop();
  expect(copyFailures(outcomes)).toMatchObject([
    {
      message: expect.stringContaining(
        'its content is an index, and it is served as application/vnd.oci.image.manifest.v1+json',
      ),
      advice: expect.stringMatching(/^Check the registry, or the proxy in front of it/),
    },
  ]);
});
