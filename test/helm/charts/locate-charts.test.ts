import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { RemoteChart } from '../../../src/helm/charts/chart-location.ts';
import { chartFiles, packedChart, type TarEntry, tarOf, writeFiles } from '../../support/charts.ts';
import { faultOf, faultsOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';
import { declaredAt, setting } from './locate-fixtures.ts';

async function packedWith(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipSync(
    await tarOf([{ name: 'contoso/Chart.yaml', content: chartFiles('contoso')['Chart.yaml'] ?? '' }, ...entries]),
  );
}

describe('charts on this machine', () => {
  it('are folders, .tgz, .tar.gz and .tar, all with their name, version and files', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'charts/contoso'), chartFiles('contoso'));
    await writeFile(join(work, 'a.tgz'), await packedChart('packed-a'));
    await writeFile(join(work, 'b.tar.gz'), await packedChart('packed-b'));
    const files = Object.entries(chartFiles('plain'));
    await writeFile(
      join(work, 'c.tar'),
      await tarOf(files.map(([path, content]) => ({ name: `plain/${path}`, content }))),
    );
    const charts = await locate('charts/contoso', './a.tgz', 'b.tar.gz', join(work, 'c.tar'));
    expect(charts.map((chart) => [chart.metadata.name, chart.displayPath, chart.kind])).toEqual([
      ['contoso', 'charts/contoso', 'folder'],
      ['packed-a', 'a.tgz', 'archive'],
      ['packed-b', 'b.tar.gz', 'archive'],
      ['plain', 'c.tar', 'archive'],
    ]);
    for (const chart of charts) {
      expect(await chart.readFile('values.yaml')).toBe('image: registry.example/app:1.0.0\n');
      expect(await chart.readFile('templates/none.yaml')).toBeUndefined();
    }
    expect(charts.at(-1)?.path).toMatch(/\.tgz$/);
  });

  it('are all that a pattern matches, sorted, and other folders are passed over', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'charts/b'), chartFiles('b'));
    await writeFiles(join(work, 'charts/a'), chartFiles('a'));
    await writeFiles(join(work, 'charts/docs'), { 'README.md': 'no chart' });
    await writeFile(join(work, 'charts/c.tgz'), await packedChart('c'));
    const charts = await locate('charts/*');
    expect(charts.map((chart) => chart.displayPath)).toEqual(['charts/a', 'charts/b', 'charts/c.tgz']);
  });

  it('are looked for in one base folder after the other', async () => {
    const { work, locate } = await setting();
    const other = await testFolder();
    await writeFiles(join(other, 'only-here'), chartFiles('other'));
    await writeFiles(join(other, 'both'), chartFiles('second'));
    await writeFiles(join(work, 'both'), chartFiles('first'));
    const baseFolders = [work, other];
    const charts = await locate({ location: 'both', baseFolders }, { location: 'only-here', baseFolders });
    expect(charts.map((chart) => chart.metadata.name)).toEqual(['first', 'other']);
    expect(charts[1]?.displayPath).toBe(join(other, 'only-here').replaceAll('\\', '/'));
  });

  it('may have a name that looks like a pattern', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'charts[1]'), chartFiles('brackets'));
    expect((await locate('charts[1]'))[0]?.metadata.name).toBe('brackets');
  });

  it('that do not exist are reported with every searched folder and the most similar name', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'charts/contoso'), chartFiles('contoso'));
    const other = await testFolder();
    const fault = await faultOf(locate({ location: 'charts/contso', baseFolders: [work, other] }));
    expect(fault).toMatchObject({
      code: 'chart-not-found',
      advice: 'Did you mean charts/contoso?',
      location: declaredAt,
    });
    expect(fault.message).toContain(work);
    expect(fault.message).toContain(other);
    expect((await faultOf(locate('something-else'))).advice).not.toContain('Did you mean');
    const absolute = join(work, 'none', 'at', 'all');
    expect((await faultOf(locate(absolute))).message).toBe(`Cannot find the chart ${absolute}: it does not exist.`);
  });

  it('that a pattern does not match are an error at its declaredAt', async () => {
    const { locate } = await setting();
    expect(await faultOf(locate('charts/*'))).toMatchObject({ code: 'chart-not-found', location: declaredAt });
  });

  it('that are wrong are all reported in one run', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'empty'), { 'values.yaml': '' });
    const faults = await faultsOf(locate('none-a', 'empty', 'none-b'));
    expect(faults.map((fault) => fault.code)).toEqual(['chart-not-found', 'chart-invalid', 'chart-not-found']);
  });

  it('need the value files that are named for them', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'contoso'), chartFiles('contoso'));
    const missing = join(work, 'none.yaml');
    const valueSets = [{ name: 'default', valueFiles: [missing], set: [] }];
    const fault = await faultOf(locate({ location: 'contoso', valueSets }));
    expect(fault).toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining(missing),
      location: declaredAt,
    });
  });
});

