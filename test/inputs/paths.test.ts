/** Which files inputs, and the files that they name, may lead to. */

import { mkdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { readReports } from '../../src/report/merge/read-reports.ts';
import { testFolder } from '../support/folder.ts';
import { outputOf } from '../support/program.ts';
import { faultOf } from './expect-error.ts';
import { folderWith } from './files.ts';

const cnf = (more: string) =>
  `{ "image_sources": ["docker.io"], "helm_packages": [{ "name": "nf", "path_to_chart": "charts/contoso"${more} }] }`;

const files = {
  '.git/config': 'token',
  'charts/contoso/Chart.yaml': 'name: contoso\nversion: 1.0.0\n',
  'values.yaml': 'a: 1\n',
  'cnf-input.jsonc': cnf(''),
  'chart-images.yaml': 'image-sources: [docker.io]\n',
  'images.lock.json': '{ "version": 1, "images": {} }',
  'ca.pem': '',
};

/** The error of a chart, which does not hide other charts. */
async function chartFaultOf(given: Readonly<Record<string, string>>, workFolder: string) {
  const settings = await readSettings(given, { workFolder });
  const [fault] = settings.charts.flatMap(({ errors = [] }) => errors);
  if (fault === undefined) throw new Error('no chart has an error');
  return fault;
}

const charts = { charts: 'charts/contoso' };

/** Each input that names a file, with how it names the one at this path. */
const inputs: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['a value file', 'values.yaml', { ...charts, values: 'values.yaml' }],
  ['an input file', 'cnf-input.jsonc', { 'input-file': 'cnf-input.jsonc' }],
  ['a configuration', 'ci.yaml', { ...charts, config: 'ci.yaml' }],
  ['the configuration that is there by itself', 'chart-images.yaml', charts],
  ['a lock file', 'images.lock.json', { ...charts, 'lock-file': 'images.lock.json' }],
  ['a file of certificate authorities', 'ca.pem', { ...charts, 'ca-file': 'ca.pem' }],
];

describe.each(inputs)('%s', (_, path, given) => {
  test('that became a link out of the repository is refused at the link', async () => {
    const work = await folderWith(files);
    const outside = await folderWith({ secret: 'planted' });
    await rm(join(work, path), { force: true });
    await symlink(join(outside, 'secret'), join(work, path));
    const fault = await faultOf(() => readSettings(given, { workFolder: work }));
    expect(fault).toMatchObject({ code: 'path-outside', location: { file: path } });
    expect(fault.message).toContain(`a link leads out of ${work}`);
    expect(fault.advice).toContain('not a link');
  });

  test('that became a link to .git/config is refused', async () => {
    const work = await folderWith(files);
    await rm(join(work, path), { force: true });
    await symlink('.git/config', join(work, path));
    const fault = await faultOf(() => readSettings(given, { workFolder: work }));
    expect(fault).toMatchObject({ code: 'path-outside', message: expect.stringContaining('leads to .git') });
  });

  test('is read through a link within the repository', async () => {
    const work = await folderWith({ ...files, 'ci.yaml': 'image-sources: [docker.io]\n' });
    await outputOf('mv', [join(work, path), join(work, 'moved')]);
    await symlink('moved', join(work, path));
    expect((await readSettings(given, { workFolder: work })).charts).toHaveLength(1);
  });

  test.runIf(process.platform !== 'win32')('that is a named pipe is refused without being opened', async () => {
    const work = await folderWith(files);
    await rm(join(work, path), { force: true });
    await outputOf('mkfifo', [join(work, path)]);
    const fault = await faultOf(() => readSettings(given, { workFolder: work }));
    expect(fault).toMatchObject({ code: 'file-unreadable', message: expect.stringContaining('it is a named pipe') });
  });

  test.runIf(process.platform !== 'win32')('that is a socket is refused', async () => {
    const work = await folderWith(files);
    await rm(join(work, path), { force: true });
    const server = createServer().listen(join(work, path));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const fault = await faultOf(() => readSettings(given, { workFolder: work }));
    expect(fault).toMatchObject({ code: 'file-unreadable', message: expect.stringContaining('it is a socket') });
  });
});

