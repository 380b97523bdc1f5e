import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { basicAuthorization, type DemoRegistryOptions, startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolPath } from '../../scripts/tools.ts';
import { computeDigest } from '../../src/core/oci/digest.ts';
import { testFolder } from '../support/folder.ts';
import { makeImage, makeIndex, pushImage } from '../support/images.ts';
import { outputOf, runProgram } from '../support/program.ts';

async function started(options: DemoRegistryOptions = {}) {
  const registry = await startDemoRegistry(options);
  onTestFinished(() => registry.stop());
  return registry;
}

/** crane and oras with no credentials but those that a test gives them. */
async function isolated() {
  return { env: { PATH: process.env['PATH'], HOME: await testFolder(), DOCKER_CONFIG: await testFolder() } };
}

const crane = toolPath('crane');
const oras = toolPath('oras');

describe('independent clients work with the embedded registry', () => {
  test('crane pulls an index with two platforms and pushes it elsewhere, unchanged', async () => {
    const registry = await started();
    const clean = await isolated();
    const layout = join(await testFolder(), 'layout');
    const images = [await makeImage({ layers: [10, 70_000] }), await makeImage({ platform: 'linux/arm64/v8' })];
    const index = await makeIndex(images);
    await pushImage(registry.url, 'release/app', '1.0.0', index);

    await outputOf(crane, ['pull', '--format', 'oci', `${registry.host}/release/app:1.0.0`, layout], clean);
    await outputOf(crane, ['push', '--index', layout, `${registry.host}/again/app:2`], clean);
    expect(await outputOf(crane, ['validate', '--remote', `${registry.host}/again/app:2`], clean)).toContain('PASS');
    expect(registry.storage.tagged()).toEqual(['again/app:2', 'release/app:1.0.0']);
    // `crane pull` wraps what it pulled in an index of its own.
    expect(await outputOf(crane, ['manifest', `${registry.host}/again/app:2`], clean)).toContain(index.digest);
  });

  test('crane copies inside the registry by mounting blobs', async () => {
    const registry = await started();
    const clean = await isolated();
    const image = await makeImage({ dockerMediaTypes: true });
    await pushImage(registry.url, 'one', 'a', image);

    await outputOf(crane, ['copy', `${registry.host}/one:a`, `${registry.host}/two:b`], clean);
    expect(await outputOf(crane, ['digest', `${registry.host}/two:b`], clean)).toBe(image.digest);
    expect(registry.requests.some(({ path }) => path.includes('mount='))).toBe(true);
    expect(registry.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
    expect(await outputOf(crane, ['ls', `${registry.host}/two`], clean)).toBe('b');
    expect(await outputOf(crane, ['catalog', registry.host], clean)).toBe('one\ntwo');
  });

  test('oras copies an index with attestations to a second registry, byte for byte', async () => {
    const source = await started();
    const target = await started();
    const clean = await isolated();
    const index = await makeIndex([await makeImage()], { attestations: true });
    await pushImage(source.url, 'app', '1', index);

    const flags = ['--from-plain-http', '--to-plain-http'];
    await outputOf(oras, ['cp', ...flags, `${source.host}/app:1`, `${target.host}/moved/app:1`], clean);
    expect(target.storage.manifest('moved/app', '1').digest).toBe(index.digest);
    expect(await outputOf(crane, ['manifest', `${target.host}/moved/app:1`], clean)).toBe(
      Buffer.from(index.bytes).toString(),
    );
  });

  test('a client without the password is refused, one with it is served', async () => {
    const user = { username: 'demo', password: 'open:sesame' };
    const registry = await started({ basicAuth: user });
    const clean = await isolated();
    const image = await makeImage();
    await pushImage(registry.url, 'app', '1', image, {
      authorization: basicAuthorization(user.username, user.password),
    });

    const refused = await runProgram(crane, ['digest', `${registry.host}/app:1`], clean);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('UNAUTHORIZED');
    await outputOf(crane, ['auth', 'login', registry.host, '-u', user.username, '-p', user.password], clean);
    expect(await outputOf(crane, ['digest', `${registry.host}/app:1`], clean)).toBe(image.digest);
  });
});

describe('the embedded registry refuses what the specification forbids', () => {
  async function answerTo(url: string, method: string, init: { body?: string; headers?: Record<string, string> } = {}) {
    const response = await fetch(url, { method, ...init });
    // The specification's error form (distribution-spec, "Error Codes").
    const body = (await response.json()) as { errors: { code: string }[] };
    return `${response.status} ${body.errors.map(({ code }) => code).join()}`;
  }
  const content = Buffer.from('hello');

  test('a blob whose digest is another one', async () => {
    const { url } = await started();
    const wrong = computeDigest(Buffer.from('other'));
    expect(await answerTo(`${url}/v2/app/blobs/uploads/?digest=${wrong}`, 'POST', { body: 'hello' })).toBe(
      '400 DIGEST_INVALID',
    );
    expect(await answerTo(`${url}/v2/app/blobs/${wrong}`, 'GET')).toBe('404 NAME_UNKNOWN');
  });

  test('a chunk that does not follow the one before it', async () => {
    const { url } = await started();
    const upload = await fetch(`${url}/v2/app/blobs/uploads/`, { method: 'POST' });
    const location = new URL(upload.headers.get('location') ?? '', url).href;
    await fetch(location, { method: 'PATCH', body: 'hel', headers: { 'content-range': '0-2' } });
    expect(await answerTo(location, 'PATCH', { body: 'o', headers: { 'content-range': '4-4' } })).toBe(
      '416 BLOB_UPLOAD_INVALID',
    );
    const progress = await fetch(location);
    expect([progress.status, progress.headers.get('range')]).toEqual([204, '0-2']);
    const last = await fetch(`${location}?digest=${computeDigest(content)}`, { method: 'PUT', body: 'lo' });
    expect(last.status).toBe(201);
    expect(await (await fetch(`${url}/v2/app/blobs/${computeDigest(content)}`)).text()).toBe('hello');
  });

  test('a manifest whose blobs, or an index whose manifests, are not there', async () => {
    const { url, storage } = await started();
    const image = await makeImage();
    const index = await makeIndex([image]);
    for (const { mediaType, bytes } of [image, index]) {
      const headers = { 'content-type': mediaType };
      const body = Buffer.from(bytes).toString();
      expect(await answerTo(`${url}/v2/app/manifests/1`, 'PUT', { body, headers })).toBe('400 MANIFEST_BLOB_UNKNOWN');
    }
    expect(storage.tagged()).toEqual([]);
  });

  test('a manifest that is not what its address or its Content-Type says', async () => {
    const { url } = await started();
    const put = (reference: string, body: string, type: string) =>
      answerTo(`${url}/v2/app/manifests/${reference}`, 'PUT', { body, headers: { 'content-type': type } });
    expect(await put(computeDigest(content), '{}', 'a/b')).toBe('400 DIGEST_INVALID');
    expect(await put('1', 'not json', 'a/b')).toBe('400 MANIFEST_INVALID');
    expect(await put('1', '{"mediaType":"a/c"}', 'a/b')).toBe('400 MANIFEST_INVALID');
  });

  test('what is not there, and what it does not do', async () => {
    const { url } = await started();
    await pushImage(url, 'app', '1', await makeImage());
    expect(await answerTo(`${url}/v2/app/manifests/2`, 'GET')).toBe('404 MANIFEST_UNKNOWN');
    expect(await answerTo(`${url}/v2/app/blobs/${computeDigest(content)}`, 'GET')).toBe('404 BLOB_UNKNOWN');
    expect(await answerTo(`${url}/v2/app/blobs/uploads/none`, 'PUT')).toBe('404 BLOB_UPLOAD_UNKNOWN');
    expect(await answerTo(`${url}/v2/other/tags/list`, 'GET')).toBe('404 NAME_UNKNOWN');
    expect(await answerTo(`${url}/v2/app/manifests/1`, 'DELETE')).toBe('405 UNSUPPORTED');
    expect(
      await answerTo(`${url}/v2/-app-/blobs/uploads/?digest=${computeDigest(content)}`, 'POST', { body: 'hello' }),
    ).toBe('400 NAME_INVALID');
    const head = await fetch(`${url}/v2/app/manifests/2`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([404, '']);
  });
});
