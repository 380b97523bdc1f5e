import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';
import { asOnDisk, pathBelow, pathOnDisk } from '../../../src/core/files/path-below.ts';
import { testFolder } from '../../support/folder.ts';

async function repository() {
  const folder = await testFolder();
  const repo = join(folder, 'repo');
  await mkdir(join(repo, 'charts', 'Web'), { recursive: true });
  await writeFile(join(repo, 'charts', 'Web', 'Values.yaml'), '');
  return { folder, repo };
}

test('a path is in a folder by each link that leads there, and by none that leads elsewhere', async () => {
  const { folder, repo } = await repository();
  await symlink(repo, join(folder, 'link'));
  await symlink(join(repo, 'charts'), join(folder, 'charts'));
  await symlink(join(repo, 'charts'), join(repo, 'linked'));
  await mkdir(join(folder, 'repository'));
  expect(await pathBelow(join(folder, 'link/charts/Web'), repo)).toBe(join('charts', 'Web'));
  expect(await pathBelow(join(folder, 'charts/Web'), repo)).toBe(join('charts', 'Web'));
  expect(await pathBelow(join(folder, 'charts/missing/x'), repo)).toBe(join('charts', 'missing', 'x'));
  expect(await pathBelow(join(repo, 'linked/Web'), repo)).toBe(join('linked', 'Web'));
  expect(await pathBelow(join(folder, 'link'), repo)).toBe('');
  expect(await pathBelow(join(folder, 'repository'), repo)).toBeUndefined();
  expect(await pathBelow(join(folder, 'missing'), join(folder, 'gone'))).toBeUndefined();
  expect(await pathBelow(join(folder, 'gone', 'x'), join(folder, 'gone'))).toBe('x');
});

test('names are those on disk, where a file system takes them in another case', async () => {
  const { repo } = await repository();
  // Links are the other spellings that a file system without case accepts, and that it never lists.
  await symlink('charts', join(repo, 'CHARTS'));
  await symlink('Web', join(repo, 'charts', 'web'));
  await symlink('Values.yaml', join(repo, 'charts', 'Web', 'values.YAML'));
  const list = async (folder: string) =>
    (await readdir(folder)).filter((name) => ['charts', 'Web', 'Values.yaml'].includes(name));
  expect(await asOnDisk(['CHARTS', 'web', 'values.YAML'].join(sep), repo, list)).toBe(
    join('charts', 'Web', 'Values.yaml'),
  );
  expect(await asOnDisk('', repo, list)).toBe('');
  const onDisk = join(repo, 'charts', 'Web');
  expect(await pathOnDisk(join(repo, 'CHARTS', 'web'), repo, { platform: 'win32', list })).toBe(onDisk);
  expect(await pathOnDisk(join(repo, 'CHARTS', 'web'), onDisk, { platform: 'win32', list })).toBe(
    join(repo, 'CHARTS', 'web'),
  );
});

test('names of other files stay as they are, where case distinguishes them', async () => {
  const { repo } = await repository();
  await mkdir(join(repo, 'charts', 'WEB'));
  for (const path of ['charts/WEB', 'charts/Web', 'charts/web', 'CHARTS/Web', 'none/x']) {
    expect(await asOnDisk(path.replaceAll('/', sep), repo)).toBe(path.replaceAll('/', sep));
  }
});
