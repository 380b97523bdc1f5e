import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { parseDigest } from '../../../src/core/oci/digest.ts';
import type { RemoteChart } from '../../../src/helm/charts/chart-location.ts';
import { pullChart } from '../../../src/helm/cli/pull-chart.ts';
import { chartFiles, helms, packedChart } from '../../support/charts.ts';
import { registryUser, startDistribution } from '../../support/distribution.ts';
import { faultOf } from '../../support/faults.ts';
import { startFileServer } from '../../support/file-server.ts';
import { testFolder } from '../../support/folder.ts';
import { inTurn } from '../../support/matrix.ts';
import { outputOf } from '../../support/program.ts';
import { helmSetting } from './helm-fixtures.ts';

const oci = (host: string, version = '1.0.0'): RemoteChart => ({
  kind: 'oci',
  text: `oci://${host}/charts/contoso:${version}`,
  host,
  path: 'charts/contoso',
  version,
});

const inRepository = (url: string, version = '1.0.0'): RemoteChart => ({
  kind: 'repository',
  text: `${url}#contoso@${version}`,
  url,
  name: 'contoso',
  version,
});

async function push(host: string, chart: Buffer): Promise<void> {
  const folder = await testFolder();
  const file = join(folder, 'contoso-1.0.0.tgz');
  await writeFile(file, chart);
  const { username, password } = registryUser;
  const login = ['--username', username, '--password', password];
  await outputOf(toolPath('helm-4'), ['push', file, `oci://${host}/charts`, '--plain-http', ...login], {
    env: { PATH: process.env['PATH'], HOME: folder },
  });
}

describe.each(inTurn(helms))('pulling a chart with $title', ({ helm, it }) => {
  it('from a registry gives the bytes that were pushed, with credentials in no argument', async () => {
    const registry = await startDistribution({ auth: 'htpasswd' });
    try {
      const packed = await packedChart('contoso');
      await push(registry.host, packed);
      const named = [registry.host];
      const { access, log } = await helmSetting({ named, credentials: async () => registryUser });
      const path = await pullChart(helm, oci(registry.host), access);
      expect(await readFile(path)).toEqual(packed);
      expect([...log.lines, ...log.warnings].join('\n')).not.toContain(registryUser.password);
      const missing = await faultOf(pullChart(helm, oci(registry.host, '9.9.9'), access));
      expect(missing).toMatchObject({ code: 'chart-not-found', message: expect.stringContaining('contoso:9.9.9') });
      const wrong = { named, credentials: async () => ({ username: 'robot', password: 'wrong-word' }) };
      const fault = await faultOf(pullChart(helm, oci(registry.host), (await helmSetting(wrong)).access));
      expect(fault).toMatchObject({ code: 'chart-pull', message: expect.stringContaining('401') });
      expect(fault.message).not.toContain('wrong-word');
    } finally {
      await registry.stop();
    }
  });

  it('from a registry takes a digest, and the newest version that a constraint allows', async () => {
    const registry = await startDistribution();
    try {
      const packed = await packedChart('contoso');
      await push(registry.host, packed);
      const { access } = await helmSetting({ named: [registry.host] });
      const newest = await pullChart(helm, oci(registry.host, '^1.0'), access);
      expect(await readFile(newest)).toEqual(packed);
      const head = await fetch(`${registry.url}/v2/charts/contoso/manifests/1.0.0`, {
        method: 'HEAD',
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
      const digest = parseDigest(head.headers.get('docker-content-digest') ?? '');
      if (!digest.ok) throw new Error('the registry has no digest');
      const byDigest = { ...oci(registry.host, ''), digest: digest.value };
      expect(await readFile(await pullChart(helm, byDigest, access))).toEqual(packed);
      const other = parseDigest(`sha256:${'0'.repeat(64)}`);
      if (!other.ok) throw new Error('no digest');
      for (const absent of [oci(registry.host, '^2.0'), { ...oci(registry.host, ''), digest: other.value }]) {
        expect(await faultOf(pullChart(helm, absent, access))).toMatchObject({ code: 'chart-not-found' });
      }
    } finally {
      await registry.stop();
    }
  });

  it('from a repository gives the bytes that it serves, with credentials where it wants some', async () => {
    const packed = await packedChart('contoso', chartFiles('contoso'));
    const server = await startFileServer({
      login: 'robot:opensesame',
      files: (url) => ({
        '/index.yaml': `apiVersion: v1\nentries:\n  contoso:\n  - { apiVersion: v2, name: contoso, version: 1.0.0, urls: ["${url}/files/contoso-1.0.0.tgz"] }\n`,
        '/files/contoso-1.0.0.tgz': packed,
      }),
    });
    const named = [server.host];
    const credentials = async () => ({ username: 'robot', password: 'opensesame' });
    const { access } = await helmSetting({ named, credentials });
    expect(await readFile(await pullChart(helm, inRepository(server.url), access))).toEqual(packed);
    const missing = await faultOf(pullChart(helm, inRepository(server.url, '9.9.9'), access));
    expect(missing).toMatchObject({ code: 'chart-not-found', message: expect.stringContaining('contoso@9.9.9') });
    const anonymous = await faultOf(pullChart(helm, inRepository(server.url), (await helmSetting({ named })).access));
    expect(anonymous).toMatchObject({ code: 'chart-pull', message: expect.stringContaining('401') });
  });

  it('asks no host over plain HTTP that the user did not list, and sends it no password', async () => {
    const server = await startFileServer({ login: 'robot:opensesame', files: { '/index.yaml': '' } });
    const asked: string[] = [];
    const { access } = await helmSetting({
      named: [server.host],
      plainHttp: () => false,
      credentials: async (host) => {
        asked.push(host);
        return { username: 'robot', password: 'opensesame' };
      },
    });
    expect(await faultOf(pullChart(helm, inRepository(server.url), access))).toMatchObject({ code: 'chart-pull' });
    expect(asked).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('from a host that is down says so', async () => {
    const { access } = await helmSetting({ named: ['127.0.0.1:9'] });
    for (const remote of [oci('127.0.0.1:9'), inRepository('http://127.0.0.1:9')]) {
      const fault = await faultOf(pullChart(helm, remote, access));
      expect(fault).toMatchObject({ code: 'chart-pull', message: expect.stringContaining('ECONNREFUSED') });
    }
  });
});
