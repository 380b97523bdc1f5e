import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toolFolder, toolPath } from '../../../scripts/tools.ts';
import { downloadFile } from '../../../src/core/http/download.ts';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { ensureHelm, type ProvideOptions } from '../../../src/helm/cli/find-or-install-helm.ts';
import { pinnedHelm } from '../../../src/helm/cli/helm-release.ts';
import { releaseFile, type Target } from '../../../src/helm/cli/release-file.ts';
import type { Downloads } from '../../../src/helm/cli/release-server.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { tarOf } from '../../support/charts.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { faultOf } from '../../support/faults.ts';
import { type FileServer, startFileServer } from '../../support/file-server.ts';
import { testFolder } from '../../support/folder.ts';
import { outputOf } from '../../support/program.ts';
import { root } from '../../support/root.ts';
import { recordingLog } from './helm-fixtures.ts';

const machine: Target = process;
/** A folder of every search path here: tar and gzip are programs that the tool cache starts. */
const systemPath = process.env['PATH'] ?? '';
const withoutHelm = systemPath
  .split(delimiter)
  .filter((folder) => !folder.includes('helm'))
  .join(delimiter);

/**
 * A release as helm publishes it, with a real helm inside; what it calls itself does not matter to who fetches it.
 * Packed once and fast: the program has 100 MB.
 */
const archive = gzipSync(
  await tarOf([
    { name: releaseFile(pinnedHelm, machine).program, mode: 0o755, content: await readFile(toolPath('helm-4')) },
  ]),
  { level: 1 },
);

const sumOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** What the real room for HTTP gives. */
async function downloads(): Promise<Downloads> {
  const http = await createHttpClient({ log: silentLog, signal: new AbortController().signal, proxyEnv: {} });
  return {
    download: (url, path, limits) => downloadFile(http, url, path, limits),
    async fetchText(url, maximumBytes) {
      const probe = join(await testFolder(), 'text');
      await downloadFile(http, url, probe, { maximumBytes });
      return await readFile(probe, 'utf8');
    },
  };
}

async function options(version: string, given: Partial<ProvideOptions> = {}): Promise<ProvideOptions> {
  return {
    version,
    mirror: 'http://127.0.0.1:9',
    environment: { ...process.env, PATH: withoutHelm },
    toolCache: await testFolder(),
    temporary: await testFolder(),
    downloads: await downloads(),
    log: silentLog,
    signal: new AbortController().signal,
    ...given,
  };
}

async function mirror(version: string, sum?: string): Promise<FileServer> {
  const { name } = releaseFile(version, machine);
  return await startFileServer({
    files: { [`/${name}`]: archive, [`/${name}.sha256sum`]: `${sum ?? sumOf(archive)}  ${name}\n` },
  });
}

/** A run in a process of its own: only those race for a tool cache. */
const installScript = `
  import { createHash } from 'node:crypto';
  import { writeFile } from 'node:fs/promises';
  import { ensureHelm } from ${JSON.stringify(join(root, 'src/helm/cli/find-or-install-helm.ts'))};
  const [, , mirror, toolCache, temporary] = process.argv;
  const bytesOf = async (url) => Buffer.from(await (await fetch(url)).arrayBuffer());
  const downloads = {
    fetchText: async (url) => String(await bytesOf(url)),
    async download(url, path) {
      const bytes = await bytesOf(url);
      await writeFile(path, bytes);
      return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
    },
  };
  const log = { debug() {}, info() {}, warning: (line) => console.error(line) };
  const signal = new AbortController().signal;
  const options = { version: '4.2.3', mirror, environment: process.env, toolCache, temporary, downloads, log, signal };
  console.log((await ensureHelm(options)).version);
`;

/** As another action, or an earlier run, left it. */
async function cacheRelease(toolCache: string, version: string): Promise<string> {
  const { program } = releaseFile(version, machine);
  const entry = join(toolCache, 'helm', version, process.arch);
  await mkdir(join(entry, program, '..'), { recursive: true });
  await symlink(toolPath('helm-4'), join(entry, program));
  await writeFile(`${entry}.complete`, '');
  return join(entry, program);
}

const onPath = (name: 'helm-3' | 'helm-4') => ({
  environment: { ...process.env, PATH: `${toolFolder(name)}${delimiter}${withoutHelm}` },
});

