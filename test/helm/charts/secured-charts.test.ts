/** What helm is given in the place of a chart's folder. */
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { maximumUnpackedBytes } from '../../../src/helm/charts/archive-limits.ts';
import { locateCharts } from '../../../src/helm/charts/locate-charts.ts';
import { chartFiles, packedChart, writeFiles } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { outputOf } from '../../support/program.ts';

async function scene() {
  const work = await testFolder();
  const temporary = await testFolder();
  const lines: string[] = [];
  const log = { ...silentLog, info: (line: string) => void lines.push(line) };
  const locate = async (location: string) => {
    const request = { location, baseFolders: [work], valueSets: [], declaredAt: undefined };
    const pull = () => Promise.reject(new Error('nothing is pulled here'));
    const signal = new AbortController().signal;
    const [chart] = await locateCharts([request], { workFolder: work, temporary, pull, log, signal });
    if (chart === undefined) throw new Error('there is one chart');
    return chart;
  };
  return { work, temporary, lines, locate };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}

const own = ['Chart.yaml', 'templates/pod.yaml', 'values.yaml'];

describe('a chart is rendered where it lies', () => {
  test('when it is a folder of the repository, with links within the repository', async () => {
    const { work, temporary, locate } = await scene();
    await writeFiles(work, { '.git/config': 'token', 'shared/a.txt': '' });
    await writeFiles(join(work, 'charts/web'), chartFiles('web', { '.env': 'a chart may bring its own' }));
    await symlink('../../shared', join(work, 'charts/web/files'));
    const chart = await locate('charts/web');
    expect(chart.path).toBe(join(work, 'charts/web'));
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('a chart is rendered from a copy', () => {
  test('when it is at the root of its repository: without version control, private files and what .helmignore leaves out', async () => {
    const { work, lines, locate } = await scene();
    const more = { '.git/config': 'token', '.env': 'TOKEN', 'node_modules/x/a.js': '', 'files/.env': 'own' };
    await writeFiles(work, chartFiles('web', { ...more, '.helmignore': 'node_modules/\n' }));
    await symlink('/etc/hostname', join(work, 'node_modules/link'));
    const chart = await locate('.');
    expect(chart.displayPath).toBe('.');
    expect(await filesIn(chart.path)).toEqual(['.helmignore', ...own, 'files/.env'].sort());
    expect(await chart.readFile('.git/config')).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/without files that can contain secrets: \.env\.$/)]);
  });

  test.each(['charts/sub/.git/config', 'files/sub/.git', 'files/sub/.GIT/config', 'files/sub/.svn/wc.db'])(
    'when version control lies in it: %s',
    async (path) => {
      const { work, locate } = await scene();
      await writeFiles(join(work, 'web'), chartFiles('web', { [path]: 'token', 'files/a.txt': '' }));
      const chart = await locate('web');
      expect(chart.path).not.toBe(join(work, 'web'));
      expect(await filesIn(chart.path)).toEqual([...own, 'files/a.txt'].sort());
    },
  );

  test('when another repository was checked out into its folder: without that checkout', async () => {
    const { work, lines, locate } = await scene();
    const other = { 'tools/deep/.git/config': 'token', 'tools/deep/key.txt': 'secret', 'tools/own.txt': '' };
    await writeFiles(work, chartFiles('web', { '.git/config': 'token', ...other }));
    const chart = await locate('.');
    expect(await filesIn(chart.path)).toEqual([...own, 'tools/own.txt'].sort());
    expect(lines).toEqual([expect.stringMatching(/without files that can contain secrets: tools\/deep\.$/)]);
  });

  test('when a checkout beside its subcharts only lies in a folder named charts: without that checkout', async () => {
    const { work, locate } = await scene();
    const other = { 'deploy/charts/other/.git/config': 'token', 'deploy/charts/other/key.txt': 'secret' };
    const sub = { 'charts/sub/.git/config': 'token', 'charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n' };
    await writeFiles(work, chartFiles('web', { '.git/config': 'token', ...other, ...sub }));
    expect(await filesIn((await locate('.')).path)).toEqual([...own, 'charts/sub/Chart.yaml'].sort());
  });

  test('when a submodule is in its folder: with the files of the submodule', async () => {
    const { work, locate } = await scene();
    const more = { '.git/modules/lib/config': '', 'lib/.git': 'gitdir: ../.git/modules/lib', 'lib/a.txt': '' };
    await writeFiles(work, chartFiles('web', more));
    const chart = await locate('.');
    expect(await filesIn(chart.path)).toEqual([...own, 'lib/a.txt'].sort());
  });

  test('when a folder is linked into it that holds private files', async () => {
    const { work, locate } = await scene();
    await writeFiles(work, { 'service/.npmrc': 'token', 'service/deep/.ssh/key': '', 'service/a.txt': '' });
    await writeFiles(join(work, 'web'), chartFiles('web'));
    await symlink('../service', join(work, 'web/files'));
    const chart = await locate('web');
    expect(await filesIn(chart.path)).toEqual([...own, 'files/a.txt'].sort());
  });

  test('of which links that go in circles are part once', async () => {
    const { work, locate } = await scene();
    await writeFiles(join(work, 'web'), chartFiles('web', { '.git/config': '', 'files/a.txt': '' }));
    await symlink('..', join(work, 'web/files/again'));
    expect(await filesIn((await locate('web')).path)).toEqual([...own, 'files/a.txt'].sort());
  });

  test.each(['files/big', 'files/huge'])('that is bounded as archives are: %s', async (path) => {
    const { work, locate } = await scene();
    await writeFiles(work, chartFiles('web', { '.git/config': '', 'files/small': '', [path]: '' }));
    await truncate(join(work, path), maximumUnpackedBytes + (path === 'files/huge' ? maximumUnpackedBytes : 1));
    expect(await faultOf(locate('.'))).toMatchObject({
      code: 'archive-too-large',
      advice: expect.stringContaining('.helmignore'),
    });
    await writeFile(join(work, '.helmignore'), `${path}\n`);
    expect(await filesIn((await locate('.')).path)).toContain('files/small');
  });

  test('whose packaged subcharts are checked as archives are', async () => {
    const { work, locate } = await scene();
    await writeFiles(work, chartFiles('web', { '.git/config': '', 'charts/x': '' }));
    await writeFile(join(work, 'charts/evil.tgz'), 'no archive');
    expect(await faultOf(locate('.'))).toMatchObject({ code: 'chart-invalid' });
    await writeFile(join(work, 'charts/evil.tgz'), await packedChart('sub'));
    expect(await filesIn((await locate('.')).path)).toContain('charts/evil.tgz');
  });
});

describe('a link of a chart', () => {
  test.each([
    '../../.git/config',
    '../../.env',
    '../../docker/.docker/config.json',
    '/proc/self/environ',
    '/none/at/all',
  ])('must not lead to %s', async (target) => {
    const { work, locate } = await scene();
    await writeFiles(work, { '.git/config': '', '.env': '', 'docker/.docker/config.json': '' });
    await writeFiles(join(work, 'charts/web'), chartFiles('web'));
    await symlink(target, join(work, 'charts/web/values.schema.json'));
    const fault = await faultOf(locate('charts/web'));
    expect(fault).toMatchObject({ code: 'chart-invalid', location: { file: 'charts/web' } });
    expect(fault.message).toMatch(/values\.schema\.json: it leads (out of|to)/);
  });

  test('must not lead to a second checkout in the working directory', async () => {
    const { work, locate } = await scene();
    await writeFiles(work, { 'a/.git/HEAD': '', 'b/.git/HEAD': '', 'b/secret': '' });
    await writeFiles(join(work, 'a/web'), chartFiles('web'));
    await symlink('../../b/secret', join(work, 'a/web/secret'));
    expect(await faultOf(locate('a/web'))).toMatchObject({ code: 'chart-invalid' });
  });
});

describe.runIf(process.platform !== 'win32')('what is not a regular file', () => {
  test.each(['Chart.yaml', 'values.yaml', 'templates/pipe.yaml', '.helmignore', 'charts/sub.tgz'])(
    'is refused without being opened in a chart: a named pipe as %s',
    async (path) => {
      const { work, locate } = await scene();
      await writeFiles(join(work, 'web'), chartFiles('web', { 'charts/x': '', [path]: '' }));
      await outputOf('rm', [join(work, 'web', path)]);
      await outputOf('mkfifo', [join(work, 'web', path)]);
      const fault = await faultOf(locate('web'));
      expect(['chart-invalid', 'file-unreadable']).toContain(fault.code);
      expect(fault.message).toContain('a named pipe');
    },
  );

  test('is no packaged chart', async () => {
    const { work, locate } = await scene();
    await outputOf('mkfifo', [join(work, 'web.tgz')]);
    expect(await faultOf(locate('web.tgz'))).toMatchObject({
      code: 'chart-invalid',
      message: expect.stringContaining('a named pipe'),
    });
  });
});

test('a pattern does not look at links, broken or to a chart elsewhere', async () => {
  const { work, locate } = await scene();
  const outside = await writeFiles(await testFolder(), chartFiles('evil'));
  await mkdir(join(work, 'charts'));
  await writeFiles(join(work, 'charts/web'), chartFiles('web'));
  await symlink('nowhere', join(work, 'charts/broken'));
  await symlink(outside, join(work, 'charts/evil'));
  await writeFile(join(outside, 'evil.tgz'), await packedChart('evil'));
  await symlink(join(outside, 'evil.tgz'), join(work, 'charts/evil.tgz'));
  expect((await locate('charts/*')).displayPath).toBe('charts/web');
  expect(await faultOf(locate('charts/evil.tgz'))).toMatchObject({ location: { file: 'charts/evil.tgz' } });
});

test('a chart whose copy is made of files that only their owner may write is copied', async () => {
  const { work, locate } = await scene();
  await writeFiles(work, chartFiles('web', { '.git/config': '' }));
  await chmod(join(work, 'values.yaml'), 0o400);
  expect(await readFile(join((await locate('.')).path, 'values.yaml'), 'utf8')).toContain('image');
});
