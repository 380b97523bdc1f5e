/** Indexes, archives and registries are strangers: where they lead, how much they send, and for how long. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { packedChart } from '../../support/charts.ts';
import { type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { downloadsFor } from '../cli/helm-fixtures.ts';

async function serve(answer: (request: SeenRequest) => Reply) {
  const server = await startFaultServer(answer);
  onTestFinished(() => server.stop());
  return server;
}

const ok = (body: string | Buffer): Reply => ({ status: 200, body });
const to = (location: string): Reply => ({ status: 302, headers: { location } });
const digestOf = (content: string | Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A registry of one chart, `blob` being its archive. */
async function serveRegistry(blob: (request: SeenRequest) => Reply, content: Buffer) {
  const layer = {
    mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    digest: digestOf(content),
    size: content.length,
  };
  const manifest = JSON.stringify({ schemaVersion: 2, config: { ...layer, size: 2 }, layers: [layer] });
  const type = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  return await serve((request) => {
    if (request.path === '/v2/') return ok('{}');
    if (request.path === '/v2/charts/web/manifests/1.0.0') return { status: 200, headers: type, body: manifest };
    return request.path.includes('/blobs/') ? blob(request) : { status: 404 };
  });
}

test('a redirect to a host that only the server names is not followed, for an index, an archive and a blob', async () => {
  const inside = await serve(() => ok('apiVersion: v1\nentries: {}\n'));
  const named = await serve(() => to(`${inside.url}/secret`));
  const registry = await serveRegistry(() => to(`${inside.url}/secret`), Buffer.from('chart'));
  const downloads = await downloadsFor(silentLog, { named: [named.host, registry.host] });
  const path = join(await testFolder(), 'chart.tgz');
  const repository = new URL(named.url);
  for (const download of [
    () => downloads.index(repository),
    () => downloads.archive(new URL('/web-1.0.0.tgz', repository), path),
    () => downloads.package({ host: registry.host, repository: 'charts/web' }, '1.0.0', path),
  ]) {
    const fault = await faultOf(download());
    expect(fault).toMatchObject({ code: 'denied' });
    expect(fault.message).toContain(`${inside.host} is in the network of this run`);
  }
  expect(named.requests.length).toBeGreaterThan(0);
  expect(inside.requests).toEqual([]);
});