async function oldHelmOnPath(version: string) {
  const folder = await testFolder();
  await writeFile(join(folder, 'helm'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  return { environment: { ...process.env, PATH: `${folder}${delimiter}${withoutHelm}` } };
}

describe('helm on PATH', () => {
  it.each(['helm-3', 'helm-4'] as const)('is taken as it is: %s', async (name) => {
    const helm = await ensureHelm(await options('installed', onPath(name)));
    expect(helm.path).toBe(toolPath(name));
    expect(helm.version).toMatch(name === 'helm-3' ? /^3\.21/ : /^4\.2/);
  });

  it('is taken for a range that it satisfies, without asking anyone', async () => {
    const helm = await ensureHelm(await options('3.x', onPath('helm-3')));
    expect(helm.path).toBe(toolPath('helm-3'));
  });

  it.runIf(process.platform !== 'win32')('is passed over when it is too old', async () => {
    const log = recordingLog();
    const toolCache = await testFolder();
    const cached = await cacheRelease(toolCache, pinnedHelm);
    const helm = await ensureHelm(await options('installed', { ...(await oldHelmOnPath('v3.13.9')), toolCache, log }));
    expect(helm).toEqual({ path: cached, version: pinnedHelm });
    expect(log.lines.join('\n')).toContain('is helm 3.13.9');
  });

  it.runIf(process.platform !== 'win32')('is taken for latest when it is the latest', async () => {
    const server = await startFileServer({ files: { '/helm4-latest-version': 'v4.9.1\n' } });
    const helm = await ensureHelm(await options('latest', { ...(await oldHelmOnPath('v4.9.1')), mirror: server.url }));
    expect(helm.version).toBe('4.9.1');
    expect(server.requests).toEqual(['/helm4-latest-version']);
  });
});

describe('helm in the tool cache', () => {
  it('is found by version and by range, the newest first', async () => {
    const toolCache = await testFolder();
    await cacheRelease(toolCache, '3.18.4');
    const newer = await cacheRelease(toolCache, '3.18.6');
    expect(await ensureHelm(await options('v3.18.4', { toolCache }))).toMatchObject({ version: '3.18.4' });
    expect(await ensureHelm(await options('3.18', { toolCache }))).toEqual({ path: newer, version: '3.18.6' });
  });

  it('that does not run is fetched anew', async () => {
    const toolCache = await testFolder();
    const { program } = releaseFile('4.1.0', machine);
    const entry = join(toolCache, 'helm', '4.1.0', process.arch);
    await mkdir(join(entry, program, '..'), { recursive: true });
    await writeFile(join(entry, program), 'half a prog', { mode: 0o755 });
    await writeFile(`${entry}.complete`, '');
    const server = await mirror('4.1.0');
    const helm = await ensureHelm(await options('4.1.0', { toolCache, mirror: server.url }));
    expect(helm.path.startsWith(toolCache)).toBe(false);
  });
});

describe('fetching helm', () => {
  it('verifies it, runs it and keeps it for later runs', async () => {
    const server = await mirror('4.2.3');
    const toolCache = await testFolder();
    const first = await ensureHelm(await options('4.2.3', { toolCache, mirror: `${server.url}/` }));
    expect(first.version).toBe('4.2.3');
    const { name, program } = releaseFile('4.2.3', machine);
    expect(server.requests).toEqual([`/${name}`, `/${name}.sha256sum`]);
    const second = await ensureHelm(await options('4.2.3', { toolCache }));
    expect(second).toEqual({ path: join(toolCache, 'helm', '4.2.3', process.arch, program), version: '4.2.3' });
  });

  it('prints nothing on standard output, which belongs to the report', async () => {
    const server = await mirror('4.2.3');
    const written: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (chunk: string | Uint8Array) => written.push(String(chunk)) > 0;
    const log = recordingLog();
    try {
      await ensureHelm(await options('4.2.3', { mirror: server.url, log }));
    } finally {
      process.stdout.write = write;
    }
    expect(written).toEqual([]);
    expect(log.lines.join('\n')).toContain('tar');
  });

  it('can be done by several runs at once', async () => {
    const server = await mirror('4.2.3');
    const toolCache = await testFolder();
    const script = join(await testFolder(), 'install.ts');
    await writeFile(script, installScript);
    const run = async () =>
      await outputOf(process.execPath, [script, server.url, toolCache, await testFolder()], {
        env: { ...process.env, PATH: withoutHelm },
      });
    const versions = await Promise.all([run(), run()]);
    expect(versions).toEqual(['4.2.3', '4.2.3']);
    expect(await ensureHelm(await options('4.2.3', { toolCache }))).toMatchObject({ version: '4.2.3' });
  });

  it('throws a release away that is not the published one, and caches nothing', async () => {
    const server = await mirror('4.2.3', 'a'.repeat(64));
    const given = await options('4.2.3', { mirror: server.url });
    const fault = await faultOf(ensureHelm(given));
    expect(fault).toMatchObject({ code: 'helm-checksum', message: expect.stringContaining('a'.repeat(64)) });
    expect(await readdir(given.toolCache)).toEqual([]);
    expect(await readdir(given.temporary)).toEqual([]);
  });

  it('holds the default release to the sum in the product, whatever the mirror says', async () => {
    const server = await mirror(pinnedHelm);
    const fault = await faultOf(ensureHelm(await options('installed', { mirror: server.url })));
    expect(fault).toMatchObject({ code: 'helm-checksum', message: expect.stringContaining(pinnedHelm) });
    expect(server.requests).toEqual([`/${releaseFile(pinnedHelm, machine).name}`]);
  });

  it('takes the newest release of a range, from all pages of the list', async () => {
    const { name } = releaseFile('3.18.6', machine);
    const page = (names: readonly string[], next: string) =>
      `<?xml version="1.0"?><EnumerationResults><Blobs>${names.map((each) => `<Blob><Name>${each}</Name></Blob>`).join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
    const list = '/?restype=container&comp=list&prefix=helm-v';
    const server = await startFileServer({
      files: {
        [list]: page(['helm-v3.18.4-linux-amd64.tar.gz', 'helm-v3.19.0-rc.1-linux-amd64.tar.gz'], 'two'),
        [`${list}&marker=two`]: page(['helm-v3.18.6-linux-amd64.tar.gz', 'helm-v4.0.0-linux-amd64.tar.gz'], ''),
        [`/${name}`]: archive,
        [`/${name}.sha256sum`]: `${sumOf(archive)}  ${name}\n`,
      },
    });
    expect(await ensureHelm(await options('3.18', { mirror: server.url }))).toMatchObject({ version: '3.18.6' });
    const none = await faultOf(ensureHelm(await options('3.99', { mirror: server.url })));
    expect(none).toMatchObject({ code: 'helm-version', message: expect.stringContaining('"3.99"') });
  });

  it('says that a release does not exist', async () => {
    const server = await startFileServer({ files: {} });
    const fault = await faultOf(ensureHelm(await options('4.2.99', { mirror: server.url })));
    expect(fault).toMatchObject({
      code: 'helm-version',
      message: expect.stringContaining('Cannot download helm 4.2.99'),
    });
  });

  it('says that a mirror without a list can only be asked for an exact version', async () => {
    const server = await mirror('4.2.3');
    for (const wish of ['latest', '^4.1']) {
      const fault = await faultOf(ensureHelm(await options(wish, { mirror: server.url })));
      expect(fault).toMatchObject({
        code: 'helm-version',
        message: expect.stringContaining(`Cannot resolve helm-version "${wish}"`),
        advice: expect.stringContaining('exact version'),
      });
    }
  });

  it('from a mirror whose certificate is not trusted says that ca-file helps', async () => {
    const certificates = makeCertificates();
    onTestFinished(() => certificates.remove());
    const [certificate, key] = await Promise.all([readFile(certificates.certificate), readFile(certificates.key)]);
    const server = await startFaultServer(() => ({ status: 200 }), { tls: { certificate, key } });
    onTestFinished(() => server.stop());
    const fault = await faultOf(ensureHelm(await options('4.2.4', { mirror: server.url })));
    expect(fault).toMatchObject({ code: 'helm-download', advice: expect.stringContaining('ca-file') });
  });

  it('says that the server cannot be reached, and what helps', async () => {
    const dead: Downloads = {
      download: () => Promise.reject(new Error('connect ECONNREFUSED')),
      fetchText: () => Promise.reject(new Error('connect ECONNREFUSED')),
    };
    for (const version of ['4.2.3', 'latest', '^4.1']) {
      const fault = await faultOf(ensureHelm(await options(version, { downloads: dead })));
      expect(fault).toMatchObject({ code: 'helm-download', advice: expect.stringContaining('helm-mirror') });
    }
  });

  it('does not take the page of a proxy for a version', async () => {
    const server = await startFileServer({ files: { '/helm4-latest-version': '<html>Please log in</html>' } });
    const fault = await faultOf(ensureHelm(await options('latest', { mirror: server.url })));
    expect(fault).toMatchObject({ code: 'helm-download' });
  });

  it('keeps the secret part of a mirror out of messages, and in requests', async () => {
    const server = await startFileServer({ files: {} });
    const mirrorUrl = `${server.url}/helm?sig=topsecret`;
    const fault = await faultOf(ensureHelm(await options('4.2.99', { mirror: mirrorUrl })));
    expect(`${fault.message} ${fault.advice}`).not.toContain('topsecret');
    expect(server.requests[0]).toMatch(/^\/helm\/helm-v4\.2\.99-.*\?sig=topsecret$/);
    expect(await faultOf(ensureHelm(await options('latest', { mirror: 'ftp://x' })))).toMatchObject({
      code: 'invalid-input',
    });
  });
});
