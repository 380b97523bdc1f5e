/** Signatures and SBOMs between real registries behind doors that list, cut, refuse or demand what public ones do. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { attachmentFindings } from '../../../src/mirror/copy/attachment-findings.ts';
import { fallbackTag } from '../../../src/mirror/copy/attachments.ts';
import { type CopyOptions, copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { type Fault, type FaultProxy, type Passing, startFaultProxy } from '../../support/fault-proxy.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { type Copying, planOf } from '../../support/planned.ts';
import { pushReferrers, withSubject } from '../../support/referrers.ts';
import { openRegistries } from '../../support/registries.ts';

let source: Distribution;
let target: Distribution;
const open: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
});
afterAll(async () => {
  for (const one of open.reverse()) await one.stop();
  await Promise.all([source?.stop(), target?.stop()]);
});

async function copy(copying: Copying, options: Partial<CopyOptions> = {}): Promise<readonly Outcome[]> {
  const { registries } = await openRegistries();
  const signal = new AbortController().signal;
  const given = { attachments: 'all', concurrency: 4, log: silentLog, signal, ...options } as const;
  const outcomes = await copyImages(planOf(copying), registries, given);
  await registries.close();
  return outcomes;
}

async function door(to: Distribution, fault: (request: Passing) => Fault | undefined): Promise<FaultProxy> {
  const proxy = await startFaultProxy(to.host, { fault });
  open.push(proxy);
  return proxy;
}

async function tagsIn(registry: Distribution, repository: string): Promise<readonly string[]> {
  const response = await fetch(`${registry.url}/v2/${repository}/tags/list`);
  const { tags } = (await response.json()) as { readonly tags: readonly string[] | null };
  return [...(tags ?? [])].sort();
}

/** A manifest that names another as its subject, under the referrers tag of that. */
async function attach(repository: string, subject: TestImage, referrer: TestImage): Promise<TestImage> {
  const attached = withSubject(referrer, subject);
  await pushReferrers(source.url, repository, subject, attached);
  return attached;
}

async function signed(repository: string): Promise<{ readonly image: TestImage; readonly signature: string }> {
  const image = await makeImage({ seed: repository });
  const signature = `${image.digest.replace(':', '-')}.sig`;
  await pushImage(source.url, repository, '1', image);
  await pushImage(source.url, repository, signature, await makeImage({ seed: `signature of ${repository}` }));
  return { image, signature };
}

test('a signature on the sixth page of 100 tags arrives, as on quay.io', async () => {
  const { image, signature } = await signed('paged');
  const pages = Array.from({ length: 6 }, (_, page) => Array.from({ length: 100 }, (_, tag) => `${page}-${tag}`));
  pages.push([signature]);
  const server = await startFaultServer(async ({ method, path, headers }) => {
    const { pathname, searchParams } = new URL(path, 'http://paged');
    if (pathname.endsWith('/tags/list')) {
      const page = Number(searchParams.get('next_page') ?? '0');
      const link = `</v2/paged/tags/list?n=100&next_page=${page + 1}>; rel="next"`;
      return { status: 200, headers: page < 6 ? { link } : {}, body: JSON.stringify({ tags: pages[page] }) };
    }
    const accept = { accept: headers.accept ?? '*/*' };
    const response = await fetch(`${source.url}${path}`, { method, headers: accept });
    const passed = Object.fromEntries([...response.headers].filter(([name]) => !name.startsWith('transfer')));
    return { status: response.status, headers: passed, body: Buffer.from(await response.arrayBuffer()) };
  });
  open.push(server);
  const outcomes = await copy({ image, from: `${server.host}/paged:1`, to: `${target.host}/paged:1` });
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  expect(await tagsIn(target, 'paged')).toEqual(['1', signature]);
});

