import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boundaryOf, findBoundary, resolveReferencedPath, resolveTypedPath } from '../../../src/core/files/boundary.ts';
import { writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';

/** A checkout `work` with a file and links, and a folder `outside` beside it. */
async function scene() {
  const top = await testFolder();
  const [work, outside] = [join(top, 'work'), join(top, 'outside')];
  await writeFiles(outside, { 'secret.yaml': 'secret' });
  await writeFiles(work, { '.git/config': 'token', 'values/a.yaml': 'a: 1', '.env': 'TOKEN=1' });
  return { top, work, outside, boundary: await findBoundary(work) };
}

describe('the boundary of a run', () => {
  test('is the git top level above the working directory', async () => {
    const { work } = await scene();
    await mkdir(join(work, 'deploy/prod'), { recursive: true });
    expect(await findBoundary(join(work, 'deploy/prod'))).toEqual({ top: work, realTop: work });
  });

  test('is the git top level of a worktree or submodule, which has a file .git', async () => {
    const folder = await testFolder();
    await writeFiles(folder, { '.git': 'gitdir: ../x', 'a/b.txt': '' });
    expect((await findBoundary(join(folder, 'a'))).top).toBe(folder);
  });

  test('is the working directory where there is no checkout', async () => {
    const folder = await testFolder();
    expect(await findBoundary(folder)).toEqual({ top: folder, realTop: folder });
  });

  test('is found through a link to the working directory', async () => {
    const { top, work } = await scene();
    await symlink(join(work, 'values'), join(top, 'link'));
    expect((await findBoundary(join(top, 'link'))).realTop).toBe(work);
  });
});

describe('a path that was typed as an input', () => {
  test('may lie outside of the repository, by a link outside of it too', async () => {
    const { top, outside, boundary } = await scene();
    await symlink(outside, join(top, 'link'));
    for (const path of [join(outside, 'secret.yaml'), join(top, 'link/secret.yaml'), '/none/at/all']) {
      expect(await resolveTypedPath(path, boundary)).toMatchObject({ ok: true, path });
    }
  });

  test('may be a private file of the repository when it is named as such', async () => {
    const { work, boundary } = await scene();
    expect(await resolveTypedPath(join(work, '.env'), boundary)).toMatchObject({ ok: true });
  });

  test.each([
    ['a link to a file elsewhere', 'link.yaml', '../outside/secret.yaml', 'link.yaml'],
    ['a link to a link', 'link.yaml', 'second', 'link.yaml'],
    ['a file in a folder that is a link', 'folder/secret.yaml', '../outside', 'folder'],
    ['a link to nothing elsewhere', 'link.yaml', '/none/at/all.yaml', 'link.yaml'],
    ['a link to .git', 'link.yaml', '.git/config', 'link.yaml'],
    ['a link to a private file', 'link.yaml', '.env', 'link.yaml'],
  ])('is refused at the link when it is %s', async (_, path, target, link) => {
    const { work, boundary } = await scene();
    await symlink('../outside/secret.yaml', join(work, 'second'));
    await symlink(target, join(work, path.split('/')[0] ?? path));
    const resolved = await resolveTypedPath(join(work, path), boundary);
    expect(resolved).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/leads (out of|to)/),
      link: join(work, link),
    });
  });

  test('is rejected if its links are circular', async () => {
    const { work, boundary } = await scene();
    await symlink('b', join(work, 'a'));
    await symlink('a', join(work, 'b'));
    expect(await resolveTypedPath(join(work, 'a'), boundary)).toMatchObject({ ok: false });
  });

  test('is read from where its links within the repository lead', async () => {
    const { work, boundary } = await scene();
    await symlink('values/a.yaml', join(work, 'prod.yaml'));
    const real = join(work, 'values/a.yaml');
    expect(await resolveTypedPath(join(work, 'prod.yaml'), boundary)).toEqual({ ok: true, path: real, real });
  });

  test('does not reach a second checkout in the working directory by a link of the first', async () => {
    const folder = await testFolder();
    await writeFiles(folder, { 'a/.git/HEAD': '', 'b/.git/HEAD': '', 'b/secret.yaml': '' });
    await symlink('../b/secret.yaml', join(folder, 'a/values.yaml'));
    const boundary = await findBoundary(folder);
    expect(await resolveTypedPath(join(folder, 'a/values.yaml'), boundary)).toMatchObject({ ok: false });
    expect(await resolveTypedPath(join(folder, 'b/secret.yaml'), boundary)).toMatchObject({ ok: true });
  });

  test('by a link of another checkout is held in that checkout', async () => {
    const { outside, boundary } = await scene();
    await writeFiles(outside, { '.git/HEAD': '' });
    await symlink('/etc/hostname', join(outside, 'values.yaml'));
    expect(await resolveTypedPath(join(outside, 'values.yaml'), boundary)).toMatchObject({ ok: false });
  });
});