describe('what is not a chart', () => {
  it('is a folder or archive without Chart.yaml', async () => {
    const { work, locate } = await setting();
    await mkdir(join(work, 'empty'));
    await writeFile(join(work, 'a.tgz'), gzipSync(await tarOf([{ name: 'a/values.yaml', content: '' }])));
    const faults = await faultsOf(locate('empty', 'a.tgz'));
    expect(faults.map((fault) => [fault.code, fault.message, fault.location])).toEqual([
      ['chart-invalid', 'Cannot load the chart empty: it has no Chart.yaml.', { file: 'empty' }],
      ['chart-invalid', 'Cannot load the chart a.tgz: it has no Chart.yaml.', { file: 'a.tgz' }],
    ]);
    expect(faults.map((fault) => fault.advice.includes('empty/* for every chart'))).toEqual([true, false]);
  });

  it('is a Chart.yaml with broken YAML, reported with line and column', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'broken'), chartFiles('x', { 'Chart.yaml': 'apiVersion: v2\nname: [x\nversion: 1\n' }));
    const fault = await faultOf(locate('broken'));
    expect(fault).toMatchObject({ code: 'chart-invalid', location: { file: 'broken/Chart.yaml', line: 3 } });
    expect(fault.location?.column).toBeGreaterThan(0);
    await writeFile(join(work, 'broken.tgz'), await packedChart('x', { 'Chart.yaml': 'name: [x\nversion: 1\n' }));
    const packed = await faultOf(locate('broken.tgz'));
    expect(packed).toMatchObject({ code: 'chart-invalid', location: { file: 'broken.tgz' } });
    expect(packed.message).toMatch(/^Cannot read broken\.tgz: Chart\.yaml: it is not valid YAML: .* at line 2/);
  });

  it.each([
    ['name', 'apiVersion: v2\nversion: 1.0.0\n'],
    ['version', 'apiVersion: v2\nname: contoso\n'],
    ['dependencies', 'name: contoso\nversion: 1.0.0\ndependencies: { a: 1 }\n'],
  ])('is a Chart.yaml without a usable %s', async (key, text) => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'c'), chartFiles('c', { 'Chart.yaml': text }));
    const fault = await faultOf(locate('c'));
    expect(fault).toMatchObject({ code: 'chart-invalid', message: expect.stringContaining(`"${key}"`) });
  });

  it('is a library chart', async () => {
    const { work, locate } = await setting();
    const text = 'apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n';
    await writeFiles(join(work, 'common'), chartFiles('common', { 'Chart.yaml': text }));
    const fault = await faultOf(locate('common'));
    expect(fault).toMatchObject({ code: 'chart-invalid', message: expect.stringContaining('library chart') });
  });

  it.each(['[', '{a: ', '- '])('is nested without end: %s', async (level) => {
    const { work, locate } = await setting();
    const files = chartFiles('deep', { 'Chart.yaml': `name: deep\nx:\n  ${level.repeat(200_000)}` });
    await writeFiles(join(work, 'deep'), files);
    expect(await faultOf(locate('deep'))).toMatchObject({
      code: 'chart-invalid',
      message: expect.stringContaining('nested too deeply'),
      location: { file: 'deep/Chart.yaml', line: 3 },
    });
  });

  it.each([
    ['a file that is not gzip', () => Promise.resolve(Buffer.from('no archive'))],
    ['a plain tar with the wrong name', () => tarOf([{ name: 'a/Chart.yaml', content: 'x' }])],
    ['an archive that breaks off', async () => (await packedChart('a')).subarray(0, 200)],
    ['gzip around something else', () => Promise.resolve(gzipSync(Buffer.alloc(4096, 'x')))],
    ['an empty archive', async () => gzipSync(await tarOf([]))],
    ['an archive with two top folders', () => packedWith([{ name: 'other/Chart.yaml', content: '' }])],
    ['an archive with a file beside the folder', () => packedWith([{ name: 'README.md', content: '' }])],
    ['an archive packed from inside', async () => gzipSync(await tarOf([{ name: './Chart.yaml', content: 'x' }]))],
  ])('is %s', async (_, make) => {
    const { work, locate } = await setting();
    await writeFile(join(work, 'a.tgz'), await make());
    expect(await faultOf(locate('a.tgz'))).toMatchObject({ code: 'chart-invalid', location: { file: 'a.tgz' } });
  });
});