test('a target that refuses a signature before its image, as Harbor does, gets both', async () => {
  const { image, signature } = await signed('harbor');
  const seen = new Set<string>();
  const to = await door(target, ({ method, path }) => {
    if (method !== 'PUT' || !path.includes('/manifests/')) return undefined;
    if (path.includes(signature) && !seen.has(`/v2/harbor/manifests/${image.digest}`))
      return { kind: 'status', status: 404 };
    seen.add(path);
    return undefined;
  });
  const outcomes = await copy({ image, from: `${source.host}/harbor:1`, to: `${to.host}/harbor:1` });
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  expect(attachmentFindings(outcomes)).toEqual([]);
  expect(await tagsIn(target, 'harbor')).toEqual(['1', signature]);
});

test('an image arrives though the target refuses its referrers, as ECR did, and a finding names them', async () => {
  const image = await makeImage({ seed: 'ecr' });
  await pushImage(source.url, 'ecr', '1', image);
  const sbom = await attach('ecr', image, await makeImage({ seed: 'sbom of ecr' }));
  const to = await door(target, ({ method, path }) =>
    method === 'PUT' && path.includes(sbom.digest) ? { kind: 'status', status: 405 } : undefined,
  );
  const copying = { image, from: `${source.host}/ecr:1`, to: `${to.host}/ecr:1` };
  const outcomes = await copy(copying);
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  expect(attachmentFindings(outcomes)).toMatchObject([
    { code: 'attachment-failed', severity: 'warning', message: expect.stringContaining(`referrer ${sbom.digest}`) },
  ]);
  expect(await tagsIn(target, 'ecr')).toContain('1');
});

test('attachments: required fails the image whose referrer the target refuses, and leaves no tag', async () => {
  const image = await makeImage({ seed: 'required' });
  await pushImage(source.url, 'required', '1', image);
  const sbom = await attach('required', image, await makeImage({ seed: 'sbom of required' }));
  const to = await door(target, ({ method, path }) =>
    method === 'PUT' && path.includes(sbom.digest) ? { kind: 'status', status: 405 } : undefined,
  );
  const copying = { image, from: `${source.host}/required:1`, to: `${to.host}/required:1` };
  expect(await copy(copying, { attachments: 'required' })).toMatchObject([
    { result: 'failed', error: { message: expect.stringContaining(`referrer ${sbom.digest}`) } },
  ]);
  expect(await tagsIn(target, 'required')).toEqual([]);
});

test('a referrers API that fails does not fail the image, and its tags are looked up', async () => {
  const { image, signature } = await signed('failing');
  const from = await door(source, ({ path }) =>
    path.includes('/referrers/') ? { kind: 'status', status: 500 } : undefined,
  );
  const outcomes = await copy({ image, from: `${from.host}/failing:1`, to: `${target.host}/failing:1` });
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  expect(attachmentFindings(outcomes)).toMatchObject([
    { message: expect.stringContaining('the referrers of sha256:') },
  ]);
  expect(await tagsIn(target, 'failing')).toEqual(['1', signature]);
});

test('a later run completes the attachments that an earlier one could not copy', async () => {
  const { image, signature } = await signed('later');
  const sbom = await attach('later', image, await makeImage({ seed: 'sbom of later' }));
  let isBroken = true;
  const to = await door(target, ({ method, path }) =>
    isBroken && method === 'PUT' && (path.includes(signature) || path.includes(sbom.digest))
      ? { kind: 'status', status: 403 }
      : undefined,
  );
  const copying = { image, from: `${source.host}/later:1`, to: `${to.host}/later:1` };
  expect(attachmentFindings(await copy(copying))).toHaveLength(1);
  expect(await tagsIn(target, 'later')).toEqual(['1']);
  isBroken = false;
  const again = await copy({ ...copying, step: { action: 'exists' } });
  expect(again).toMatchObject([{ result: 'present' }]);
  expect(attachmentFindings(again)).toEqual([]);
  expect(await tagsIn(target, 'later')).toEqual(['1', fallbackTag(image.digest), signature].sort());
});