test('an archive of a host that only the index names is not asked for, nor is a token', async () => {
  const inside = await serve(() => ok('{"token":"aaaaaaaaaaaaaaaaaaaaaaaa"}'));
  const registry = await serve(() => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="${inside.url}/token",service="x"` },
  }));
  const downloads = await downloadsFor(silentLog, { named: [registry.host] });
  const path = join(await testFolder(), 'chart.tgz');
  const archive = downloads.archive(new URL(`${inside.url}/a.tgz`), path);
  expect(await faultOf(archive)).toMatchObject({ code: 'denied' });
  const local = downloads.archive(new URL('file:///etc/passwd'), path);
  expect(await faultOf(local)).toMatchObject({ code: 'denied' });
  const pulled = downloads.package({ host: registry.host, repository: 'charts/web' }, '1.0.0', path);
  expect(await faultOf(pulled)).toMatchObject({ code: 'denied' });
  expect(inside.requests).toEqual([]);
});

test('each server gets the credentials that are set for it, and another server that has the archives none of them', async () => {
  const elsewhere = await serve(() => ok('chart'));
  const mirror = await serve(() => ok('chart'));
  const repository = await serve(() => ok('entries: {}'));
  const passwords = new Map([
    [repository.host, 'opensesame'],
    [mirror.host, 'own'],
  ]);
  const downloads = await downloadsFor(silentLog, {
    named: [repository.host, elsewhere.host, mirror.host],
    credentials: async (host) => {
      const password = passwords.get(host);
      return password === undefined ? undefined : { username: 'robot', password };
    },
  });
  const folder = await testFolder();
  await downloads.index(new URL(repository.url));
  await downloads.archive(new URL(`${repository.url}/a.tgz`), join(folder, 'a.tgz'));
  await downloads.archive(new URL(`${elsewhere.url}/b.tgz`), join(folder, 'b.tgz'));
  await downloads.archive(new URL(`${mirror.url}/c.tgz`), join(folder, 'c.tgz'));
  const basic = `Basic ${Buffer.from('robot:opensesame').toString('base64')}`;
  const own = `Basic ${Buffer.from('robot:own').toString('base64')}`;
  expect(repository.requests.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
  expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  expect(mirror.requests.map(({ headers }) => headers.authorization)).toEqual([own]);
});

test('an index and an archive without end are given up, and leave no file', async () => {
  const server = await serve(() => ({ endless: 200 }));
  const downloads = await downloadsFor(silentLog, { named: [server.host] });
  const folder = await testFolder();
  expect(await faultOf(downloads.index(new URL(server.url)))).toMatchObject({
    message: expect.stringContaining('bytes'),
  });
  const archive = downloads.archive(new URL(`${server.url}/a.tgz`), join(folder, 'a.tgz'));
  expect(await faultOf(archive)).toMatchObject({ message: expect.stringContaining('bytes') });
  expect(await readdir(folder)).toEqual([]);
  await expect.poll(() => server.abandoned()).toBe(2);
});

test('an answer that never comes is given up at the deadline', async () => {
  const server = await serve(() => 'silence');
  const registry = await serveRegistry(() => 'silence', Buffer.from('chart'));
  const downloads = await downloadsFor(silentLog, { named: [server.host, registry.host], deadline: 200 });
  const path = join(await testFolder(), 'a.tgz');
  expect(await faultOf(downloads.index(new URL(server.url)))).toMatchObject({ code: 'timeout' });
  const pulled = downloads.package({ host: registry.host, repository: 'charts/web' }, '1.0.0', path);
  expect(await faultOf(pulled)).toMatchObject({ code: 'timeout' });
});

test('what a server writes on its error page is not in the message', async () => {
  const server = await serve(() => ({ status: 403, body: '::error::pwned' }));
  const downloads = await downloadsFor(silentLog, { named: [server.host] });
  const fault = await faultOf(downloads.index(new URL(`${server.url}/charts?sig=opensesame`)));
  expect(fault).toMatchObject({ code: 'denied', message: expect.stringContaining('returned 403') });
  expect(fault.message).not.toMatch(/pwned|opensesame/);
});

test('a package of a registry is written once its digest is proven', async () => {
  const chart = await packedChart('web');
  const honest = await serveRegistry(() => ok(chart), chart);
  const other = await serveRegistry(() => ok(Buffer.from('other')), chart);
  const downloads = await downloadsFor(silentLog, { named: [honest.host, other.host] });
  const folder = await testFolder();
  await downloads.package({ host: honest.host, repository: 'charts/web' }, '1.0.0', join(folder, 'a.tgz'));
  expect(await readFile(join(folder, 'a.tgz'))).toEqual(chart);
  const wrong = downloads.package({ host: other.host, repository: 'charts/web' }, '1.0.0', join(folder, 'b.tgz'));
  expect(await faultOf(wrong)).toMatchObject({ code: 'digest-mismatch' });
  expect(await readdir(folder)).toEqual(['a.tgz']);
});

test.each(['../../latest/meta-data', 'charts/web?a=b', 'charts//web', 'charts/%2e%2e/web', 'Charts/web', 'a#b'])(
  'the name %s leads to no path of a registry',
  async (repository) => {
    const server = await serve(() => ok('{}'));
    const downloads = await downloadsFor(silentLog, { named: [server.host] });
    const path = join(await testFolder(), 'a.tgz');
    for (const download of [
      () => downloads.tags({ host: server.host, repository }),
      () => downloads.package({ host: server.host, repository }, '1.0.0', path),
      () => downloads.package({ host: server.host, repository: 'charts/web' }, '../tags/list', path),
    ]) {
      expect(['invalid-input', 'not-found']).toContain((await faultOf(download())).code);
    }
    expect(server.requests).toEqual([]);
  },
);

test('a certificate that is not trusted names ca-file, for an index, an archive and a package', async () => {
  const certificates = makeCertificates();
  onTestFinished(() => certificates.remove());
  const server = await startFaultServer(() => ok('{}'), {
    tls: { certificate: await readFile(certificates.certificate), key: await readFile(certificates.key) },
  });
  onTestFinished(() => server.stop());
  const downloads = await downloadsFor(silentLog, { named: [server.host], plainHttp: () => false });
  const path = join(await testFolder(), 'chart.tgz');
  const repository = new URL(`https://${server.host}`);
  for (const download of [
    () => downloads.index(repository),
    () => downloads.archive(new URL('/web-1.0.0.tgz', repository), path),
    () => downloads.package({ host: server.host, repository: 'charts/web' }, '1.0.0', path),
  ]) {
    expect(await faultOf(download())).toMatchObject({ code: 'tls', advice: expect.stringContaining('Set ca-file to') });
  }
});