describe('Chart.yaml', () => {
  it('is read as helm reads it: numbers are text, and the list of requirements.yaml counts', async () => {
    const { work, locate } = await setting();
    await writeFiles(
      join(work, 'old'),
      chartFiles('old', {
        'Chart.yaml':
          'apiVersion: v1\nname: old\nversion: 1.5\nkubeVersion: ">=1.20"\nannotations: { images: text, n: 1 }\n',
        'requirements.yaml':
          'dependencies:\n- { name: sub, version: 2, repository: "file://../sub", alias: db }\n- name: bare\n',
      }),
    );
    const at = (line: number) => ({ file: 'requirements.yaml', line });
    expect((await locate('old'))[0]?.metadata).toEqual({
      name: 'old',
      version: '1.5',
      type: 'application',
      kubeVersion: '>=1.20',
      annotations: { images: 'text', n: '1' },
      dependencies: [
        { name: 'sub', version: '2', repository: 'file://../sub', alias: 'db', at: at(2) },
        { name: 'bare', version: '', repository: '', alias: undefined, at: at(3) },
      ],
    });
  });
});

describe('links in a chart folder', () => {
  it('are followed within the repository, as helm follows them, and paths beyond the chart are not read', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'contoso'), chartFiles('contoso'));
    await writeFiles(join(work, 'shared'), { 'a.yaml': 'shared' });
    await symlink(join(work, 'shared'), join(work, 'contoso', 'shared'), 'junction');
    const [chart] = await locate('contoso');
    expect(await chart?.readFile('shared/a.yaml')).toBe('shared');
    expect(await chart?.readFile('../shared/a.yaml')).toBeUndefined();
    expect(await chart?.readFile('templates/../values.yaml')).toContain('registry.example');
  });

  it('must not leave the work folder, not even by a link behind a link', async () => {
    const { work, locate } = await setting();
    const outside = await writeFiles(await testFolder(), { 'secret/token': 'secret' });
    await writeFiles(join(work, 'direct'), chartFiles('direct'));
    await symlink(join(outside, 'secret'), join(work, 'direct', 'files'), 'junction');
    await writeFiles(join(work, 'indirect'), chartFiles('indirect'));
    await mkdir(join(work, 'shared'));
    await symlink(join(work, 'shared'), join(work, 'indirect', 'shared'), 'junction');
    await symlink(join(outside, 'secret'), join(work, 'shared', 'deep'), 'junction');
    const faults = await faultsOf(locate('direct', 'indirect'));
    expect(faults.map((fault) => [fault.code, fault.location?.file])).toEqual([
      ['chart-invalid', 'direct'],
      ['chart-invalid', 'indirect'],
    ]);
    expect(faults[0]?.message).toContain('leads out of');
  });

  it('may go in circles', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'contoso'), chartFiles('contoso'));
    await symlink(join(work, 'contoso'), join(work, 'contoso', 'again'), 'junction');
    expect((await locate('contoso'))[0]?.metadata.name).toBe('contoso');
  });
});