test('an image that was imported inside of Azure gets its signatures too', async () => {
  const { image, signature } = await signed('imported');
  const importImage = async () => {
    await pushImage(target.url, 'imported', '1', image);
    return 'arrived' as const;
  };
  const copying = { image, from: `${source.host}/imported:1`, to: `${target.host}/imported:1` };
  expect(await copy(copying, { importImage })).toMatchObject([{ result: 'copied' }]);
  expect(await tagsIn(target, 'imported')).toEqual(['1', signature]);
});

test('the signature of a platform in a nested index arrives', async () => {
  const { image, signature } = await signed('nested');
  const outer = await makeIndex([]);
  const inner = await makeIndex([image]);
  const manifests = [{ mediaType: inner.mediaType, digest: inner.digest, size: inner.bytes.length }];
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  const nested = { ...outer, bytes, digest: computeDigest(bytes), children: [inner] };
  await pushImage(source.url, 'nested', 'outer', nested);
  const copying = { image: nested, from: `${source.host}/nested:outer`, to: `${target.host}/nested:outer` };
  expect(await copy(copying)).toMatchObject([{ result: 'copied' }]);
  expect(await tagsIn(target, 'nested')).toEqual(['outer', signature].sort());
});

test.each([mediaTypes.ociArtifact, mediaTypes.orasArtifact])(
  'an attachment in the deprecated form %s is sent unchanged with its blobs',
  async (mediaType) => {
    const image = await makeImage({ seed: mediaType });
    const content = Buffer.from(`sbom of ${mediaType}`);
    const blob = { mediaType: 'application/spdx+json', digest: computeDigest(content), size: content.length };
    const subject = { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length };
    const bytes = Buffer.from(
      JSON.stringify({ mediaType, artifactType: 'application/spdx+json', blobs: [blob], subject }),
    );
    const digest = computeDigest(bytes);
    // No registry on this machine takes this form.
    const put: Buffer[] = [];
    const listed = JSON.stringify({ manifests: [{ mediaType, digest, size: bytes.length }] });
    const from = await startFaultServer(({ path }) => {
      if (path === '/v2/') return { status: 200, body: '{}' };
      if (path.endsWith(`/referrers/${image.digest}`))
        return { status: 200, headers: { 'content-type': mediaTypes.ociIndex }, body: listed };
      if (path.includes('/referrers/'))
        return { status: 200, headers: { 'content-type': mediaTypes.ociIndex }, body: '{"manifests":[]}' };
      if (path.endsWith(`/manifests/${digest}`))
        return { status: 200, headers: { 'content-type': mediaType }, body: bytes };
      if (path.endsWith(`/manifests/${image.digest}`))
        return { status: 200, headers: { 'content-type': image.mediaType }, body: Buffer.from(image.bytes) };
      if (path.endsWith(blob.digest)) return { status: 200, body: content };
      const own = image.blobs.find((one) => path.endsWith(one.digest));
      return own === undefined ? { status: 404 } : { status: 200, body: Buffer.from(own.bytes) };
    });
    const to = await startFaultServer(({ method, path, headers, body }) => {
      if (path === '/v2/') return { status: 200, body: '{}' };
      if (method === 'POST') return { status: 202, headers: { location: '/up/1' } };
      if (method !== 'PUT') {
        const tagged = path.endsWith('/manifests/1') && put.length > 0;
        const described = {
          'content-type': image.mediaType,
          'docker-content-digest': image.digest,
          'content-length': String(image.bytes.length),
        };
        return tagged ? { status: 200, headers: described } : { status: 404 };
      }
      if (headers['content-type'] === mediaType) put.push(body);
      return { status: 201, headers: { 'oci-subject': image.digest } };
    });
    open.push(from, to);
    const outcomes = await copy({ image, from: `${from.host}/a:1`, to: `${to.host}/a:1` });
    expect(outcomes).toMatchObject([{ result: 'copied' }]);
    expect(attachmentFindings(outcomes)).toEqual([]);
    expect(put).toEqual([bytes]);
  },
);