describe('a path that a file of the repository names', () => {
  test.each([
    '../outside/secret.yaml',
    '/etc/passwd',
    '../work-2/x',
    '.git/config',
    '.env',
    'a/../../outside',
    'x\0y/../..',
  ])('is refused when it is %s', async (path) => {
    const { work, boundary } = await scene();
    const absolute = path.startsWith('/') ? path : join(work, path);
    expect(await resolveReferencedPath(absolute, boundary)).toMatchObject({ ok: false });
  });

  test('is refused when a link leads it out, and followed when it stays', async () => {
    const { work, outside, boundary } = await scene();
    await symlink(outside, join(work, 'out'));
    await symlink('values', join(work, 'in'));
    expect(await resolveReferencedPath(join(work, 'out/secret.yaml'), boundary)).toMatchObject({ ok: false });
    expect(await resolveReferencedPath(join(work, 'in/a.yaml'), boundary)).toMatchObject({
      path: join(work, 'values/a.yaml'),
    });
  });

  test('may be absolute within the repository, and need not exist', async () => {
    const { work, boundary } = await scene();
    for (const name of ['values/a.yaml', 'none.yaml', '..\\outside\\secret.yaml', 'C:\\secret.yaml']) {
      expect(await resolveReferencedPath(join(work, name), boundary)).toMatchObject({ ok: true });
    }
  });

  test('stays in its own checkout where the working directory has several', async () => {
    const folder = await testFolder();
    await writeFiles(folder, { 'a/.git/HEAD': '', 'a/charts/x': '', 'b/.git/HEAD': '', 'b/secret': '' });
    const boundary = await boundaryOf(join(folder, 'a/charts'), await findBoundary(folder));
    expect(boundary.realTop).toBe(join(folder, 'a'));
    expect(await resolveReferencedPath(join(folder, 'b/secret'), boundary)).toMatchObject({ ok: false });
  });

  test('of a submodule may lie in the repository around it', async () => {
    const { work, boundary } = await scene();
    await writeFiles(work, { 'modules/m/.git': 'gitdir: ../../.git/modules/m', 'modules/m/a': '' });
    expect((await boundaryOf(join(work, 'modules/m'), boundary)).realTop).toBe(work);
  });

  test('of a chart outside of every checkout stays in the folder of the chart', async () => {
    const { outside, boundary } = await scene();
    const own = await boundaryOf(outside, boundary);
    expect(await resolveReferencedPath(join(outside, 'secret.yaml'), own)).toMatchObject({ ok: true });
    expect(await resolveReferencedPath(join(outside, '../work/values/a.yaml'), own)).toMatchObject({ ok: false });
  });
});

test('a boundary behind a link is named as the user reaches it', async () => {
  const { top, work } = await scene();
  await symlink(work, join(top, 'link'));
  await writeFile(join(work, 'b.yaml'), '');
  const boundary = await findBoundary(join(top, 'link'));
  expect(boundary).toEqual({ top: join(top, 'link'), realTop: work });
  const named = await resolveReferencedPath(join(top, 'link/b.yaml'), boundary);
  expect(named).toEqual({ ok: true, path: join(top, 'link/b.yaml'), real: join(work, 'b.yaml') });
});