test.runIf(process.platform !== 'win32')('a device that is typed as an input is not read', async () => {
  const work = await folderWith(files);
  const given = { ...charts, values: '/dev/zero' };
  const fault = await faultOf(() => readSettings(given, { workFolder: work }));
  expect(fault).toMatchObject({ code: 'file-unreadable', message: expect.stringContaining('it is a device') });
});

test.each(['report', 'values-overlay', 'lock-file'] as const)(
  'nothing is written through a folder that became a link: %s',
  async (name) => {
    const work = await folderWith(files);
    await symlink(await testFolder(), join(work, 'out'));
    const given = { ...charts, target: 'r.example/x', [name]: 'out/x.yaml' };
    const fault = await faultOf(() => readSettings(given, { workFolder: work }));
    expect(fault).toMatchObject({ code: 'path-outside', message: expect.stringContaining('out/x.yaml') });
  },
);

test('inputs may name value files elsewhere, which chart-images.yaml and cnf-input.jsonc may not', async () => {
  const outside = await folderWith({ 'v.yaml': 'a: 1\n' });
  const value = join(outside, 'v.yaml');
  const config = `charts:\n  - chart: charts/contoso\n    values: [${value}]\n`;
  const work = await folderWith({ ...files, 'ci.yaml': config, 'cnf.jsonc': cnf(`, "default_values": "${value}"`) });
  const { charts: read } = await readSettings({ ...charts, values: value }, { workFolder: work });
  expect(read[0]?.valueSets[0]?.valueFiles).toEqual([value]);
  for (const [given, line] of [
    [{ config: 'ci.yaml' }, 3],
    [{ 'input-file': 'cnf.jsonc' }, 1],
  ] as const) {
    const fault = await chartFaultOf(given, work);
    expect(fault).toMatchObject({ code: 'path-outside', location: { line } });
    expect(fault.message).toContain(`it leads out of ${work}`);
  }
});

test.each(['../outside.yaml', '.git/config', '.env', '../../none/at/all.yaml'])(
  'chart-images.yaml does not learn whether there is a file %s',
  async (path) => {
    const work = await folderWith({
      ...files,
      '.env': '',
      'ci.yaml': `charts: [{ chart: charts/contoso, values: ["${path}"] }]`,
    });
    const fault = await chartFaultOf({ config: 'ci.yaml' }, work);
    expect(fault).toMatchObject({ code: 'path-outside', location: { file: 'ci.yaml', line: 1 } });
  },
);

test.each(['..\\\\..\\\\secret', 'C:\\\\secret', '\\\\\\\\server\\\\share', 'a\\0b'])(
  'a path as Windows or C has it names nothing here: %s',
  async (path) => {
    const work = await folderWith({ ...files, 'ci.yaml': `charts: [{ chart: charts/contoso, values: ["${path}"] }]` });
    const fault = await chartFaultOf({ config: 'ci.yaml' }, work);
    expect(['file-not-found', 'path-outside']).toContain(fault.code);
  },
);

test('a report to join that became a link out of the repository is refused, and so is a named pipe', async () => {
  const work = await folderWith(files);
  const outside = await folderWith({ 'images.json': '{}' });
  await mkdir(join(work, 'reports/a'), { recursive: true });
  await symlink(join(outside, 'images.json'), join(work, 'reports/a/images.json'));
  await symlink(outside, join(work, 'reports/b'));
  for (const folder of ['reports/a', 'reports/b', 'reports/*']) {
    expect(await faultOf(() => readReports([folder], work))).toMatchObject({ code: 'path-outside' });
  }
  if (process.platform === 'win32') return;
  await mkdir(join(work, 'pipes'));
  await outputOf('mkfifo', [join(work, 'pipes/images.json')]);
  expect(await faultOf(() => readReports(['pipes'], work))).toMatchObject({ code: 'file-unreadable' });
});
