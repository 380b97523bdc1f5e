import { mkdir, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { toolPath } from '../../../scripts/tools.ts';
import { maximumUnpackedBytes } from '../../../src/helm/charts/archive-limits.ts';
import { chartFiles, type Files, helms, packedChart, tarOf, writeFiles } from '../../support/charts.ts';
import { startDistribution } from '../../support/distribution.ts';
import { faultOf, faultsOf } from '../../support/faults.ts';
import { startFileServer } from '../../support/file-server.ts';
import { testFolder } from '../../support/folder.ts';
import { inTurn } from '../../support/matrix.ts';
import { outputOf } from '../../support/program.ts';
import { defaultSet, helmSetting } from './helm-fixtures.ts';

const sourcesOf = (text: string) => text.match(/^# Source: .*$/gm)?.map((line) => line.slice('# Source: '.length));

function parentFiles(dependencies: string, files: Files = {}): Files {
  const chartYaml = `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n${dependencies}`;
  return chartFiles('parent', { 'Chart.yaml': chartYaml, ...files });
}

const onSub = (repository: string) => `- { name: sub, version: 1.0.0, repository: "${repository}" }\n`;

/** Leaves the Chart.lock of the chart's author, and no charts/. */
async function lock(helm: string, chart: string): Promise<void> {
  const home = await testFolder();
  await outputOf(helm, ['dependency', 'update', chart], { env: { PATH: process.env['PATH'], HOME: home } });
  await rm(join(chart, 'charts'), { recursive: true });
}

const indexOf = (url: string, name: string) =>
  `apiVersion: v1\nentries:\n  ${name}:\n  - { apiVersion: v2, name: ${name}, version: 1.0.0, urls: ["${url}/${name}-1.0.0.tgz"] }\n`;

describe.each(inTurn(helms))('missing dependencies with $title', ({ helm, it }) => {
  it('are taken from file:// folders, counted from the chart, and the chart stays as it is', async () => {
    const { work, chart, render, log } = await helmSetting();
    await writeFiles(join(work, 'charts/parent'), parentFiles(onSub('file://../../libs/sub')));
    await writeFiles(join(work, 'libs/sub'), chartFiles('sub'));
    const set = { name: 'other', valueFiles: [], set: ['image=other'] };
    const renderings = await render(helm, await chart('charts/parent', defaultSet, set));
    for (const { text, dependencyCopyPath } of renderings) {
      expect(sourcesOf(text)).toEqual(['parent/charts/sub/templates/pod.yaml', 'parent/templates/pod.yaml']);
      expect(await readdir(join(dependencyCopyPath ?? '', 'charts'))).toEqual(['sub-1.0.0.tgz']);
    }
    expect((await readdir(join(work, 'charts/parent'))).sort()).toEqual(['Chart.yaml', 'templates', 'values.yaml']);
    expect(log.lines.filter((line) => line.includes('Building the missing dependencies'))).toHaveLength(1);
  });

  it('must match Chart.lock if it exists', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'parent'), parentFiles(onSub('file://../sub')));
    await writeFiles(join(work, 'sub'), chartFiles('sub'));
    await lock(helm.path, join(work, 'parent'));
    expect(await render(helm, await chart('parent'))).toHaveLength(1);
    await writeFiles(join(work, 'parent'), { 'Chart.yaml': parentFiles(onSub('file://../sub/.'))['Chart.yaml'] ?? '' });
    expect(await faultOf(render(helm, await chart('parent')))).toMatchObject({
      code: 'dependency-missing',
      message: expect.stringContaining('out of sync'),
      advice: expect.stringContaining('helm dependency update'),
    });
  });

  it('are built for packaged charts too, beside the archive', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFile(join(work, 'parent.tgz'), await packedChart('parent', parentFiles(onSub('file://../sub'))));
    await writeFiles(join(work, 'sub'), chartFiles('sub'));
    const [rendering] = await render(helm, await chart('parent.tgz'));
    expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
    expect((await readdir(work)).sort()).toEqual(['parent.tgz', 'sub']);
  });

  it('are built from requirements.yaml of old charts', async () => {
    const { work, chart, render } = await helmSetting();
    const files = {
      'Chart.yaml': 'apiVersion: v1\nname: parent\nversion: 1.0.0\n',
      'requirements.yaml': `dependencies:\n${onSub('file://../sub')}`,
    };
    await writeFiles(join(work, 'parent'), chartFiles('parent', files));
    await writeFiles(join(work, 'sub'), chartFiles('sub'));
    const [rendering] = await render(helm, await chart('parent'));
    expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
  });

  it('are fetched from a repository with its credentials', async () => {
    const sub = await packedChart('sub');
    const server = await startFileServer({
      login: 'robot:opensesame',
      files: (url) => ({ '/index.yaml': indexOf(url, 'sub'), '/sub-1.0.0.tgz': sub }),
    });
    const credentials = async (host: string) =>
      host === server.host ? { username: 'robot', password: 'opensesame' } : undefined;
    const { work, chart, render, log } = await helmSetting({ named: [server.host], credentials });
    await writeFiles(join(work, 'parent'), parentFiles(onSub(server.url)));
    const [rendering] = await render(helm, await chart('parent'));
    expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
    expect([...log.lines, ...log.warnings].join('\n')).not.toContain('opensesame');
  });

  it('are fetched from a repository in the locked version', async () => {
    const sub = await packedChart('sub');
    const server = await startFileServer({
      files: (url) => ({ '/index.yaml': indexOf(url, 'sub'), '/sub-1.0.0.tgz': sub }),
    });
    const { work, chart, render } = await helmSetting({ named: [server.host] });
    await writeFiles(join(work, 'parent'), parentFiles(onSub(server.url)));
    await lock(helm.path, join(work, 'parent'));
    const [rendering] = await render(helm, await chart('parent'));
    expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
  });

  it('are fetched from a registry', async () => {
    const registry = await startDistribution();
    try {
      const { work, chart, render } = await helmSetting({ named: [registry.host] });
      await writeFile(join(work, 'sub-1.0.0.tgz'), await packedChart('sub'));
      const push = ['push', join(work, 'sub-1.0.0.tgz'), `oci://${registry.host}/charts`, '--plain-http'];
      await outputOf(toolPath('helm-4'), push, { env: { PATH: process.env['PATH'], HOME: work } });
      await writeFiles(join(work, 'parent'), parentFiles(onSub(`oci://${registry.host}/charts`)));
      const [rendering] = await render(helm, await chart('parent'));
      expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
    } finally {
      await registry.stop();
    }
  });

  it('are asked for with the password of each host alone', async () => {
    const one = await startFileServer({ login: 'one:opensesame', files: {} });
    const other = await startFileServer({ login: 'other:openbarley', files: {} });
    const credentials = async (host: string) =>
      host === one.host ? { username: 'one', password: 'opensesame' } : { username: 'other', password: 'openbarley' };
    const { work, chart, render } = await helmSetting({ named: [one.host, other.host], credentials });
    const onOther = onSub(`oci://${other.host}/charts`).replace('sub', 'other');
    await writeFiles(join(work, 'one-first'), parentFiles(onSub(`oci://${one.host}/charts`) + onOther));
    await writeFiles(join(work, 'other-first'), parentFiles(onOther + onSub(`oci://${one.host}/charts`)));
    await faultsOf(render(helm, await chart('one-first')));
    await faultsOf(render(helm, await chart('other-first')));
    const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;
    expect(new Set(one.authorizations)).toEqual(new Set([basic('one:opensesame')]));
    expect(new Set(other.authorizations)).toEqual(new Set([basic('other:openbarley')]));
  });

  it('must be there even when a condition switches them off, as helm wants it', async () => {
    const { work, chart, render } = await helmSetting();
    const dependency = '- { name: sub, version: 1.0.0, repository: "file://../sub", condition: sub.enabled }\n';
    await writeFiles(
      join(work, 'parent'),
      parentFiles(dependency, { 'values.yaml': 'image: a\nsub: { enabled: false }\n' }),
    );
    expect(await faultOf(render(helm, await chart('parent')))).toMatchObject({ code: 'dependency-missing' });
    await writeFiles(join(work, 'sub'), chartFiles('sub'));
    const [rendering] = await render(helm, await chart('parent'));
    expect(sourcesOf(rendering?.text ?? '')).toEqual(['parent/templates/pod.yaml']);
  });

  it.each([
    ['a repository that is down', 'http://127.0.0.1:9/charts', 'chart-pull', 'where the repository is reachable'],
    ['a registry that is down', 'oci://127.0.0.1:9/charts', 'chart-pull', 'where the repository is reachable'],
    ['a folder that does not exist', 'file://../none', 'dependency-missing', 'Correct the address, which is relative'],
    ['a name of the author’s own', '@stable', 'dependency-missing', 'helm repo add stable URL'],
    ['another name of the author’s own', 'alias:stable', 'dependency-missing', 'helm repo add stable URL'],
    ['nowhere', '', 'dependency-missing', 'or a repository to the dependency'],
  ])('from %s are reported with name, repository and the advice for the cause', async (_, repository, code, advice) => {
    const { work, chart, render } = await helmSetting({ named: ['127.0.0.1:9'] });
    await writeFiles(join(work, 'parent'), parentFiles(onSub(repository)));
    const fault = await faultOf(render(helm, await chart('parent')));
    expect(fault).toMatchObject({ code, location: { file: 'parent/Chart.yaml', line: 5 } });
    expect(fault.message).toContain(
      `Cannot fetch the dependencies of parent (sub 1.0.0 from ${repository || 'charts/'})`,
    );
    expect(fault.message).toMatch(/[^.]\.$/);
    expect(fault.advice).toContain(advice);
  });

  it('are taken from a folder by way of a link within the repository, and by Chart.lock from there too', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'parent'), parentFiles(onSub('file://../sub')));
    await writeFiles(join(work, 'libs/sub'), chartFiles('sub'));
    await symlink('libs/sub', join(work, 'sub'));
    await lock(helm.path, join(work, 'parent'));
    const [rendering] = await render(helm, await chart('parent'));
    expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
  });

  it('at the root of the repository are taken without what .helmignore leaves out there', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(work, chartFiles('sub', { '.git/config': 'token', '.helmignore': 'charts-of-us/\n' }));
    await writeFiles(join(work, 'charts-of-us/parent'), parentFiles(onSub('file://../..')));
    const [rendering] = await render(helm, await chart('charts-of-us/parent'));
    expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
  });

  it.each(['/none/at/all', '../../outside', '../../../../../../../../../../etc', '../.git', '../.docker/sub'])(
    'are not taken from a folder that is not for charts: file://%s',
    async (address) => {
      const { work, chart, render } = await helmSetting();
      await writeFiles(join(work, 'parent'), parentFiles(onSub(`file://${address}`)));
      for (const folder of ['.git', '.docker/sub']) await writeFiles(join(work, folder), chartFiles('sub'));
      const fault = await faultOf(render(helm, await chart('parent')));
      expect(fault).toMatchObject({ code: 'path-outside', location: { file: 'parent/Chart.yaml' } });
      expect(fault.message).toContain(`"sub" (file://${address})`);
    },
  );

  it('by an absolute address within the repository are refused with the address to write', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'sub'), chartFiles('sub'));
    await writeFiles(join(work, 'parent'), parentFiles(onSub(`file://${work}/sub`)));
    const fault = await faultOf(render(helm, await chart('parent')));
    expect(fault).toMatchObject({ code: 'path-outside', message: expect.stringContaining('write file://../sub.') });
  });

  it('are bounded together as an archive is', async () => {
    const { work, chart, render } = await helmSetting();
    const onBoth = onSub('file://../sub') + onSub('file://../other').replace('name: sub', 'name: other');
    await writeFiles(join(work, 'parent'), parentFiles(onBoth));
    for (const name of ['sub', 'other']) {
      await writeFiles(join(work, name), chartFiles(name, { big: '' }));
      await truncate(join(work, name, 'big'), maximumUnpackedBytes / 2);
    }
    expect(await faultOf(render(helm, await chart('parent')))).toMatchObject({
      code: 'archive-too-large',
      location: { file: 'parent' },
    });
  });

  it('whose name is a path are not looked for', async () => {
    const { work, chart, render } = await helmSetting();
    const odd = '- { name: ../../../../../../etc, version: 1.0.0 }\n';
    await writeFiles(join(work, 'parent'), parentFiles(odd + onSub('file://../sub')));
    await mkdir(join(work, 'sub'));
    expect(await faultOf(render(helm, await chart('parent')))).toMatchObject({ code: 'dependency-missing' });
  });

  it('that a registry or repository says it does not have are wrong input, and the message has no secrets of the URL', async () => {
    const registry = await startDistribution();
    const server = await startFileServer({ files: { '/index.yaml?sig=open-sesame': indexOf('http://h', 'other') } });
    try {
      const { work, chart, render } = await helmSetting({ named: [registry.host, server.host] });
      const repositories = [`oci://${registry.host}/charts`, `${server.url}?sig=open-sesame`, `${server.url}/none`];
      for (const [index, repository] of repositories.entries()) {
        await writeFiles(join(work, `parent-${index}`), parentFiles(onSub(repository)));
        const fault = await faultOf(render(helm, await chart(`parent-${index}`)));
        expect(fault).toMatchObject({ code: 'dependency-missing' });
        expect(fault.message).not.toContain('open-sesame');
      }
    } finally {
      await registry.stop();
    }
  });

  it('are asked of no host in the network of the run that only the chart names', async () => {
    const server = await startFileServer({ files: (url) => ({ '/index.yaml': indexOf(url, 'sub') }) });
    const { work, chart, render } = await helmSetting();
    const addresses = [
      server.url,
      `oci://${server.host}/charts`,
      `oci://${server.host.replace('127.0.0.1', 'localhost')}/charts`,
      'https://169.254.169.254/latest',
      'oci://169.254.169.254/latest',
    ];
    for (const [index, address] of addresses.entries()) {
      await writeFiles(join(work, `p${index}`), parentFiles(onSub(address)));
      const fault = await faultOf(render(helm, await chart(`p${index}`)));
      expect(fault).toMatchObject({ code: 'chart-pull', location: { file: `p${index}/Chart.yaml` } });
      expect(fault.message, address).toMatch(
        /is in the network of this run, and no input names it|is the metadata service/,
      );
      expect(fault.advice).toContain('helm dependency build');
    }
    expect(server.requests).toEqual([]);
  });

  it('are not asked for by a lock that names another host or looks for versions anew', async () => {
    const server = await startFileServer({ files: (url) => ({ '/index.yaml': indexOf(url, 'sub') }) });
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'sub'), chartFiles('sub'));
    const locks = ['null', `dependencies:\n${onSub(server.url)}digest: sha256:00`, 'dependencies: ['];
    for (const [index, lock] of locks.entries()) {
      const remote = onSub(`oci://${server.host}/charts`).replace('1.0.0', '">=1.0.0"');
      await writeFiles(join(work, `remote-${index}`), parentFiles(remote, { 'Chart.lock': lock }));
      await faultOf(render(helm, await chart(`remote-${index}`)));
      await writeFiles(join(work, `local-${index}`), parentFiles(onSub('file://../sub'), { 'Chart.lock': lock }));
      await render(helm, await chart(`local-${index}`)).catch(() => {});
    }
    expect(server.requests).toEqual([]);
  });

  it('are fetched in the version that helm takes for a range, from a repository and from a registry', async () => {
    const registry = await startDistribution();
    const versions = ['0.9.0', '1.0.0', '1.2.0', '2.0.0-rc.1', '2.0.0'];
    const packages = await Promise.all(
      versions.map(async (version) => {
        const chartYaml = `apiVersion: v2\nname: sub\nversion: ${version}\n`;
        return [
          version,
          await packedChart(
            'sub',
            chartFiles('sub', { 'Chart.yaml': chartYaml, 'values.yaml': `image: registry.example/sub:${version}\n` }),
          ),
        ] as const;
      }),
    );
    const entries = versions.map(
      (version) => `  - { apiVersion: v2, name: sub, version: ${version}, urls: ["sub-${version}.tgz"] }\n`,
    );
    const server = await startFileServer({
      files: {
        '/charts/index.yaml': `apiVersion: v1\nentries:\n  sub:\n${entries.join('')}`,
        ...Object.fromEntries(packages.map(([version, content]) => [`/charts/sub-${version}.tgz`, content])),
      },
    });
    try {
      const { work, chart, render } = await helmSetting({ named: [registry.host, server.host] });
      for (const [version, content] of packages) {
        const file = join(work, `sub-${version}.tgz`);
        await writeFile(file, content);
        const push = ['push', file, `oci://${registry.host}/charts`, '--plain-http'];
        await outputOf(toolPath('helm-4'), push, { env: { PATH: process.env['PATH'], HOME: work } });
      }
      const wanted = [
        ['^1.0', '1.2.0'],
        ['>=0.1.0 <1.0.0', '0.9.0'],
        ['*', '2.0.0'],
        ['1.x', '1.2.0'],
        ['~1.0', '1.0.0'],
        ['2.0.0-rc.1', '2.0.0-rc.1'],
      ] as const;
      for (const [index, [range, version]] of wanted.entries()) {
        const address = index % 2 === 0 ? `${server.url}/charts` : `oci://${registry.host}/charts`;
        const name = `p${index}`;
        await writeFiles(join(work, name), parentFiles(onSub(address).replace('1.0.0', JSON.stringify(range))));
        const [rendering] = await render(helm, await chart(name));
        expect(rendering?.text, `${range} ${address}`).toContain(`registry.example/sub:${version}`);
      }
      await writeFiles(join(work, 'none'), parentFiles(onSub(`${server.url}/charts`).replace('1.0.0', '">3"')));
      const fault = await faultOf(render(helm, await chart('none')));
      expect(fault).toMatchObject({
        code: 'dependency-missing',
        message: expect.stringContaining(`${server.host} has no sub >3`),
      });
    } finally {
      await registry.stop();
    }
  });

  it('come from a registry where the index of a repository says so', async () => {
    const registry = await startDistribution();
    const index = `apiVersion: v1\nentries:\n  sub:\n  - { name: sub, version: 1.0.0, urls: ["oci://${registry.host}/charts/sub:1.0.0"] }\n`;
    const server = await startFileServer({ files: { '/index.yaml': index } });
    try {
      const { work, chart, render } = await helmSetting({ named: [registry.host, server.host] });
      await writeFile(join(work, 'sub-1.0.0.tgz'), await packedChart('sub'));
      const push = ['push', join(work, 'sub-1.0.0.tgz'), `oci://${registry.host}/charts`, '--plain-http'];
      await outputOf(toolPath('helm-4'), push, { env: { PATH: process.env['PATH'], HOME: work } });
      await writeFiles(join(work, 'parent'), parentFiles(onSub(server.url)));
      const [rendering] = await render(helm, await chart('parent'));
      expect(sourcesOf(rendering?.text ?? '')).toContain('parent/charts/sub/templates/pod.yaml');
    } finally {
      await registry.stop();
    }
  });

  it('are checked like every other archive', async () => {
    const evil = gzipSync(
      await tarOf([
        { name: 'sub/Chart.yaml', content: chartFiles('sub')['Chart.yaml'] ?? '' },
        { name: 'sub/link', type: 'symlink', linkname: '/etc/passwd' },
      ]),
    );
    const server = await startFileServer({
      files: (url) => ({ '/index.yaml': indexOf(url, 'sub'), '/sub-1.0.0.tgz': evil }),
    });
    const { work, chart, render } = await helmSetting({ named: [server.host] });
    await writeFiles(join(work, 'parent'), parentFiles(onSub(server.url)));
    expect(await faultOf(render(helm, await chart('parent')))).toMatchObject({ code: 'archive-unsafe' });
  });
});