describe('charts elsewhere', () => {
  it('are pulled and then checked by the same rules', async () => {
    const folder = await testFolder();
    await writeFile(join(folder, 'good.tgz'), await packedChart('good'));
    await writeFile(join(folder, 'evil.tgz'), await packedWith([{ name: '../evil', content: 'x' }]));
    const asked: RemoteChart[] = [];
    const pull = async (remote: RemoteChart) => {
      asked.push(remote);
      return join(folder, remote.kind === 'oci' ? 'good.tgz' : 'evil.tgz');
    };
    const { locate } = await setting({ pull });
    const [chart] = await locate('oci://r.example/charts/good:1.0.0');
    expect(chart).toMatchObject({ displayPath: 'oci://r.example/charts/good:1.0.0', kind: 'archive' });
    expect(asked[0]).toMatchObject({ kind: 'oci', host: 'r.example', path: 'charts/good', version: '1.0.0' });
    const fault = await faultOf(locate('https://r.example#evil@1.0.0'));
    expect(fault).toMatchObject({
      code: 'archive-unsafe',
      message: expect.stringContaining('https://r.example#evil@1.0.0'),
    });
  });

  it('without a version are an error at their declaredAt', async () => {
    const { locate } = await setting();
    expect(await faultOf(locate('oci://r.example/charts/good'))).toMatchObject({
      code: 'invalid-input',
      location: declaredAt,
    });
  });

  it('are left alone after a cancel', async () => {
    const { locate } = await setting({ signal: AbortSignal.abort() });
    expect(await faultOf(locate('oci://r.example/charts/good:1.0.0'))).toMatchObject({ code: 'cancelled' });
  });
});

describe('library charts', () => {
  const library = 'apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n';

  it('are skipped by a pattern, and the log says so', async () => {
    const lines: string[] = [];
    const { work, locate } = await setting({ log: { ...silentLog, info: (line) => void lines.push(line) } });
    await writeFiles(join(work, 'charts/common'), chartFiles('common', { 'Chart.yaml': library }));
    await writeFiles(join(work, 'charts/contoso'), chartFiles('contoso'));
    expect((await locate('charts/*')).map((chart) => chart.displayPath)).toEqual(['charts/contoso']);
    expect(lines).toEqual([expect.stringContaining('charts/common')]);
  });

  it('alone are no match', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'charts/common'), chartFiles('common', { 'Chart.yaml': library }));
    const fault = await faultOf(locate('charts/*'));
    expect(fault).toMatchObject({
      code: 'chart-not-found',
      message: expect.stringContaining('library charts'),
      location: declaredAt,
    });
  });
});

it.each(['Files (x86)', '[ab]', 'a(b)+(c)'])(
  'charts are found, and excluded, by patterns in a folder whose name is %s',
  async (name) => {
    const { work, locate } = await setting();
    for (const chart of ['api', 'web']) await writeFiles(join(work, name, 'charts', chart), chartFiles(chart));
    const paths = async (...locations: readonly string[]) =>
      (await locate(...locations)).map(({ displayPath }) => displayPath);
    expect(await paths(`${name}/charts/*`)).toEqual([`${name}/charts/api`, `${name}/charts/web`]);
    expect(await paths(`${work}/${name}/charts/*`, `!${name}/charts/w*`)).toEqual([`${name}/charts/api`]);
    expect(await paths(`${name}/charts/*`, `!${name}/charts/web`)).toEqual([`${name}/charts/api`]);
  },
);

it('a values file in UTF-16, as Windows PowerShell writes it, is refused with the encoding to save it in', async () => {
  const { work, locate } = await setting();
  await writeFiles(join(work, 'web'), chartFiles('web'));
  const values = join(work, 'values.yaml');
  await writeFile(values, Buffer.from('\ufeffimage: nginx\n', 'utf16le'));
  const valueSets = [{ name: 'default', valueFiles: [values], set: [] }];
  const fault = await faultOf(locate({ location: 'web', valueSets }));
  expect(fault).toMatchObject({ code: 'file-unreadable', advice: 'Save the file as UTF-8.' });
  expect(fault.message).toBe(`Cannot read the values file ${values}: it is UTF-16 text.`);
});
